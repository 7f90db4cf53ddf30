//go:build unix

package background_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/dayfly-k8s/dayfly/kube/background"
)

const (
	// beDoomed makes this test program one that runs the script in it under a supervisor until it is killed.
	beDoomed = "BACKGROUND_TEST_DOOMED"
	// stuck is how long a test waits for what has to come. Nothing that passes takes that long.
	stuck = time.Minute
)

func TestMain(m *testing.M) {
	background.Main()
	if script := os.Getenv(beDoomed); script != "" {
		hangUp := make(chan os.Signal, 1)
		signal.Notify(hangUp, syscall.SIGHUP) // also where it was ignored before, as nohup has it
		go func() {
			<-hangUp
			os.Exit(1)
		}()
		_, _ = command(time.Hour, script).Output()
		return
	}
	os.Exit(m.Run())
}

// command is a shell script under a supervisor.
func command(limit time.Duration, script string, args ...string) *exec.Cmd {
	path, arguments, err := background.Command(limit, "sh", append([]string{"-c", script, "sh"}, args...)...)
	if err != nil {
		panic(err)
	}
	return exec.Command(path, arguments...)
}

// A program is run as if there were no supervisor, but for its terminal.
func TestPassesOn(t *testing.T) {
	cmd := command(stuck, `cat; echo "$1 $OURS" >&2; exit 7`, "an argument")
	cmd.Env = append(os.Environ(), "OURS=of the environment")
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("input"), &stdout, &stderr
	if code := exitCode(t, cmd.Run()); code != 7 {
		t.Errorf("the exit code is %d", code)
	}
	if stdout.String() != "input" || stderr.String() != "an argument of the environment\n" {
		t.Errorf("it prints %q and %q", stdout.String(), stderr.String())
	}
}

func TestExitCodes(t *testing.T) {
	for name, test := range map[string]struct {
		limit   time.Duration
		program string
		args    []string
		code    int
		says    string
	}{
		"good":           {stuck, "true", nil, 0, ""},
		"its own":        {stuck, "sh", []string{"-c", "exit 3"}, 3, ""},
		"killed":         {stuck, "sh", []string{"-c", "kill -9 $$"}, 137, ""},
		"too late":       {time.Millisecond, "sleep", []string{"1000"}, background.ExitTimedOut, ""},
		"not there":      {stuck, "dayfly-test-nothing-of-this-name", nil, 127, ""},
		"path not there": {stuck, "/nonexistent/program", nil, 127, ""},
		"no program":     {stuck, t.TempDir(), nil, 126, "cannot be run: "},
		"talks":          {stuck, "sh", []string{"-c", "head -c 3000000 /dev/zero"}, 125, "more than 1 MB of output"},
	} {
		t.Run(name, func(t *testing.T) {
			path, args, err := background.Command(test.limit, test.program, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			cmd := exec.CommandContext(t.Context(), path, args...)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if code := exitCode(t, cmd.Run()); code != test.code {
				t.Errorf("the exit code is %d, want %d", code, test.code)
			}
			if !strings.Contains(stderr.String(), test.says) || stdout.Len() > 0 {
				t.Errorf("it prints %d bytes and %.200q", stdout.Len(), stderr.String())
			}
		})
	}
}

// A process that a program has left behind keeps nobody waiting, and lives on: agents do that.
func TestLeavesAgents(t *testing.T) {
	gone := watch(t)
	cmd := command(stuck, `exec 9>"$1"; sleep 1000 & echo up >&9; echo token $!`, gone.path)
	cmd.Stderr = os.Stderr // a pipe would be waited for
	out, err := cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), "token ") {
		t.Fatalf("%q, %v", out, err)
	}
	gone.up(t)
	pid := strings.TrimSpace(strings.TrimPrefix(string(out), "token "))
	if err := exec.CommandContext(t.Context(), "kill", pid).Run(); err != nil {
		t.Errorf("the agent is gone: %v", err)
	}
	gone.wait(t)
}

// A program cannot open the terminal of whoever has started it.
func TestNoTerminal(t *testing.T) {
	cmd := command(stuck, `if (: </dev/tty) 2>/dev/null; then echo has a terminal; else echo has none; fi`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// Its standard error is the terminal, which is the controlling one of the supervisor.
	tty, err := pty.StartWithAttrs(cmd, nil, &syscall.SysProcAttr{Setsid: true, Setctty: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	out, err := io.ReadAll(stdout)
	if err != nil || string(out) != "has none\n" {
		t.Errorf("%q, %v", out, err)
	}
	_ = cmd.Wait()
}

// unwilling is a program that has a child and ignores what can be ignored.
const unwilling = `trap "" TERM INT HUP; exec 9>"$FIFO"; sleep 1000 & echo up >&9; sleep 1000; sleep 1000`

// At the time limit all that a program has started is ended.
func TestEndsInTime(t *testing.T) {
	gone := watch(t)
	cmd := command(2*time.Second, unwilling)
	cmd.Env = append(os.Environ(), "FIFO="+gone.path)
	if code := exitCode(t, cmd.Run()); code != background.ExitTimedOut {
		t.Errorf("the exit code is %d", code)
	}
	gone.up(t)
	gone.wait(t)
}

// A program is ended when who wants it ends, by whatever way, and when its supervisor does.
func TestEndsWithItsParent(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			gone := watch(t)
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), beDoomed+"="+unwilling, "FIFO="+gone.path)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			gone.up(t)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			gone.wait(t)
		})
	}
}

func TestEndsWithItsSupervisor(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			gone := watch(t)
			cmd := command(time.Hour, unwilling)
			cmd.Env = append(os.Environ(), "FIFO="+gone.path)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			gone.up(t)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			gone.wait(t)
		})
	}
}

// watched is a FIFO that the processes of a program hold open: its end is theirs.
type watched struct {
	path string
	file chan *os.File
	all  *os.File
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{path: filepath.Join(t.TempDir(), "fifo"), file: make(chan *os.File, 1)}
	if err := unix.Mkfifo(w.path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		file, err := os.Open(w.path)
		if err == nil {
			w.file <- file
		}
	}()
	return w
}

// up waits until the program runs.
func (w *watched) up(t *testing.T) {
	t.Helper()
	select {
	case w.all = <-w.file:
	case <-time.After(stuck):
		t.Fatal("the program does not run")
	}
	if _, err := io.ReadFull(w.all, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
}

// wait waits until all processes are gone.
func (w *watched) wait(t *testing.T) {
	t.Helper()
	end := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(w.all)
		end <- err
	}()
	select {
	case err := <-end:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(stuck):
		t.Error("a process of the program still runs")
	}
	_ = w.all.Close()
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}
