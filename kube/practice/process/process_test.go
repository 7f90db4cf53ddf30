//go:build linux || darwin

package process

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

func TestExit(t *testing.T) {
	h := newHost(t)
	for script, want := range map[string]struct {
		code   int
		signal string
	}{
		"exit 0":              {0, ""},
		"exit 3":              {3, ""},
		"exit 137":            {137, ""},
		"kill -TERM $$":       {143, "SIGTERM"},
		"kill -KILL $$":       {137, "SIGKILL"},
		"kill -SEGV $$":       {139, "SIGSEGV"},
		"trap '' HUP; exit 4": {4, ""},
	} {
		for _, tty := range []bool{false, true} {
			spec := shell(script)
			spec.TTY = tty
			wantExit(t, start(t, h, spec), want.code, want.signal)
		}
	}
}

func TestStartFails(t *testing.T) {
	h := newHost(t)
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		if err := os.WriteFile(dir+"/"+name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return dir + "/" + name
	}
	tests := []struct {
		spec Spec
		want string
		is   error
	}{
		{Spec{Argv: []string{"nosuch"}, Env: []string{"PATH=/bin"}}, `exec: "nosuch": executable file not found in $PATH`, exec.ErrNotFound},
		{Spec{Argv: []string{"sh"}}, `exec: "sh": executable file not found in $PATH`, exec.ErrNotFound},
		{Spec{}, `exec: "": executable file not found in $PATH`, exec.ErrNotFound},
		{Spec{Argv: []string{"/no/such"}}, `exec: "/no/such": stat /no/such: no such file or directory`, os.ErrNotExist},
		{Spec{Argv: []string{dir}}, `exec: "` + dir + `": is a directory`, syscall.EISDIR},
		{Spec{Argv: []string{write("plain", "", 0o600)}}, `exec: "` + dir + `/plain": permission denied`, os.ErrPermission},
		{Spec{Argv: []string{write("odd", "no program", 0o700)}}, `exec: "` + dir + `/odd": exec ` + dir + `/odd: exec format error`, syscall.ENOEXEC},
		{Spec{Argv: []string{"/bin/sh"}, Dir: "/no/such"}, `exec: "/bin/sh": stat /no/such: no such file or directory`, os.ErrNotExist},
	}
	for _, tt := range tests {
		_, err := h.Start(tt.spec)
		var failed *exec.Error
		if !errors.As(err, &failed) || err.Error() != tt.want || !errors.Is(err, tt.is) {
			t.Errorf("%q: the error is %T %v, want %s", tt.spec.Argv, err, err, tt.want)
		}
	}
	if len(h.processes) != 0 {
		t.Errorf("%d processes are kept", len(h.processes))
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET", "of dayfly")
	h := newHost(t)
	out := newScreen()
	spec := Spec{Argv: []string{"sh", "-c", `echo "$0 $A ${SECRET-none} $PWD"; ls /dev/fd | tr '\n' ' '`}, Env: []string{"A=1", "PATH=/usr/bin:/bin"}}
	if err := h.Run(t.Context(), spec, streams.Streams{Stdout: out}); err != nil {
		t.Fatal(err)
	}
	// The fourth is that of ls, looking.
	if want := "sh 1 none " + h.dir + "\n0 1 2 3 "; out.String() != want {
		t.Errorf("it finds %q, want %q", out, want)
	}
	out = newScreen()
	spec.Argv, spec.Argv0 = []string{"/bin/busybox", "hello"}, "echo"
	if _, err := os.Stat(spec.Argv[0]); err == nil {
		if err := h.Run(t.Context(), spec, streams.Streams{Stdout: out}); err != nil || out.String() != "hello\n" {
			t.Errorf("as echo it says %q, %v", out, err)
		}
	}
}

func TestLog(t *testing.T) {
	h := newHost(t)
	var got []string
	spec := shell("echo one; echo two >&2")
	spec.Log = func(stream string, chunk []byte) { got = append(got, stream+" "+string(chunk)) }
	p := start(t, h, spec)
	wantExit(t, p, 0, "")
	if text := strings.Join(got, ""); len(got) != 2 || !strings.Contains(text, "stdout one\n") || !strings.Contains(text, "stderr two\n") {
		t.Errorf("the log is %q", got)
	}
	if err := p.Attach(t.Context(), streams.Streams{Stdout: io.Discard}); err != nil {
		t.Errorf("the attach to what has ended is %v", err)
	}
	if err := p.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("the signal to what has ended is %v", err)
	}
}

func TestRun(t *testing.T) {
	h := newHost(t)
	err := h.Run(t.Context(), shell("exit 7"), streams.Streams{Stdout: io.Discard})
	var exit *streams.ExitError
	if !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("the end is %v", err)
	}
	ctx, leave := context.WithCancel(t.Context())
	out := newScreen()
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, shell("echo up; sleep 1000"), streams.Streams{Stdout: out}) }()
	out.await(t, "up\n")
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the end is %v", err)
	}
	if len(h.processes) != 0 {
		t.Error("the process lives on")
	}
}

func TestSignal(t *testing.T) {
	h := newHost(t)
	spec := shell("trap 'echo caught; exit 9' TERM; echo up; sleep 1000 & wait")
	out := newScreen()
	spec.Log = func(_ string, chunk []byte) { _, _ = out.Write(chunk) }
	p := start(t, h, spec)
	out.await(t, "up\n")
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wantExit(t, p, 9, "")
	if out.String() != "up\ncaught\n" {
		t.Errorf("it said %q", out)
	}
}
