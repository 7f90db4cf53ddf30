//go:build unix

package main

import (
	"bufio"
	"io"
	"syscall"
	"testing"
)

// The kernel sends SIGPIPE also for a socket whose other end has closed. Only stdout counts.
func TestRunOutlivesBrokenSockets(t *testing.T) {
	b := practised(t)
	cmd := b.command("run", "annotated", "--preset", "busybox", "-i", "--", "sh", "-c", "echo ready; read line; echo $line; exit 7")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, errs := started(t, cmd)
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("it begins with %q (%v)", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGPIPE); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, "all of it\n"); err != nil {
		t.Fatal(err)
	}
	_ = in.Close()
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 7 || string(rest) != "all of it\n" {
		t.Errorf("exit code %d, want 7; printed %q, and on stderr:\n%s", code, rest, errs.String())
	}
}
