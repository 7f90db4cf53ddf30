package script

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The line above a session names its container.
var header = regexp.MustCompile(`dayfly: (\S+) in \S+ · \S+ detaches`)

// counted is a line of counts.
var counted = regexp.MustCompile(`(c\d) (\d+)\r?\n`)

// counts has a shell print a word and numbers from 1 on, about thirty a second, until the file /tmp/stop is there.
func counts(word string) string {
	return fmt.Sprintf(`i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); echo "%s $i"; usleep 30000; done; echo all $i of "%s"`, word, word)
}

// stopCounts lets them end.
func stopCounts(t *testing.T, target kube.Target) {
	t.Helper()
	code, err := stream.Exec(t.Context(), adminCluster(t), target, []string{"touch", "/tmp/stop"}, stream.Streams{Out: t.Output()})
	if err != nil || code != 0 {
		t.Fatalf("stop counting in %s: exit code %d, %v", target, code, err)
	}
}

// adminCluster is the cluster as the library has it, for what a test does itself.
func adminCluster(t *testing.T) *kube.Cluster {
	t.Helper()
	var flags kube.Flags
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Parse([]string{"--kubeconfig", here.kubeconfig}); err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kubeconfig.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// debuggers are the debug containers of a pod, in no order.
func debuggers(t *testing.T, pod string) []kube.Target {
	t.Helper()
	now, err := here.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	var all []kube.Target
	for _, c := range now.Spec.EphemeralContainers {
		all = append(all, kube.Target{Namespace: here.Name, Pod: pod, Container: c.Name})
	}
	return all
}

// detaches goes back to the interface, where the card or a list is.
func (p *person) detaches() {
	p.t.Helper()
	p.presses("ctrl+]")
	p.must(p.WaitFor(soon, "the interface", func(s terminal.Screen) bool { return s.Alt }))
}

// visit is what a session has shown on the terminal from one attach to the detach.
type visit struct {
	container string
	words     []string
	numbers   []int
}

// visitIn reads the last visit in an output.
func visitIn(t *testing.T, output []byte) visit {
	t.Helper()
	all := header.FindAllSubmatchIndex(output, -1)
	if len(all) == 0 {
		t.Fatalf("no session was shown: %q", output)
	}
	last := all[len(all)-1]
	v := visit{container: string(output[last[2]:last[3]])}
	shown := output[last[1]:]
	if i := bytes.Index(shown, []byte("\x1b[?1049h")); i >= 0 {
		shown = shown[:i]
	}
	for _, m := range counted.FindAllSubmatch(shown, -1) {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		v.words, v.numbers = append(v.words, string(m[1])), append(v.numbers, n)
	}
	return v
}

// follows says what is wrong with the numbers of a visit to who has seen so many of them: nothing, if they go on from there one by one,
// perhaps behind some that were seen before.
func follows(seen int, numbers []int) string {
	for i, n := range numbers {
		switch {
		case i == 0 && n > seen+1:
			return fmt.Sprintf("%d was seen, and then comes %d", seen, n)
		case i > 0 && n != numbers[i-1]+1:
			return fmt.Sprintf("behind %d comes %d", numbers[i-1], n)
		}
	}
	if len(numbers) > 0 && numbers[len(numbers)-1] < seen {
		return fmt.Sprintf("it ends with %d, and %d was seen before", numbers[len(numbers)-1], seen)
	}
	return ""
}

// Five sessions print all the time, and a person goes from one to the other a hundred times: each line is seen, in its order, and in its
// own session only.
func TestFiveSessionsLoseAndCrossNothing(t *testing.T) {
	t.Parallel()
	const pod, sessions, switches = "five", 5, 100
	p := sitDown(t, nil, webPod(t, pod))
	p.sees("CONTAINER", "running")
	seen, wordOf := map[string]int{}, map[string]string{}
	look := func(from int) {
		t.Helper()
		v := visitIn(t, p.Output(from))
		word := wordOf[v.container]
		if i := slices.IndexFunc(v.words, func(w string) bool { return w != word }); i >= 0 {
			t.Fatalf("%s, which prints %s, shows %s %d", v.container, word, v.words[i], v.numbers[i])
		}
		if wrong := follows(seen[word], v.numbers); wrong != "" {
			t.Fatalf("%s (%s): %s", v.container, word, wrong)
		}
		if len(v.numbers) > 0 {
			seen[word] = v.numbers[len(v.numbers)-1]
		}
	}
	for i := range sessions {
		from, word := p.Written(), fmt.Sprintf("c%d", i+1)
		if i == 0 {
			p.takes("busybox")
		} else {
			p.presses("r")
		}
		p.getsShell()
		p.types(counts(word) + "\r")
		_, err := p.WaitBytes(soon, from, word+" 1\r\n")
		p.must(err)
		wordOf[visitIn(t, p.Output(from)).container] = word
		p.detaches()
		p.sees("◉ detached", "r run again")
		look(from)
	}
	for i := range switches {
		from := p.Written()
		p.switches(i, sessions)
		p.awaitsCount(from, 2)
		p.detaches()
		look(from)
	}
	for range sessions {
		from := p.Written()
		p.presses("]")
		p.awaitsCount(from, 1)
		container := visitIn(t, p.Output(from)).container
		stopCounts(t, kube.Target{Namespace: here.Name, Pod: pod, Container: container})
		p.getsShell()
		p.detaches()
		look(from)
		if end := fmt.Sprintf("all %d of %s\r\n", seen[wordOf[container]], wordOf[container]); !bytes.Contains(p.Output(from), []byte(end)) {
			t.Errorf("%s does not end with %q:\n%s", container, end, p.Output(from))
		}
	}
	t.Logf("seen: %v", seen)
	p.leaves()
}

// switches goes to another session, by one way or another.
func (p *person) switches(i, sessions int) {
	p.t.Helper()
	switch {
	case i%10 == 9:
		p.goesOnTo("s", "SESSION", "STATE")
		p.presses(strconv.Itoa(i/10%sessions + 1))
	case i%7 == 6:
		p.presses("[")
	default:
		p.presses("]")
	}
}

// awaitsCount waits for a session on the terminal and so many lines of its counting.
func (p *person) awaitsCount(from, lines int) {
	p.t.Helper()
	at, err := p.WaitBytes(soon, from, "detaches")
	p.must(err)
	for range lines {
		if at, err = p.WaitBytes(soon, at, "\nc"); err == nil {
			at, err = p.WaitBytes(soon, at, "\n")
			at--
		}
		p.must(err)
	}
}

// The window of the terminal is closed, or its line is cut: the programs run on, and one comes back to them.
func TestClosedWindowLeavesTheSessionsRunning(t *testing.T) {
	t.Parallel()
	const pod = "window"
	p := debugs(t, webPod(t, pod))
	p.runs("kept=in-the-first")
	p.detaches()
	p.sees("◉ detached")
	p.presses("r")
	p.getsShell()
	p.runs("kept=in-the-second")
	p.must(p.HangUp())
	if code, err := p.Wait(soon); err != nil || code == 0 { // by SIGHUP or by the end of its input, whichever comes first
		t.Errorf("behind the end of its terminal dayfly ends with %d, %v", code, err)
	}
	for _, d := range debuggers(t, pod) {
		runs(t, d)
	}
	comesBack(t, pod, "in-the-first", "in-the-second")
}

// Nobody could do anything about a SIGKILL: the program runs on, and another dayfly lists it.
func TestKilledDayflyIsStartedAgainAndListsTheSession(t *testing.T) {
	t.Parallel()
	const pod = "killed"
	p := debugs(t, webPod(t, pod))
	p.runs("kept=through-the-kill")
	if err := p.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(soon); err != nil {
		t.Fatal(err)
	}
	runs(t, debuggers(t, pod)[0])
	comesBack(t, pod, "through-the-kill")
}

// runs wants a container to run, as the cluster knows it.
func runs(t *testing.T, d kube.Target) {
	t.Helper()
	now, err := here.Pod(t.Context(), d.Pod)
	if err != nil {
		t.Fatal(err)
	}
	if s := statusOf(now.Status.EphemeralContainerStatuses, d.Container); s.State.Running == nil {
		t.Errorf("%s does not run: %+v", d, s.State)
	}
}

// comesBack starts another dayfly, and wants the debug containers of a pod to be listed as nobody's, and a shell in each whose variable
// kept has one of the values.
func comesBack(t *testing.T, pod string, values ...string) {
	t.Helper()
	p := sitDown(t, nil)
	p.sees("pods")
	var got []string
	for _, d := range debuggers(t, pod) {
		p.goesOnTo("s", "SESSION", "by dayfly")
		p.presses("/")
		p.types(d.Container)
		p.sees("/ "+d.Container, pod)
		p.presses("enter")
		p.getsShell()
		got = append(got, strings.TrimSpace(p.runs("echo $kept")))
		p.detaches()
		p.sees("SESSION", "detached")
		p.goesOnTo("esc", "pods")
	}
	if slices.Sort(got); !slices.Equal(got, values) {
		t.Errorf("the shells have %v, want %v", got, values)
	}
	p.leaves()
}
