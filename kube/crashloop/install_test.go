//go:build linux

package crashloop_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The init container leaves a busybox, its commands and the scripts, for any user, and may do it again.
func TestInstall(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := prepare(t, command("app"))
		for range 2 {
			if out, code := p.install(box); code != 0 || out != "" {
				t.Fatalf("code %d: %s", code, out)
			}
		}
		for name, mode := range map[string]fs.FileMode{
			"busybox": 0o755, "bin": fs.ModeDir | 0o755, "cmd": fs.ModeDir | 0o755, "run": fs.ModeDir | fs.ModeSticky | 0o777,
			"cmd/run-original": 0o755, "cmd/probe": 0o755, "lib.sh": 0o644, "idle": 0o644, "session": 0o644, "banner": 0o644, "container": 0o644,
		} {
			if info, err := os.Stat(filepath.Join(p.dir, name)); err != nil || info.Mode() != mode {
				t.Errorf("%s: %v, %v, want mode %v", name, info, err, mode)
			}
		}
		for _, name := range []string{"sh", "ls", "cat"} {
			if to, err := os.Readlink(filepath.Join(p.dir, "bin", name)); err != nil || to != filepath.Join(p.dir, "busybox") {
				t.Errorf("%s leads to %q, %v", name, to, err)
			}
		}
		if out, code := p.run(nil, []string{filepath.Join(p.dir, "bin", "ls"), p.dir + "/cmd"}, ""); code != 0 || out != "probe\nrun-original\n" {
			t.Errorf("ls ends with %d and prints %s", code, out)
		}
		if _, err := os.Stat(filepath.Join(p.dir, "found")); err == nil {
			t.Error("a file is left that was needed for a moment")
		}
		p.start()
		if out, code := p.command("run-original", "-n"); code != 0 || out != "app\n" {
			t.Errorf("code %d: %s", code, out)
		}
	})
}

// A tool image that cannot help says what it lacks.
func TestInstallWithoutStaticBusybox(t *testing.T) {
	t.Parallel()
	p := prepare(t, command("app"))
	init := p.spec.InitContainers[0]
	argv := p.argv(append(init.Command, init.Args...))
	tools := t.TempDir()
	for _, name := range []string{"sh", "dd", "tr", "grep", "head", "rm"} {
		for _, folder := range []string{"/bin/", "/usr/bin/"} {
			_ = os.Symlink(folder+name, filepath.Join(tools, name)) // one of them is there
		}
	}
	argv[0] = filepath.Join(tools, "sh")
	// The script looks in the usual folders too: not here, where one may be.
	argv[2] = strings.Replace(argv[2], "$PATH:/bin:/usr/bin:/sbin:", "$PATH:", 1)
	out, code := p.run([]string{"PATH=" + tools}, argv, "")
	const none = ",\nso it cannot run in another image. Choose a tool image with a static one, such as busybox:musl.\n"
	if want := "The tool image has no busybox in PATH (" + tools + ")" + none; code != 1 || out != want {
		t.Errorf("without busybox: code %d: %s\nwant %s", code, out, want)
	}
	dynamic := elfHeader(62, "/lib/ld-musl-x86_64.so.1")
	if err := os.WriteFile(filepath.Join(tools, "busybox"), []byte(dynamic), 0o755); err != nil {
		t.Fatal(err)
	}
	out, code = p.run([]string{"PATH=" + tools}, argv, "")
	if want := "The busybox of the tool image, " + tools + "/busybox, is not static: it needs /lib/ld-musl-x86_64.so.1" + none; code != 1 || out != want {
		t.Errorf("with a dynamic one: code %d: %s\nwant %s", code, out, want)
	}
}
