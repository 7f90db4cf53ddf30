//go:build unix

package main

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// gone wants no pod of a name.
func (b *bench) gone(pod string) {
	b.t.Helper()
	// Its grace is a second, in which it is there still.
	for {
		at := b.runs(nil, "run", pod, "--container", "", "--", "true")
		if strings.Contains(at.stderr, "there is no pod "+pod) {
			return
		}
		if at.code == 0 {
			b.t.Fatalf("%s is there: %s", pod, at.stderr)
		}
	}
}

// A command runs in a copy of a pod that takes no debug container, or hardly; its code and its output come home, and the copy is deleted.
func TestRunInACopy(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for _, pod := range []string{"crasher", "done", "annotated"} {
		got := b.runs(nil, "run", pod, "--copy", "-o", "json", "--", "sh", "-c", "echo hello; exit 3")
		r := reportOf(t, got.stderr)
		if got.code != 3 || got.stdout != "hello\n" || r.ExitCode == nil || *r.ExitCode != 3 || r.Pod != pod || !strings.HasPrefix(r.Copy, pod+"-debug-") || r.Leaves != "" {
			t.Errorf("%s: exit code %d, %q: %+v", pod, got.code, got.stdout, r)
		}
		if !strings.Contains(r.Command, "--copy-to="+r.Copy+" --share-processes") {
			t.Errorf("the command is %s", r.Command)
		}
		b.gone(r.Copy)
		if journal := b.journal(); !strings.Contains(journal, `"copyOf":"`+pod+`"`) {
			t.Errorf("the journal is %s", journal)
		}
	}
	said := b.runs(strings.NewReader("through\n"), "run", "done", "--copy", "-i", "--", "cat")
	if said.code != 0 || said.stdout != "through\n" || !strings.Contains(said.stderr, "the copy of done, runs until it is deleted") || !strings.Contains(said.stderr, " was deleted\n") {
		t.Errorf("exit code %d, %q: %s", said.code, said.stdout, said.stderr)
	}
}

// Also who leaves early leaves no copy.
func TestRunInACopyIsLeft(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for name, c := range map[string]struct {
		args []string
		how  func(*exec.Cmd)
		code int
	}{
		"timeout": {[]string{"--timeout", "3s"}, func(*exec.Cmd) {}, 124},
		"SIGINT":  {nil, func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGINT) }, 130},
	} {
		cmd := b.command(append(append([]string{"run", "crasher", "--copy"}, c.args...), "--", "sh", "-c", "echo ready; sleep 1000")...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if said, err := io.ReadAll(io.LimitReader(out, 6)); string(said) != "ready\n" {
			t.Fatalf("%s: printed %q, %v: %s", name, said, err, &errs)
		}
		c.how(cmd)
		_ = cmd.Wait()
		_, rest, _ := strings.Cut(errs.String(), "--copy-to=")
		pod, _, _ := strings.Cut(rest, " ")
		if code := cmd.ProcessState.ExitCode(); code != c.code || pod == "" || !strings.Contains(errs.String(), "pod "+pod+" was deleted") || strings.Contains(errs.String(), "To attach") {
			t.Errorf("%s: exit code %d: %s", name, code, &errs)
		}
		b.gone(pod)
	}
}
