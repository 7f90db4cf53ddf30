//go:build linux || darwin

package debug

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// playedShell is a shell of this machine, for containers that have no pod.
type playedShell struct {
	folder string // in which sh is that shell
	host   *process.Host
}

// playedShells are the shells of this machine by their names.
func playedShells(t *testing.T) map[string]playedShell {
	t.Helper()
	host, err := process.NewHost(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(host.Close)
	programs := map[string]string{}
	for _, name := range []string{"/bin/sh", "dash", "bash", "busybox"} {
		if path, err := exec.LookPath(name); err == nil { // /bin/sh is everywhere
			if path, err = filepath.EvalSymlinks(path); err != nil {
				t.Fatal(err)
			}
			programs[filepath.Base(path)] = path
		}
	}
	shells := map[string]playedShell{}
	for name, program := range programs {
		folder := t.TempDir()
		if err := os.Symlink(program, filepath.Join(folder, "sh")); err != nil {
			t.Fatal(err)
		}
		shells[name] = playedShell{folder, host}
	}
	return shells
}

// console is a program in a terminal of its own, as the first process of a container is.
type console struct {
	*process.Process
	terminal *io.PipeWriter

	mu   sync.Mutex
	said bytes.Buffer
	more chan struct{}
}

// play starts a command in a terminal. Its processes are kept apart from those of the machine, whatever they signal.
func (s playedShell) play(t *testing.T, command []string) *console {
	t.Helper()
	c := &console{more: make(chan struct{}, 1)}
	p, err := s.host.Start(process.Spec{
		Argv: command, TTY: true, Stdin: true, Log: func(_ string, chunk []byte) { c.hears(chunk) },
		Env: []string{"PATH=" + s.folder + ":" + os.Getenv("PATH"), "PS1=$ ", "TERM=dumb", "HOME=" + s.folder, "MARK=" + markOf(t)},
	})
	if err != nil {
		t.Fatal(err)
	}
	keyboard, keys := io.Pipe()
	c.Process, c.terminal = p, keys
	t.Cleanup(func() {
		p.Kill()
		_ = keys.Close()
	})
	go func() { _ = p.Attach(t.Context(), streams.Streams{Stdin: keyboard, TTY: true}) }() // until the program ends
	return c
}

func (c *console) hears(chunk []byte) {
	c.mu.Lock()
	c.said.Write(chunk)
	c.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.String()
}

func (c *console) await(t *testing.T, words string) {
	t.Helper()
	deadline := time.After(apitest.Stuck)
	for !strings.Contains(c.text(), words) {
		select {
		case <-c.more:
		case <-deadline:
			t.Fatalf("it never said %q, only %q", words, c.text())
		}
	}
}

func (c *console) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(c.terminal, keys); err != nil {
		t.Fatal(err)
	}
}

// code waits for the end, and is the exit code as runtimes tell it.
func (c *console) code(t *testing.T) int {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(apitest.Stuck):
		t.Fatalf("it does not end; it said %q", c.text())
	}
	code, _ := c.Exit()
	return code
}

// wantGone waits until no process has the mark of the test in its environment, which all have that its console has started.
func wantGone(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(apitest.Stuck)
	for left := marked(markOf(t)); len(left) > 0; left = marked(markOf(t)) {
		if time.Now().After(deadline) {
			t.Fatalf("processes %q are left", left)
		}
		runtime.Gosched()
	}
}

// markOf is nobody else's, also when an earlier run has left something behind.
func markOf(t *testing.T) string { return t.Name() + " " + strconv.Itoa(os.Getpid()) }

func marked(mark string) (pids []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range all {
		if env, err := os.ReadFile(path); err == nil && bytes.Contains(env, []byte("MARK="+mark+"\x00")) {
			pids = append(pids, path)
		}
	}
	return pids
}

func timeLimited(after time.Duration, command ...string) []string {
	sent, _ := request(func(r *Request) { r.Command, r.EndsAfter = command, after }).sent(apitest.RunningPod())
	return sent.Command
}

// A program that ends before its time ends as it would without one: its code is told, and nothing is left behind.
func TestLimitedProgramEnds(t *testing.T) {
	t.Parallel()
	for shell, played := range playedShells(t) {
		for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 143, "kill -KILL $$": 137, "exec nothing": 127} {
			t.Run(shell+"/"+script, func(t *testing.T) {
				t.Parallel()
				c := played.play(t, timeLimited(time.Hour, "sh", "-c", script))
				if got := c.code(t); got != want {
					t.Errorf("the code is %d, want %d; it said %q", got, want, c.text())
				}
				wantGone(t)
				if text := c.text(); script != "exec nothing" && text != "" {
					t.Errorf("it says %q", text)
				}
			})
		}
	}
}

// Its time ends it, also when it does not want to; it has three standard streams and no others, and the arguments it was given.
func TestLimitedProgramIsEnded(t *testing.T) {
	t.Parallel()
	for shell, played := range playedShells(t) {
		t.Run(shell+"/willing", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Second, "sh", "-c", "trap 'echo hung up; exit 4' HUP; echo begun; while :; do sleep 0.1; done"))
			c.await(t, "begun\r\n")
			c.await(t, "hung up\r\n")
			if got := c.code(t); got != 4 {
				t.Errorf("the code is %d", got)
			}
			wantGone(t)
		})
		t.Run(shell+"/stubborn", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Millisecond, "sh", "-c", "trap '' HUP INT TERM; echo begun; while :; do sleep 0.1; done"))
			if got := c.code(t); got != 137 {
				t.Errorf("the code is %d", got)
			}
			wantGone(t)
		})
		t.Run(shell+"/unaware", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Second, "sleep", "1000"))
			if got := c.code(t); got != 129 {
				t.Errorf("the code is %d", got)
			}
			wantGone(t)
		})
	}
}

// The terminal's keys go to the program: ^C ends what a shell has started, and not the shell; and they are as they would be for a program
// without a shell.
func TestLimitedProgramHasTheTerminal(t *testing.T) {
	for shell, played := range playedShells(t) {
		t.Run(shell+"/shell", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Hour, "sh", "-i"))
			c.types(t, "sh -c 'echo sl$((1))eeping; exec sleep 1000'\n")
			c.await(t, "sl1eeping")
			c.types(t, "\x03")
			c.await(t, "^C")
			c.types(t, "echo al''ive\n")
			c.await(t, "alive")
			c.types(t, "exit 5\n")
			if got := c.code(t); got != 5 {
				t.Errorf("the code is %d; it said %q", got, c.text())
			}
			wantGone(t)
		})
		t.Run(shell+"/program", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Hour, "sh", "-c", "trap 'echo summary; exit 6' INT; echo begun; while :; do sleep 0.1; done"))
			c.await(t, "begun")
			c.types(t, "\x03")
			c.await(t, "summary")
			if got := c.code(t); got != 6 {
				t.Errorf("the code is %d", got)
			}
			wantGone(t)
		})
		t.Run(shell+"/what it gets", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, timeLimited(time.Hour, "sh", "-c", `test -t 0 && test -t 1 && test -t 2 && for fd in 3 4 5 6; do { true >&$fd; } 2>/dev/null && echo open $fd; done; `+
				`echo "$# $1 $2 $3"; jobs; echo error >&2; ps >/dev/null 2>&1; wait`, "name", "a b", "", `"'$x`))
			if got := c.code(t); got != 0 {
				t.Errorf("the code is %d", got)
			}
			if got := c.text(); got != "3 a b  \"'$x\r\nerror\r\n" {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// What waits in the container of private sessions ends when it is asked to, and when its time has come, and leaves no sleep behind.
func TestHolderEnds(t *testing.T) {
	t.Parallel()
	hold := func(after time.Duration) []string {
		sent, _ := request(func(r *Request) { r.Private, r.EndsAfter = true, after }).sent(apitest.RunningPod())
		return sent.Command
	}
	for shell, played := range playedShells(t) {
		for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
			for _, after := range []time.Duration{0, time.Hour} {
				t.Run(shell+"/"+signal.String()+"/"+after.String(), func(t *testing.T) {
					t.Parallel()
					c := played.play(t, hold(after))
					for !waits(markOf(t)) {
						if len(c.text()) > 0 {
							t.Fatalf("it says %q", c.text())
						}
					}
					if err := c.Signal(signal); err != nil {
						t.Fatal(err)
					}
					if got := c.code(t); got != 0 {
						t.Errorf("the code is %d", got)
					}
					wantGone(t)
				})
			}
		}
		t.Run(shell+"/time", func(t *testing.T) {
			t.Parallel()
			c := played.play(t, hold(time.Second))
			if got := c.code(t); got != 0 {
				t.Errorf("the code is %d", got)
			}
			wantGone(t)
		})
	}
}

// waits reports whether a shell waits for the sleep that it has started: both sleep. A shell that has only just started one does not know its
// number yet. They are found from outside, where their numbers are others.
func waits(mark string) bool {
	all := marked(mark)
	for _, environ := range all {
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(environ), "stat"))
		_, state, found := strings.Cut(string(stat), ") ")
		if err != nil || !found || !strings.HasPrefix(state, "S") {
			return false
		}
	}
	return len(all) == 2
}

func TestTimesAreWholeSeconds(t *testing.T) {
	for after, want := range map[time.Duration]int{time.Millisecond: 1, time.Second: 1, 1500 * time.Millisecond: 2, 48 * time.Hour: 172800} {
		if script := timeLimited(after, "sh")[2]; !strings.Contains(script, "sleep "+strconv.Itoa(want)+" &") {
			t.Errorf("%s is %s", after, script)
		}
	}
}

// A life time that nothing can be made of is refused, and what one means is said.
func TestLifeTimes(t *testing.T) {
	for name, test := range map[string]struct {
		change        func(*Request)
		problem, note string
		command       string // part of the equal command
		exec          int    // words of it
	}{
		"the image's own program": {change: func(r *Request) { r.EndsAfter = time.Hour }, problem: "name the command that is to end after 1h"},
		"arguments only":          {change: func(r *Request) { r.EndsAfter, r.Command, r.ArgumentsOnly = time.Hour, []string{"x"}, true }, problem: "name the command that is to end"},
		"private arguments":       {change: func(r *Request) { r.Private, r.ArgumentsOnly = true, true }, problem: "a private session's container sleeps"},
		"the past":                {change: func(r *Request) { r.EndsAfter, r.Command = -1, []string{"sh"} }, problem: "a debug container cannot end after -1ns"},
		"a time":                  {change: func(r *Request) { r.EndsAfter, r.Command = time.Hour, []string{"sh"} }, note: "sh is ended 1h after its start", command: "sleep 3600 & wait"},
		"once":                    {change: func(r *Request) { r.StdinOnce = true }, note: "with a terminal containerd does not do that", command: "kubectl debug -it web"},
		"private": {
			change: func(r *Request) { r.Private, r.Command = true, []string{"bash", "-l"} }, note: "private: the container only sleeps", exec: 2,
			command: " && kubectl exec -it web --namespace=shop --container=debugger-x2 -- bash -l",
		},
		"private with a time": {change: func(r *Request) { r.Private, r.EndsAfter = true, time.Hour }, note: "the container ends by itself 1h", command: "sleep 3600", exec: 1},
		"private once":        {change: func(r *Request) { r.Private, r.StdinOnce = true, true }, note: "if dayfly is killed (kill -9)", command: "kubectl debug web ", exec: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(test.change)
			plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), r)
			if test.problem != "" {
				kubetest.WantProblem(t, err, test.problem)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			for _, n := range plan.Notes {
				notes = append(notes, n.Text)
			}
			if !strings.Contains(strings.Join(notes, "\n"), test.note) || !strings.Contains(plan.Command, test.command) || len(plan.Exec) != test.exec {
				t.Errorf("notes %q\ncommand %s\nexec %q", notes, plan.Command, plan.Exec)
			}
			added := plan.Change.Container()
			if added.Stdin == r.Private || added.TTY == r.Private || plan.TTY == r.Private || added.StdinOnce != (r.StdinOnce && !r.Private) {
				t.Errorf("stdin %v, TTY %v, once %v", added.Stdin, added.TTY, added.StdinOnce)
			}
		})
	}
}
