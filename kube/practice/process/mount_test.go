//go:build linux

package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// mounted is a spec of a script that finds a folder and a file at places of its own.
func mounted(t *testing.T, script string) Spec {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"etc/os-release": "ID=practice\n", "var/log/messages": "boot\n", "own": "own\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spec := shell(script)
	spec.Mounts = []Mount{
		{"/host-of-dayfly", dir}, {"/etc/os-release-of-dayfly", filepath.Join(dir, "etc/os-release")}, {"/nowhere-of-dayfly/deep/own", filepath.Join(dir, "own")},
		{"/etc/hostname-of-dayfly", filepath.Join(dir, "own")},
	}
	return spec
}

// What is mounted is found at its place, beside all else of the machine; nothing of it is there for anybody else.
func TestMounts(t *testing.T) {
	h := newHost(t)
	if !h.Isolated() {
		t.Skip("this kernel isolates nothing")
	}
	const look = "cat /host-of-dayfly/var/log/messages /etc/os-release-of-dayfly /nowhere-of-dayfly/deep/own /etc/hostname-of-dayfly"
	spec := mounted(t, look+"; ls -d /proc/self /dev/null /etc/passwd; pwd; [ ! -e /.old ] || echo old; grep -q root- /proc/self/mountinfo && echo twice; echo changed >/host-of-dayfly/own; test -t 0 || echo none; ls -a /")
	machine, err := os.ReadDir("/")
	if err != nil {
		t.Fatal(err)
	}
	out := newScreen()
	if err := h.Run(t.Context(), spec, streams.Streams{Stdout: out}); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	head, rest, _ := strings.Cut(out.String(), "/dev/null")
	if !strings.HasPrefix(head, "boot\nID=practice\nown\nown\n") || !strings.Contains(rest, "/etc/passwd\n/proc/self\n"+h.dir+"\nnone\n") {
		t.Errorf("it finds %q", out)
	}
	for _, entry := range machine {
		if !strings.Contains(rest, entry.Name()+"\n") {
			t.Errorf("of the machine it does not find /%s", entry.Name())
		}
	}
	if text, err := os.ReadFile(filepath.Join(spec.Mounts[0].From, "own")); err != nil || string(text) != "changed\n" {
		t.Errorf("what it has written is %q, %v", text, err)
	}
	for _, path := range []string{"/host-of-dayfly", "/nowhere-of-dayfly", "/etc/os-release-of-dayfly"} {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("the machine has %s", path)
		}
	}
	if table, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(table), "of-dayfly") || strings.Contains(string(table), h.dir) {
		t.Errorf("the machine has the mounts too: %v", err)
	}
}

// What is executed in the container finds the same.
func TestMountsBeside(t *testing.T) {
	h := newHost(t)
	if !h.Isolated() {
		t.Skip("this kernel isolates nothing")
	}
	waits := mounted(t, "read line")
	waits.Stdin = true
	first := start(t, h, waits)
	defer first.Kill()
	spec, out := shell("cat /host-of-dayfly/own"), newScreen()
	spec.Beside = first
	if err := h.Run(t.Context(), spec, streams.Streams{Stdout: out}); err != nil || out.String() != "own\n" {
		t.Errorf("it finds %q, %v", out, err)
	}
}

// A container whose mounts cannot be made does not start; where nothing is isolated there are none.
func TestMountsFail(t *testing.T) {
	h := newHost(t)
	spec := shell("ls -d /host-of-dayfly")
	spec.Mounts = []Mount{{"/host-of-dayfly", "/no/such"}}
	if h.Isolated() {
		if _, err := h.Start(spec); err == nil {
			t.Error("it starts without its mount")
		}
	}
	shared := newHost(t)
	shared.ShareMachine()
	if err := shared.Run(t.Context(), spec, streams.Streams{}); err == nil {
		t.Error("it finds what is not there")
	}
}
