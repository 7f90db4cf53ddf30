//go:build linux

package crashloop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// terminal is a session in a terminal of its own.
type terminal struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd

	mu   sync.Mutex
	text string
	seen int // of text, by await
	more chan struct{}
}

// session opens a session, as an exec with a terminal does.
func (p *played) session() *terminal {
	p.t.Helper()
	argv := p.argv(p.exec)
	cmd := exec.CommandContext(p.t.Context(), argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = p.image, append(append([]string{}, p.env...), "TERM=dumb")
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 250})
	if err != nil {
		p.t.Fatal(err)
	}
	s := &terminal{t: p.t, file: file, cmd: cmd, more: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		chunk := make([]byte, 4096)
		for {
			n, err := file.Read(chunk)
			s.mu.Lock()
			s.text += string(chunk[:n])
			s.mu.Unlock()
			select {
			case s.more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	p.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = file.Close()
		<-done
	})
	return s
}

// await waits for words behind those that were awaited before, and returns what came with them.
func (s *terminal) await(words string) string {
	s.t.Helper()
	deadline := time.After(apitest.Stuck)
	for {
		s.mu.Lock()
		text := s.text[s.seen:]
		at := strings.Index(text, words)
		if at >= 0 {
			s.seen += at + len(words)
			s.mu.Unlock()
			return strings.ReplaceAll(text[:at+len(words)], "\r", "")
		}
		s.mu.Unlock()
		select {
		case <-s.more:
		case <-deadline:
			s.t.Fatalf("it never said %q, only %q", words, text)
		}
	}
}

func (s *terminal) types(keys string) {
	s.t.Helper()
	if _, err := s.file.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// A session says what is known, has a prompt that says where one is, the commands, and the image's own programs first.
func TestSession(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		c := script(`echo "LEVEL=$LEVEL ENV=$ENV PATH=$PATH"`)
		c.LastExit, c.LastLog = "exit code 1 (Error) after 2s", []string{"starting", "panic: \x1b[31mno database"}
		c.Spec.LivenessProbe = &corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}}
		c.Spec.Image = "registry.example.com/app:1"
		p := prepare(t, c, "ENV=./pwn")
		if out, code := p.install(box); code != 0 {
			t.Fatal(out)
		}
		p.start()
		p.write("pwn", "touch pwned\n", 0o644)
		p.write("tool", "#!/bin/sh\necho the image has a tool, ENV=$ENV\n", 0o755)
		s := p.session()
		banner := s.await("[idle copy of app] ")
		want := "\nIdle copy of container app: its program does not run until you start it.\n" +
			"Image    registry.example.com/app:1\n" +
			"User     " + user() + " in " + p.image + "\n" +
			"Command  /bin/sh -c 'echo \"LEVEL=$LEVEL ENV=$ENV PATH=$PATH\"' script\n" +
			"Ended    exit code 1 (Error) after 2s\n" +
			"Its log ended with:\n    starting\n    panic: ␛[31mno database\n\n" +
			"run-original                run that command here, as the kubelet would\n" +
			"run-original -e NAME=VALUE  the same, with a variable set\n" +
			"probe live                  try the liveness probe from inside the pod\n[idle copy of app] "
		if !strings.HasSuffix("\n"+banner, want) { // busybox says something of itself before
			t.Errorf("it begins with\n%s\nwant\n%s", banner, want)
		}
		s.types("cd / && tool\n")
		s.await("the image has a tool, ENV=./pwn\r\n")
		s.types("export LEVEL=debug; unset ENV; run-original; echo code $?\n")
		s.await("LEVEL=debug ENV=./pwn PATH=" + p.image + ":/usr/bin:/bin\r\n")
		s.await("run-original: exit code 0 after ")
		s.await("code 0\r\n")
		s.types("LEVEL=once run-original -n\n")
		s.await("env LEVEL=once /bin/sh -c ")
		s.types("probe; echo code $?\n")
		s.await("Liveness probe: true, within 60s\r\nSucceeds: exit code 0.\r\ncode 0\r\n")
		s.types("exit 7\n")
		if err := s.cmd.Wait(); s.cmd.ProcessState.ExitCode() != 7 {
			t.Errorf("it ends with %v", err)
		}
		if _, err := os.Stat(filepath.Join(p.image, "pwned")); err == nil {
			t.Error("the shell has run what the container's ENV names")
		}
	})
}

// Ctrl-C is the program's: it may end as it wants, and how it has ended is said. Ctrl-Z stops it, and fg goes on with it.
func TestSessionKeys(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, script(`trap 'echo resumed' CONT; trap 'echo cleaned up; exit 5' INT; echo started; while :; do sleep 0.1; done`))
		s := p.session()
		s.await("[idle copy of app] ")
		s.types("run-original; echo code $?\n")
		s.await("started\r\n")
		s.types("\x1a")
		s.await("[idle copy of app] ")
		s.types("fg\n")
		s.await("resumed\r\n")
		s.types("\x03")
		s.await("cleaned up\r\nrun-original: exit code 5 after ")
		s.await("[idle copy of app] ")
		s.types("run-original --command -- sleep 1000; echo code $?\n")
		s.await("1000; echo code $?\r\n")
		awaitProcess(t, p, "1000")
		s.types("\x03")
		s.await("run-original: exit code 130 after ")
		s.await("interrupted by SIGINT (Ctrl-C).\r\n")
		s.await("[idle copy of app] ")
		s.types("exit\n")
		_ = s.cmd.Wait()
	})
}

// A tool image without its shell's line editor, or an image whose PATH is unset, still has a session.
func TestSessionWithoutPath(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := prepare(t, crashloop.Container{})
		p.env = nil
		if out, code := p.install(box); code != 0 {
			t.Fatal(out)
		}
		p.start()
		s := p.session()
		if banner := s.await("[idle copy of app] "); !strings.Contains(banner, "Command  not known: the image's entrypoint could not be read\n") {
			t.Errorf("it begins with\n%s", banner)
		}
		s.types("run-original\n")
		s.await("Give it: run-original -- /path/to/program ARGS\r\n")
		s.types("run-original -- sh -c 'exit 9'\n")
		s.await("run-original: exit code 9 after ")
		s.types("exit\n")
		_ = s.cmd.Wait()
	})
}
