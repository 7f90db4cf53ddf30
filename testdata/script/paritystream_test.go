package script

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// parityPods end when they are asked to, by a signal or by a line, and have no other reason to.
const parityPods = `
apiVersion: v1
kind: Pod
metadata: {name: goner}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 20
  containers:
  - name: app
    image: docker.io/library/busybox:1.37
    command: [sh, -c, 'trap "echo bye; exit 4" TERM; for i in 1 2 3; do echo line $i; done; sleep 1000 & wait']
---
apiVersion: v1
kind: Pod
metadata: {name: liner}
spec:
  restartPolicy: Never
  containers:
  - name: app
    image: docker.io/library/busybox:1.37
    command: [sh, -c, 'for i in 1 2 3; do echo line $i; done']
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
  - name: app
    image: docker.io/library/busybox:1.37
    stdin: true
    command: [sh, -c, 'echo ready; read line; echo got $line; exit 3']
---
apiVersion: v1
kind: Pod
metadata: {name: target}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: app
    image: docker.io/library/busybox:1.37
    command: [sh, -c, 'exec sleep 1000000']
`

// TestParityOfStreams does to both clusters what takes a while, and compares what was to be seen meanwhile.
func TestParityOfStreams(t *testing.T) {
	practice := practiceCluster(t)
	t.Cleanup(func() {
		kubectlWith(context.Background(), t, here.kubeconfig, parityPods, "delete", "--ignore-not-found", "-f", "-")
	})
	kubectl(t, here.kubeconfig, "delete", "events", "--all") // an earlier run had pods of the same names
	for _, kubeconfig := range []string{here.kubeconfig, practice} {
		kubectlWith(t.Context(), t, kubeconfig, parityPods, "create", "-f", "-")
		kubectl(t, kubeconfig, "wait", "pod", "goner", "reader", "target", "--for=condition=Ready", "--timeout=180s")
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, kubeconfig string) string
	}{
		{"logs -f of a pod that ends", logsToTheEnd},
		{"delete with grace, seen by get -w and logs -f", deleteIsSeen},
		{"attach", attachAndAnswer},
		{"debug -i", debugAndAnswer},
		{"debug -it", debugInTerminal},
	} {
		t.Run(c.name, func(t *testing.T) { agree(t, c.do(t, here.kubeconfig), c.do(t, practice)) })
	}
}

func logsToTheEnd(t *testing.T, kubeconfig string) string {
	return kubectl(t, kubeconfig, "wait", "pod", "liner", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=180s") +
		kubectl(t, kubeconfig, "logs", "-f", "liner") +
		kubectl(t, kubeconfig, "get", "pod", "liner") +
		kubectl(t, kubeconfig, strings.Fields(events("liner"))...)
}

func deleteIsSeen(t *testing.T, kubeconfig string) string {
	pods := follow(t, kubeconfig, "get", "pod", "goner", "--watch", "--output-watch-events")
	pods.until("ADDED")
	logs := follow(t, kubeconfig, "logs", "-f", "goner")
	logs.until("line 3")
	said := kubectl(t, kubeconfig, "delete", "pod", "goner")
	pods.until("DELETED")
	return said + logs.end() + strings.Join(pods.lines, "\n") + "\n" + kubectl(t, kubeconfig, strings.Fields(events("goner"))...)
}

func attachAndAnswer(t *testing.T, kubeconfig string) string {
	attached := follow(t, kubeconfig, "attach", "-i", "reader")
	attached.says("word\n")
	attached.until("got word")
	return attached.end() +
		kubectl(t, kubeconfig, "wait", "pod", "reader", "--for=jsonpath={.status.phase}=Failed", "--timeout=180s") +
		kubectl(t, kubeconfig, "logs", "-f", "reader") +
		kubectl(t, kubeconfig, "get", "pod", "reader")
}

func debugAndAnswer(t *testing.T, kubeconfig string) string {
	debug := follow(t, kubeconfig, "debug", "target", "-i", "--image=busybox:1.37", "--target=app", "-c", "asks", "--",
		"sh", "-c", "read line; echo got $line; exit 3")
	debug.says("word\n")
	debug.until("got word")
	return debug.end() + ended(t, kubeconfig, "asks") + kubectl(t, kubeconfig, strings.Fields(events("target"))...)
}

// debugInTerminal answers in a terminal. It returns what comes behind the answer: how often the terminals show what is typed depends
// on which of them is there first.
func debugInTerminal(t *testing.T, kubeconfig string) string {
	term, err := terminal.Start(terminal.Program{
		Path: cmp.Or(os.Getenv("KUBECTL"), "kubectl"),
		Args: []string{
			"debug", "target", "-it", "--image=busybox:1.37", "--target=app", "-c", "shows", "--",
			"sh", "-c", `until [ "$line" = word ]; do read line || exit 9; done; echo got $line; test -t 1 && echo in a terminal; exit 3`,
		},
		Env:  append(os.Environ(), "KUBECONFIG="+kubeconfig, "HOME="+t.TempDir()),
		Cols: 100, Rows: 40,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := term.Close(); err != nil {
			t.Error(err)
		}
	}()
	from, err := term.WaitBytes(start, 0, "If you don't see a command prompt")
	if err != nil {
		t.Fatal(err)
	}
	if err := term.Type("word\r"); err != nil {
		t.Fatal(err)
	}
	if from, err = term.WaitBytes(soon, from, "got word"); err != nil {
		t.Fatal(err)
	}
	code, err := term.Wait(soon)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%q, exit code %d, left behind: %q\n", term.Output(from), code, term.Leftovers()) + ended(t, kubeconfig, "shows")
}

// ended is how a debug container of the target has ended.
func ended(t *testing.T, kubeconfig, container string) string {
	terminated := fmt.Sprintf("{.status.ephemeralContainerStatuses[?(@.name==%q)].state.terminated", container)
	return kubectl(t, kubeconfig, "wait", "pod", "target", "--for=jsonpath="+terminated+".exitCode}=3", "--timeout=180s") +
		kubectl(t, kubeconfig, "get", "pod", "target", "-o", "jsonpath="+terminated+".reason}") +
		kubectl(t, kubeconfig, "logs", "target", "-c", container)
}

// follower is a kubectl that runs on while its lines are read.
type follower struct {
	t     *testing.T
	c     *exec.Cmd
	input io.Writer
	scan  *bufio.Scanner
	lines []string
}

// follow starts a kubectl whose input stays open. It ends with the test, or when what it is waited for took too long.
func follow(t *testing.T, kubeconfig string, args ...string) *follower {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), start)
	c := exec.CommandContext(ctx, cmp.Or(os.Getenv("KUBECTL"), "kubectl"), args...)
	c.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HOME="+t.TempDir())
	input, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if c.ProcessState == nil {
			_ = c.Wait() // it was killed
		}
	})
	return &follower{t: t, c: c, input: input, scan: bufio.NewScanner(out)}
}

func (f *follower) says(text string) {
	f.t.Helper()
	if _, err := f.input.Write([]byte(text)); err != nil {
		f.t.Fatal(err)
	}
}

// until reads up to a line with a text.
func (f *follower) until(text string) {
	f.t.Helper()
	for f.scan.Scan() {
		f.lines = append(f.lines, f.scan.Text())
		if strings.Contains(f.scan.Text(), text) {
			return
		}
	}
	f.t.Fatalf("kubectl %q ended before %q: %q, %v", f.c.Args[1:], text, f.lines, f.scan.Err())
}

// end is all that was printed, when kubectl has ended by itself.
func (f *follower) end() string {
	f.t.Helper()
	for f.scan.Scan() {
		f.lines = append(f.lines, f.scan.Text())
	}
	_ = f.c.Wait() // the code says it
	return fmt.Sprintf("%s\nexit code %d\n", strings.Join(f.lines, "\n"), f.c.ProcessState.ExitCode())
}
