package images

import (
	"archive/tar"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// testTools are programs that need not run to be packed.
func testTools() Tools {
	return Tools{
		Web: []byte("web"), Pause: []byte("pause"), Busybox: []byte("busybox"), Bash: []byte("bash"),
		Dash:    Files{"bin/dash": program([]byte("dash"))},
		Desk:    Files{"bin/zsh-static": program([]byte("zsh")), "bin/zsh": link("zsh-static"), "usr/bin/less": program([]byte("less"))},
		Applets: []string{"bin/sh", "bin/busybox", "bin/cat", "bin/grep", "usr/bin/awk", "usr/bin/less", "bin/ps", "usr/bin/seq"},
	}
}

// contents are the entries of an image by name, without trailing slashes.
func contents(t *testing.T, image v1.Image) map[string]*tar.Header {
	t.Helper()
	files := map[string]*tar.Header{}
	packed := mutate.Extract(image)
	defer packed.Close()
	for r := tar.NewReader(packed); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(header.Name, "/")] = header
	}
}

func find(t *testing.T, images []Image, ref string) v1.Image {
	t.Helper()
	for _, image := range images {
		if slices.Contains(image.Names, ref) {
			return image.Image
		}
	}
	t.Fatalf("no image %s", ref)
	return nil
}

func config(t *testing.T, image v1.Image) v1.Config {
	t.Helper()
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	return file.Config
}

func TestCatalogue(t *testing.T) {
	images, err := Catalogue(testTools())
	if err != nil {
		t.Fatal(err)
	}

	web := find(t, images, "registry.example/demo/web:1")
	if got, want := slices.Sorted(maps.Keys(contents(t, web))), []string{"etc", "etc/passwd", "etc/web.conf", "web"}; !slices.Equal(got, want) {
		t.Errorf("web holds %v", got)
	}
	if got := config(t, web).Entrypoint; !slices.Equal(got, []string{"/web"}) {
		t.Errorf("web starts %v", got)
	}

	for _, tag := range []string{"1.37", "latest", "stable"} {
		box := find(t, images, "docker.io/library/busybox:"+tag)
		files := contents(t, box)
		if files["bin/sh"].Linkname != "/bin/busybox" || files["usr/bin/awk"].Linkname != "/bin/busybox" {
			t.Errorf("busybox:%s: applets are not links to busybox", tag)
		}
		if files["bin/busybox"].Typeflag != tar.TypeReg || files["tmp"].Mode != 0o1777 || files["etc/passwd"] == nil {
			t.Errorf("busybox:%s: busybox, /tmp or /etc/passwd are wrong", tag)
		}
		if c := config(t, box); !slices.Equal(c.Cmd, []string{"sh"}) || !strings.HasPrefix(c.Env[0], "PATH=") {
			t.Errorf("busybox:%s: %v %v", tag, c.Cmd, c.Env)
		}
	}
	desk := contents(t, find(t, images, "registry.example/demo/desk:1"))
	if desk["usr/bin/less"].Typeflag != tar.TypeReg || desk["bin/zsh"].Linkname != "zsh-static" || desk["bin/sh"] == nil {
		t.Errorf("desk: its programs are not before those of busybox")
	}
	for _, image := range images {
		if label := config(t, image).Labels[standIn]; label == "" && image.Names[0] != "registry.example/demo/web:1" {
			t.Errorf("%s does not say what it stands for", image.Names[0])
		}
	}
}

func TestLayersAreReproducible(t *testing.T) {
	files := Files{"a/b": text("1"), "c": link("a/b"), "d": folder(0o700)}
	one, err := newLayer(files)
	if err != nil {
		t.Fatal(err)
	}
	two, err := newLayer(files)
	if err != nil {
		t.Fatal(err)
	}
	first, err := one.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := two.Digest(); err != nil || first != second {
		t.Errorf("%s and %s, %v", first, second, err)
	}
}
