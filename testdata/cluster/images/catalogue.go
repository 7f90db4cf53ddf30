package images

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Tools are the programs that images are made of.
type Tools struct {
	Web, Pause []byte
	Busybox    []byte
	Applets    []string // where busybox wants to be found: bin/sh, usr/bin/awk, …
	Dash       Files    // and its libraries
	Desk       Files    // zsh, vim, htop and less, with what they need
	Dump       Files    // Debian's tcpdump, with its libraries
	Gdb        Files    // Debian's minimal gdb, with its libraries; nil where there is none
	Bash       []byte   // nil where Debian's bash-static is not installed: sh takes its place
}

// Load reads the programs that are built for images, web and pause, and those of Debian; gdb is where that is, if it is there.
func Load(ctx context.Context, web, pause, gdb string) (Tools, error) {
	var t Tools
	for path, body := range map[string]*[]byte{
		web: &t.Web, pause: &t.Pause, "/bin/busybox": &t.Busybox, "/bin/bash-static": &t.Bash,
	} {
		text, err := os.ReadFile(path)
		if err != nil && !(body == &t.Bash && errors.Is(err, os.ErrNotExist)) {
			return Tools{}, fmt.Errorf("programs for images: %w", err)
		}
		*body = text
	}
	out, err := exec.CommandContext(ctx, "/bin/busybox", "--list-full").Output()
	if err != nil {
		return Tools{}, fmt.Errorf("list the applets of busybox: %w", err)
	}
	t.Applets = strings.Fields(string(out))
	if t.Dash, err = loadLinked(dashPath); err != nil {
		return Tools{}, fmt.Errorf("programs for images: %w", err)
	}
	if t.Dump, err = loadLinked(tcpdumpPath); err != nil {
		return Tools{}, fmt.Errorf("programs for images: %w", err)
	}
	if t.Gdb, err = loadGdb(gdb); err != nil {
		return Tools{}, fmt.Errorf("programs for images: %w", err)
	}
	if t.Desk, err = loadDesk(); err != nil {
		return Tools{}, fmt.Errorf("programs for images: %w", err)
	}
	return t, nil
}

// Image is one entry of the registry.
type Image struct {
	Names []string // registry/repository:tag
	v1.Image
}

// standIn is the label that says what an image really is.
const standIn = "dayfly.stand-in"

const (
	defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	passwd      = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
	group       = "root:x:0:\nnobody:x:65534:\n"
)

// Catalogue is every image that the registry has from the start, beside those that are composed of [Tools.packages]. To add one, add a
// function below and a line here.
func Catalogue(t Tools) ([]Image, error) {
	shell, err := newLayer(t.busyboxFiles())
	if err != nil {
		return nil, err
	}
	var images []Image
	var errs []error
	add := func(image v1.Image, err error, names ...string) {
		images, errs = append(images, Image{names, image}), append(errs, err)
	}
	image, err := t.busybox(shell)
	add(image, err, "docker.io/library/busybox:1.37", "docker.io/library/busybox:1.37-musl", "docker.io/library/busybox:latest", "docker.io/library/busybox:stable")
	image, err = t.netshoot(shell)
	add(image, err, "docker.io/nicolaka/netshoot:latest")
	image, err = t.tcpdump(shell)
	add(image, err, "docker.io/corfr/tcpdump:latest")
	image, err = t.lines(shell)
	add(image, err, "registry.example/demo/lines:1")
	image, err = t.dash(shell)
	add(image, err, "registry.example/demo/dash:1")
	image, err = t.desk(shell)
	add(image, err, "registry.example/demo/desk:1")
	image, err = t.web()
	add(image, err, "registry.example/demo/web:1")
	return images, errors.Join(errs...)
}

func (t Tools) busyboxFiles() Files {
	files := Files{
		"bin/busybox": program(t.Busybox),
		"etc/passwd":  text(passwd), "etc/group": text(group),
		"root": folder(0o700), "tmp": folder(0o1777),
	}
	for _, applet := range t.Applets {
		if applet != "bin/busybox" {
			files[applet] = link("/bin/busybox")
		}
	}
	return files
}

func (t Tools) busybox(shell v1.Layer) (v1.Image, error) {
	return newImage(v1.Config{
		Cmd: []string{"sh"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "Debian's busybox-static under the names of docker.io/library/busybox"},
	}, shell)
}

func (t Tools) netshoot(shell v1.Layer) (v1.Image, error) {
	files := t.tcpdumpFiles()
	files["etc/motd"] = text("A stand-in for netshoot: busybox, tcpdump, and bash under the name of zsh.\n")
	files["bin/bash"], files["bin/zsh"] = program([]byte("#!/bin/sh\nexec /bin/sh \"$@\"\n")), link("bash")
	if t.Bash != nil {
		files["bin/bash"] = program(t.Bash)
	}
	own, err := newLayer(files)
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Cmd: []string{"zsh"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox, bash and Debian's tcpdump; the real nicolaka/netshoot has zsh and many network tools"},
	}, shell, own)
}

// tcpdumpPath is Debian's.
const tcpdumpPath = "/usr/bin/tcpdump"

// tcpdumpFiles are tcpdump, and the user that Debian's becomes before it writes.
func (t Tools) tcpdumpFiles() Files {
	files := maps.Clone(t.Dump)
	if files == nil {
		files = Files{}
	}
	files["etc/passwd"] = text(passwd + "tcpdump:x:107:107::/nonexistent:/bin/false\n")
	files["etc/group"] = text(group + "tcpdump:x:107:\n")
	return files
}

func (t Tools) tcpdump(shell v1.Layer) (v1.Image, error) {
	own, err := newLayer(t.tcpdumpFiles())
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Entrypoint: []string{tcpdumpPath}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox and Debian's tcpdump under the name of corfr/tcpdump"},
	}, shell, own)
}

// lines prints 200 lines in one write, before anybody can be attached, and stays with a shell.
func (t Tools) lines(shell v1.Layer) (v1.Image, error) {
	var all strings.Builder
	for i := 1; i <= 200; i++ {
		fmt.Fprintf(&all, "line-%03d\n", i)
	}
	own, err := newLayer(Files{"etc/lines": text(all.String())})
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Cmd: []string{"sh", "-c", "cat /etc/lines; exec sh"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox and a file with 200 lines"},
	}, shell, own)
}

// web has no shell and nothing else that could help: it is what ephemeral containers are for.
func (t Tools) web() (v1.Image, error) {
	layer, err := newLayer(Files{
		"web": program(t.Web), "etc/web.conf": text("greeting=hello from web\n"), "etc/passwd": text(passwd),
	})
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{Entrypoint: []string{"/web"}}, layer)
}

// PauseImage is the image of the container that holds a pod together.
func (t Tools) PauseImage() (v1.Image, error) {
	layer, err := newLayer(Files{"pause": program(t.Pause)})
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{Entrypoint: []string{"/pause"}}, layer)
}
