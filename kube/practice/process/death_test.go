//go:build linux

package process

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// escape is a container's program that tries everything to stay: sessions of their own, ignored signals, forks whose
// parents end, an empty environment. %s is its mark, by which what it starts is found.
const escape = `
trap '' HUP TERM INT
setsid sleep %[1]s &
nohup sleep %[1]s >/dev/null 2>&1 &
(setsid sh -c 'setsid sleep %[1]s & exit' &)
env -i setsid sh -c '(trap "" HUP TERM; /bin/sleep %[1]s </dev/null >/dev/null 2>&1 &) &' &
sleep %[1]s &
echo up
`

const escaped = 5 // processes with the mark that live on when escape is through

// marked counts the processes with a mark among their arguments.
func marked(t *testing.T, mark string) int {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		args, _ := os.ReadFile(name) // it may have ended meanwhile
		if bytes.Count(args, []byte{0}) == 2 && bytes.HasSuffix(args, []byte("\x00"+mark+"\x00")) {
			n++
		}
	}
	return n
}

// newMark is an argument for sleep that nobody else uses.
func newMark(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("%d.%d", 86400+os.Getpid(), time.Now().UnixNano())
}

// awaitMarked waits until so many processes bear the mark. It looks, as nothing tells of the end of strangers.
func awaitMarked(t *testing.T, mark string, want int) {
	t.Helper()
	deadline := time.Now().Add(stuck)
	for marked(t, mark) != want {
		if time.Now().After(deadline) {
			t.Fatalf("after %s %d processes live, want %d", stuck, marked(t, mark), want)
		}
		runtime.Gosched()
	}
}

// death is a doomed dayfly.
type death struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	dir    string
	mark   string
	warden int
	shims  []int
}

func newDeath(t *testing.T) *death {
	t.Helper()
	d := &death{dir: filepath.Join(t.TempDir(), "scratch"), mark: newMark(t)}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d.cmd = exec.Command(os.Args[0])
	d.cmd.Env = append(os.Environ(), doomedFolder+"="+d.dir, doomedCommand+"="+fmt.Sprintf(escape, d.mark)+"\nexec sleep "+d.mark)
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := d.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.in = in
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it does not come up: %v", err)
	}
	for i, field := range strings.Fields(line) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			d.warden = pid
		} else {
			d.shims = append(d.shims, pid)
		}
	}
	awaitMarked(t, d.mark, 2*(escaped+1))
	return d
}

func TestDeath(t *testing.T) {
	for name, how := range map[string]func(d *death) error{
		"kill -9":        func(d *death) error { return d.cmd.Process.Kill() },
		"hang-up":        func(d *death) error { return syscall.Kill(-d.cmd.Process.Pid, syscall.SIGHUP) },
		"interrupt":      func(d *death) error { return syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT) },
		"exit":           func(d *death) error { return d.in.Close() },
		"panic":          func(d *death) error { _, err := io.WriteString(d.in, "!"); return err },
		"warden":         func(d *death) error { return syscall.Kill(d.warden, syscall.SIGKILL) },
		"shims":          func(d *death) error { return killAll(d.shims) },
		"with its shims": func(d *death) error { return killAll(append(d.shims, d.cmd.Process.Pid)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeath(t)
			if err := how(d); err != nil {
				t.Fatal(err)
			}
			awaitMarked(t, d.mark, 0)
			if name == "warden" || name == "shims" { // dayfly lives, and has use for its folder
				return
			}
			for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
				if _, err := os.Stat(d.dir); os.IsNotExist(err) {
					return
				}
				if time.Now().After(deadline) {
					t.Fatal("the folder is still there")
				}
			}
		})
	}
}

func killAll(pids []int) error {
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return err
		}
	}
	return nil
}

// With the first process of a container everything ends that it has started.
func TestContainerEnds(t *testing.T) {
	h := newHost(t)
	for _, tty := range []bool{false, true} {
		mark := newMark(t)
		spec := shell(fmt.Sprintf(escape, mark) + "\nread end; exit 8")
		spec.Stdin, spec.TTY = true, tty
		p := start(t, h, spec)
		other := newMark(t)
		neighbour := start(t, h, shell("exec sleep "+other))
		awaitMarked(t, mark, escaped)
		v := visit(t, p)
		v.types(t, "\n")
		wantExit(t, p, 8, "")
		if n := marked(t, mark); n != 0 {
			t.Errorf("%d processes live when the end is told", n)
		}
		if marked(t, other) != 1 {
			t.Error("the neighbour has died")
		}
		neighbour.Kill()
		wantExit(t, neighbour, 137, "SIGKILL")
	}
}

// Whoever kills everything in a container has killed what is in the practice cluster, and nothing of this machine or another cluster.
func TestIsolated(t *testing.T) {
	h, other := newHost(t), newHost(t)
	if !h.Isolated() {
		t.Skip("this kernel allows no namespaces here")
	}
	mark := newMark(t)
	start(t, other, shell("exec sleep "+mark))
	neighbour := start(t, h, shell("exec sleep 1000"))
	awaitMarked(t, mark, 1)
	// Should it be the machine's after all, this must not be what says so. It waits for a word: what tells of its start is killed as well.
	spec := shell("read word; read name </proc/1/comm; [ \"$name\" = practice-init ] || exit 9; kill -KILL -1; exit 8")
	spec.Stdin = true
	killer := start(t, h, spec)
	visit(t, killer).types(t, "now\n")
	wantExit(t, killer, 137, "SIGKILL")
	wantExit(t, neighbour, 137, "SIGKILL")
	if marked(t, mark) != 1 {
		t.Error("a process of another cluster has been killed")
	}
	h.ShareMachine()
	if !h.Isolated() {
		t.Error("a host changes while it runs")
	}
	shared := newHost(t)
	shared.ShareMachine()
	if shared.Isolated() {
		t.Error("a host that shares the machine is isolated")
	}
	wantExit(t, start(t, shared, shell("exit 3")), 3, "")
}

// What dies with the warden has been killed, and the next process gets another warden.
func TestWardenDies(t *testing.T) {
	h := newHost(t)
	p := start(t, h, shell("exec sleep 1000"))
	if err := syscall.Kill(h.warden.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantExit(t, p, 137, "SIGKILL")
	wantExit(t, start(t, h, shell("exit 2")), 2, "")
}

func TestClose(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scratch")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := NewHost(dir)
	if err != nil {
		t.Fatal(err)
	}
	mark := newMark(t)
	p := start(t, h, shell(fmt.Sprintf(escape, mark)+"\nexec sleep "+mark))
	awaitMarked(t, mark, escaped+1)
	h.Close()
	if n := marked(t, mark); n != 0 {
		t.Errorf("%d processes live", n)
	}
	wantExit(t, p, 137, "SIGKILL")
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	if _, err := h.Start(shell("exit 0")); err == nil {
		t.Error("a closed host starts a process")
	}
	h.Close()
}

// A warmed host has a warden that removes the folder, although no process was ever started.
func TestWarm(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scratch")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := NewHost(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Warm(); err != nil {
		t.Fatal(err)
	}
	_ = h.warden.conn.Close() // as the end of dayfly does
	wait(t, "the end of the warden", h.warden.gone)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	h.Close()
}

func TestNothingLeaks(t *testing.T) {
	h := newHost(t)
	count := func() (int, int) {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(fds), runtime.NumGoroutine()
	}
	once := func(i int) {
		spec := shell("echo; read line; exit 1")
		spec.TTY, spec.Stdin = i%2 == 0, true
		p := start(t, h, spec)
		keyboard, keys := io.Pipe()
		sizes := make(chan streams.Size)
		attached := make(chan error, 1)
		go func() {
			attached <- p.Attach(t.Context(), streams.Streams{Stdin: keyboard, Stdout: newScreen(), Resize: sizes})
		}()
		if i%2 != 0 {
			p.Kill()
		} else {
			_ = p.Signal(syscall.SIGHUP)
		}
		wait(t, "the end", p.Done())
		if err := <-attached; err != nil {
			t.Fatal(err)
		}
		_ = keys.Close()
	}
	once(0)
	once(1)
	fds, goroutines := count()
	for i := range 200 {
		once(i)
	}
	deadline := time.Now().Add(stuck)
	for {
		nowFDs, nowGoroutines := count()
		if nowFDs <= fds && nowGoroutines <= goroutines {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d descriptors and %d goroutines, before %d and %d", nowFDs, nowGoroutines, fds, goroutines)
		}
		runtime.Gosched()
	}
}
