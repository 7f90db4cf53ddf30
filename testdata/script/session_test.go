package script

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

func TestDetachAndAttachKeepsTheShell(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "detach")
	p := debugs(t, pod)
	p.runs("kept=from-before")
	p.presses("ctrl+]")
	p.getsCard("◉ detached", "is still running in pod "+pod, "attach")
	p.goesOnTo("esc", "tools")
	p.goesOnTo("esc", "CONTAINER", "debug")
	p.goesOnTo("G", "a attach")
	p.presses("a")
	p.getsShell()
	if out := p.runs("echo $kept"); out != "from-before\n" {
		t.Errorf("the variable is %q", out)
	}
	p.types("exit 7\r")
	p.getsCard("✗ exit 7")
	p.leaves()
}

func TestAttachAgainFromTheCard(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "again"))
	p.runs("kept=yes")
	for range 3 {
		p.presses("ctrl+]")
		p.getsCard("◉ detached", "a attach")
		p.presses("a")
		p.getsShell()
	}
	if out := p.runs("echo $kept"); out != "yes\n" {
		t.Errorf("the variable is %q", out)
	}
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
}

func TestDetachKeyIsTheOneThatWasAskedFor(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "detach-key"), "--detach-key", "ctrl-t")
	p.sees("ctrl-t detaches")
	if out := p.runs("kept=here; echo $kept"); out != "here\n" {
		t.Errorf("the shell says %q", out)
	}
	p.presses("ctrl+]") // is the program's now, and a shell makes nothing of it
	if out := p.runs("echo still $kept"); !strings.Contains(out, "still here\n") {
		t.Errorf("after the usual key the shell says %q", out)
	}
	p.presses("ctrl+t")
	p.getsCard("◉ detached")
	p.leaves()
}

func TestPodDeletedDuringASession(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "deleted")
	p := debugs(t, pod)
	if err := here.DeletePod(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	p.getsCard("pod deleted", "nothing: the pod is gone")
	p.leaves()
}

// Ctrl-C, Ctrl-Z and Ctrl-\ are the remote program's.
func TestSignalKeysReachTheProgram(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "keys"))
	interrupted := func(key string, code int) {
		t.Helper()
		p.sleeps()
		p.presses(key)
		p.getsShell()
		if out := p.runs("echo code $?"); out != fmt.Sprintf("code %d\n", code) {
			t.Errorf("after %s the shell says %q, want code %d", key, out, code)
		}
	}
	interrupted("ctrl+c", 130)
	interrupted("ctrl+\\", 131)

	p.sleeps()
	p.presses("ctrl+z")
	p.sees("Stopped")
	p.getsShell()
	if out := p.runs("kill -0 %1 && echo there"); out != "there\n" {
		t.Errorf("after ctrl+z the program is not there: %q", out)
	}
	from := p.Written()
	p.types("fg\r")
	_, err := p.WaitBytes(soon, from, "cat /waits") // the shell shows what it goes on with, before it does
	p.must(err)
	p.types("again\r")
	_, err = p.WaitBytes(soon, from, "again\r\nagain") // the program says it again
	p.must(err)
	p.presses("ctrl+c")
	p.getsShell()
	p.types("exit\r")
	p.getsCard("✗ exit 130")
	p.leaves()
}

func TestResizeReachesTheProgram(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "resize"))
	// For a moment after the attach it is one more: that is how a shell is asked for its prompt.
	if out := p.runs(`until test "$(stty size)" = "40 100"; do :; done; stty size`); out != "40 100\n" {
		t.Errorf("stty size says %q, the terminal has 40 rows and 100 columns", out)
	}
	from := p.Written()
	p.types(`sh -c 'trap "stty size" WINCH; echo re""ady; sleep 100 & while :; do wait; done'` + "\r")
	_, err := p.WaitBytes(soon, from, "ready")
	p.must(err)
	p.must(p.Resize(77, 33))
	p.sees("33 77")
	p.presses("ctrl+c")
	p.getsShell()
	p.types("exit\r")
	p.getsCard()
	p.leaves()
}

// sleeps starts a program that waits for its input, and returns when it has the terminal: earlier, a key would be the shell's. The program itself says so: a
// busybox shell that says it before it becomes the program still ignores Ctrl-\ (seen with 1.35: one key in ten was lost).
func (p *person) sleeps() {
	p.t.Helper()
	p.runs("echo started >/waits")
	from := p.Written()
	p.types("cat /waits -\r")
	_, err := p.WaitBytes(soon, from, "started")
	p.must(err)
}

// How a shell may end, and what the card says of it.
func TestExitCodesInWords(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "exits")
	p := debugs(t, pod)
	for i, end := range []struct{ command, card, words string }{
		{"exit", "✓ exit 0", "success"},
		{"exit 1", "✗ exit 1", "general error"},
		{"exit 126", "✗ exit 126", "command found but not executable"},
		{"exit 127", "✗ exit 127", "command not found"},
		{"exec sh -c 'kill -TERM $$'", "✗ exit 143", "SIGTERM"},
		{"exec sh -c 'kill -KILL $$'", "✗ exit 137", "killed (SIGKILL)"},
	} {
		if i > 0 {
			p.presses("r")
			p.getsShell()
		}
		p.types(end.command + "\r")
		p.getsCard(end.card, end.words)
	}
	p.leaves()
}

func TestKilledForMemorySaysSo(t *testing.T) {
	t.Parallel()
	const pod = "web-memory"
	limits := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi"), corev1.ResourceCPU: resource.MustParse("1")}
	spec := corev1.PodSpec{Containers: []corev1.Container{{
		Name: "app", Image: pictures().web, Resources: corev1.ResourceRequirements{Limits: limits},
	}}}
	if err := here.Run(t.Context(), pod, spec); err != nil {
		t.Fatal(err)
	}
	p := debugs(t, pod)
	p.types("exec tail /dev/zero\r") // it keeps the last line, which never ends
	p.getsCard("✗ exit 137", "out of memory (OOMKilled)")
	p.leaves()
}

// While an image is pulled, the screen says so in the kubelet's words, and what is typed is for the shell.
func TestSlowPullIsShownAndTypedAheadArrives(t *testing.T) {
	t.Parallel()
	preset := "name: slowtool\npurpose: takes its time\nimage: " + pictures().slow + "\ncommand: [sh]\n"
	p := sitDown(t, map[string]string{"slow.yaml": preset}, webPod(t, "slow"))
	p.sees("CONTAINER", "running")
	p.takes("slowtool")
	p.sees("accepted by the API server", "pulling the image", "Pulling image")
	p.types("echo typed-$((20+3))\rexit 5\r")
	p.sees("typed ahead for the session")
	if p.Screen().Has("started") {
		t.Error("the image was not slow enough to see anything of its pull")
	}
	from := p.Written()
	_, err := p.WaitBytes(start, from, "typed-23")
	p.must(err)
	p.getsCard("✗ exit 5")
	p.leaves()
}

// Whoever presses a key twice has asked once.
func TestDoublePressStartsOne(t *testing.T) {
	t.Parallel()
	const pod = "twice"
	p := sitDown(t, nil, webPod(t, pod))
	p.sees("CONTAINER", "running")
	p.goesOnTo("d", "▸ busybox", "kubectl debug")
	p.types("\r\r")
	p.getsShell()
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.types("rr")
	p.must(p.WaitFor(start, "a shell, in which the second key may be typed", func(s terminal.Screen) bool {
		return !s.Alt && (s.At(prompt) || s.At(prompt+"r"))
	}))
	p.types("\x15exit 4\r")
	p.getsCard("✗ exit 4")
	p.leaves()
	now, err := here.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(now.Spec.EphemeralContainers); n != 2 {
		t.Errorf("there are %d debug containers, want one and one again", n)
	}
}
