package idle

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

//go:embed scripts/*.sh
var scripts embed.FS

// Place is what a copy is played in.
type Place struct {
	Dir      string // stands for the volume, and is made
	Root     string // has the files of the container's image, and is where the container starts
	Path     string // where the programs of this machine are
	Hostname string // of the pod
	IP       string
	User     string   // whom the container runs as, and where, for people
	Env      []string // of the container
	Image    scene.Image
	Runs     bool // its programs are for this node
}

// Install makes the folder that stands for the volume.
func (c *Copy) Install(p Place) error {
	adapt, err := c.adapter(p)
	if err != nil {
		return err
	}
	files := []file{
		{"busybox", fill("busybox", p)},
		{"environ", strings.Join(unbroken(p.Env), "\n")},
		{"hostname", p.Hostname},
		{"hosts", "127.0.0.1\tlocalhost\n" + p.IP + "\t" + p.Hostname},
		{"cgroup/memory.events", "oom_kill 0"},
	}
	for _, f := range c.files {
		switch {
		case f.name == "banner":
			f.text = strings.Replace(f.text, "\nUSER\n", "\nUser     "+p.User+"\n", 1)
		case f.name != "container" && path.Dir(f.name) != "probes": // those are words of the pod, and no scripts
			f.text = adapt(f)
		}
		files = append(files, f)
	}
	if err := os.MkdirAll(filepath.Join(p.Dir, "run"), 0o700); err != nil {
		return fmt.Errorf("make the volume %s: %w", c.Volume, err)
	}
	for _, f := range files {
		if err := f.write(p.Dir); err != nil {
			return fmt.Errorf("fill the volume %s: %w", c.Volume, err)
		}
	}
	for _, name := range c.played(p) {
		_ = file{"programs/" + name, play(name, p)}.write(p.Dir) // what cannot be the name of a file is the name of no program
	}
	return nil
}

// write writes a file below a folder, wherever its name leads to.
func (f file) write(dir string) error {
	at := filepath.Join(dir, filepath.Clean("/"+f.name))
	return errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, []byte(f.text+"\n"), 0o700)) //nolint:gosec // most are programs
}

// adapter makes scripts of a container fit for this machine: what is a path in the container is one in the folder, and the image's programs are
// found there. Of a script that does not have the words that are looked for, the tests of package practice tell.
func (c *Copy) adapter(p Place) (func(file) string, error) {
	root, err := filepath.EvalSymlinks(p.Root) // as a shell has it that begins there
	if err != nil {
		return nil, fmt.Errorf("find the files of the image: %w", err)
	}
	dir := escape(p.Dir)
	paths := strings.NewReplacer(
		"#!"+c.at+"/busybox sh", "#!"+shell(p.Path), c.at, dir,
		"/sys/fs/cgroup", dir+"/cgroup", "/etc/hosts", dir+"/hosts", "/proc/sys/kernel/hostname", dir+"/hostname", "/proc/net/", dir+"/net/",
		"find_program() {\n", "find_program() {\n\t"+`find_played "$1" && return`+"\n",
	)
	return func(f file) string {
		switch text := paths.Replace(f.text); f.name {
		case "lib.sh":
			return text + "\n\n" + fill("lib", p)
		case "rc":
			return strings.ReplaceAll(fill("rc", p), "ROOT", escape(root)) + "\n" + text + "\n" + prompt
		default:
			return text
		}
	}, nil
}

// prompt is that of a session, for shells that know no \w, and with paths as they are in the container.
const prompt = `PS1="[idle copy of $name] "'${PWD#$practice_root}/ # '`

// fill is a script of this package.
func fill(name string, p Place) string {
	text, err := scripts.ReadFile("scripts/" + name + ".sh")
	if err != nil {
		panic(err) // it is part of the program
	}
	return strings.NewReplacer("FOLDER", escape(p.Dir), "MACHINE", p.Path, "SHELL", shell(p.Path)).Replace(strings.TrimRight(string(text), "\n"))
}

// shell is the interpreter of scripts and of sessions. Bash edits lines where sh, which is dash as a rule, cannot. It has to read ENV, and to be
// no person's own.
func shell(machine string) string {
	for _, dir := range filepath.SplitList(machine) {
		if info, err := os.Stat(dir + "/bash"); err == nil && info.Mode()&0o111 != 0 && !info.IsDir() {
			return dir + "/bash --posix"
		}
	}
	return "/bin/sh"
}

// unbroken are variables that are a line each.
func unbroken(env []string) []string {
	var lines []string
	for _, pair := range env {
		lines = append(lines, strings.ReplaceAll(pair, "\n", "\x01"))
	}
	return lines
}

// escape is a path for scripts, which have paths without quotes.
func escape(at string) string {
	var b strings.Builder
	for _, r := range at {
		if r < 0x80 && !strings.ContainsRune("/._-+,:@%=", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quote is a text as one word for a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
