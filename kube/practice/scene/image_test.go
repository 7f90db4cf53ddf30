package scene_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

func TestNormalise(t *testing.T) {
	for name, want := range map[string]string{
		"busybox":                   "docker.io/library/busybox:latest",
		"busybox:1.37":              "docker.io/library/busybox:1.37",
		"nicolaka/netshoot":         "docker.io/nicolaka/netshoot:latest",
		"docker.io/busybox":         "docker.io/library/busybox:latest",
		"localhost/a":               "localhost/a:latest",
		"registry.example:5000/a:1": "registry.example:5000/a:1",
		"nixery.dev/shell/htop":     "nixery.dev/shell/htop:latest",
		"a@sha256:24827e2415fd70c1133cfcae07929e60274dd4fdb36b5f21c3476e222f46c0e1": "docker.io/library/a@sha256:" +
			"24827e2415fd70c1133cfcae07929e60274dd4fdb36b5f21c3476e222f46c0e1",
		"Bad_Image:::": "", "": "", "a b": "", "a:": "",
	} {
		if got, err := scene.Normalise(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	s, err := scene.Load(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]struct {
		pull time.Duration
		arm  bool
		err  error
	}{
		"registry.example/demo/web:1":        {pull: 640 * time.Millisecond, arm: true},
		"nixery.dev/shell/htop:latest":       {pull: 1200 * time.Millisecond},
		"nixery.dev/arm64/shell/htop:latest": {pull: 1200 * time.Millisecond, arm: true},
		"nixery.dev/shell/nosuch/htop:1":     {err: scene.ErrNotFound},
		"nixery.dev/htop/shell:latest":       {err: scene.ErrNotFound}, // shell is a package there
		"nixery.dev/shell/terraform:latest":  {err: scene.ErrBroken},
		"nixery.dev/slow/htop:latest":        {err: scene.ErrNotFound},
		"docker.io/slow/busybox:x":           {pull: 8 * time.Second, arm: true},
		"docker.io/slow/nosuch:x":            {err: scene.ErrNotFound},
		"registry.example/broken/web:1":      {err: scene.ErrBroken},
		"docker.io/library/nosuch:1":         {err: scene.ErrNotFound},
	} {
		image, err := s.Images.Find(ref)
		if !errors.Is(err, want.err) || err == nil && (image.Pull.Duration != want.pull || image.Runs("arm64") != want.arm) {
			t.Errorf("%s: %v, on arm64 %t, %v; want %+v", ref, image.Pull.Duration, image.Runs("arm64"), err, want)
		}
	}
}

// An image of Nixery's has the shell that is asked for, and is as large as its packages.
func TestComposedImages(t *testing.T) {
	s, err := scene.Load(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := s.Images.Find("nixery.dev/dig:latest")
	if err != nil {
		t.Fatal(err)
	}
	shell, err := s.Images.Find("nixery.dev/shell/dig@sha256:24827e2415fd70c1133cfcae07929e60274dd4fdb36b5f21c3476e222f46c0e1")
	if err != nil {
		t.Fatal(err)
	}
	size := func(names ...string) (sum int64) {
		for _, name := range names {
			sum += s.Images.Nixery.Size(name)
		}
		return sum
	}
	if len(bare.Cmd) > 0 || bare.Size != size("dig", "cacert") {
		t.Errorf("without a shell: %q, %d bytes", bare.Cmd, bare.Size)
	}
	if !slices.Equal(shell.Cmd, []string{"bash"}) || shell.Size != bare.Size+size("bash", "coreutils", "moreutils", "nano") {
		t.Errorf("with a shell: %q, %d bytes", shell.Cmd, shell.Size)
	}
}

func TestArgv(t *testing.T) {
	image := scene.Image{Entrypoint: []string{"/web"}, Cmd: []string{"-a"}}
	for name, test := range map[string]struct{ command, args, want []string }{
		"neither": {want: []string{"/web", "-a"}},
		"args":    {args: []string{"-b"}, want: []string{"/web", "-b"}},
		"command": {command: []string{"sh"}, want: []string{"sh"}},
		"both":    {command: []string{"sh"}, args: []string{"-c"}, want: []string{"sh", "-c"}},
	} {
		if got := image.Argv(test.command, test.args); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
