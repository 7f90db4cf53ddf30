package kubelet_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

const stuck = time.Minute

// Where containers share the processes of the machine, what looks through all of them and kills some is never run, whatever it is made of: the
// container is ended by its signals instead.
func TestEndIsPlayedAmongProcessesOfTheMachine(t *testing.T) {
	for name, test := range map[string]struct {
		command []string
		code    int32
	}{
		"an unaware program":  {[]string{"sh", "-c", "while :; do echo up; sleep 0.1; done"}, 129},
		"one that heeds TERM": {[]string{"sh", "-c", "trap 'exit 3' TERM; trap '' HUP; while :; do echo up; sleep 0.1; done"}, 3},
		"a stubborn program":  {[]string{"sh", "-c", "trap '' HUP TERM; while :; do echo up; sleep 0.1; done"}, 137},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.host.ShareMachine()
			w.at(time.Minute)
			debugger := busybox("debugger", test.command...)
			debugger.Stdin, debugger.TTY = true, true
			c := w.inject("web-", debugger, "app")
			w.clock.Advance(time.Second)
			w.until("it runs", func() bool { return w.debugger(c).State.Running != nil })
			out := &screen{want: "up", seen: make(chan struct{})}
			go func() { _ = w.Attach(t.Context(), c, streams.Streams{Stdout: out, TTY: true}) }() // until it ends
			select {
			case <-out.seen: // its traps are set
			case <-time.After(stuck):
				t.Fatal("it never says that it is up")
			}
			witness := filepath.Join(t.TempDir(), "ran")
			script := "touch " + witness + "; exit 9 # /proc/1/ns/mnt"
			if err := w.Exec(t.Context(), c, []string{"sh", "-c", script, "dayfly"}, streams.Streams{Stdout: &bytes.Buffer{}}); err != nil {
				t.Error(err)
			}
			w.until("it has ended", func() bool { return w.debugger(c).State.Terminated != nil })
			if got := w.debugger(c).State.Terminated.ExitCode; got != test.code {
				t.Errorf("the code is %d, want %d", got, test.code)
			}
			if _, err := os.Stat(witness); err == nil {
				t.Error("the script has been run")
			}
		})
	}
}

// A container has a mount namespace of its own, which is its target's no more than the machine's, and what is executed in it is in that.
func TestMountNamespaces(t *testing.T) {
	w := newWorld(t)
	if !w.host.Isolated() {
		t.Skip("this kernel allows no namespaces here")
	}
	w.at(time.Minute)
	c := w.inject("web-", busybox("debugger", "sleep", "1000"), "app")
	w.clock.Advance(time.Second)
	w.until("it runs", func() bool { return w.debugger(c).State.Running != nil })
	namespaces := map[string]bool{}
	read := func(name, script string) string {
		var out bytes.Buffer
		in := c
		in.Name = name
		if err := w.Exec(t.Context(), in, []string{"sh", "-c", script}, streams.Streams{Stdout: &out}); err != nil {
			t.Error(err)
		}
		namespaces[out.String()] = true
		return strings.TrimSpace(out.String())
	}
	machine, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		t.Fatal(err)
	}
	own, again := read("debugger", "readlink /proc/$$/ns/mnt"), read("debugger", "readlink /proc/$$/ns/mnt")
	target, seen, first := read("app", "readlink /proc/$$/ns/mnt"), read("debugger", "readlink /proc/$TARGET_PID/ns/mnt"), read("debugger", "readlink /proc/$PPID/ns/mnt")
	if own != again || own == target || target != seen || own == machine || target == machine || first == own || first == target || !strings.HasPrefix(own, "mnt:[") {
		t.Errorf("an exec is in %q and %q, the target in %q, seen as %q, whoever has started it in %q, this test in %q", own, again, target, seen, first, machine)
	}
}
