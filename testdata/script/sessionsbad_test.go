package script

import (
	"bytes"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// What has ended cannot be attached to, and that is said: where it is known, and where it has happened a moment ago.
func TestEndedContainerIsNotAttachedTo(t *testing.T) {
	t.Parallel()
	const pod = "ended"
	p := debugs(t, webPod(t, pod))
	p.types("exit 6\r")
	p.getsCard("✗ exit 6")
	p.goesOnTo("esc", "tools")
	p.goesOnTo("esc", "CONTAINER", "exit 6")
	p.presses("G", "a")
	p.sees("cannot be attached to")

	other := byKubectl(t, pod, "brief", "trap 'exit 9' HUP; while :; do sleep 0.1; done")
	p.goesOnTo("s", "brief", "running")
	p.presses("/")
	p.types("brief")
	p.sees("▸● ", "/brief")
	if err := debug.End(t.Context(), adminCluster(t), other); err != nil {
		t.Fatal(err)
	}
	p.presses("enter")
	p.getsCard("✗ exit 9", "brief")
	p.leaves()
}

// byKubectl adds a debug container as kubectl does without -i and -t, and waits until it runs.
func byKubectl(t *testing.T, pod, name, script string) kube.Target {
	t.Helper()
	t.Log(kubectl(t, here.kubeconfig, "debug", pod, "--image="+pictures().shell, "--container="+name, "--", "sh", "-c", script))
	err := here.AwaitPod(t.Context(), pod, "has "+name, func(p *corev1.Pod) bool {
		return statusOf(p.Status.EphemeralContainerStatuses, name).State.Running != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kube.Target{Namespace: here.Name, Pod: pod, Container: name}
}

// A container that has neither input nor a terminal can be looked at: keys go nowhere, but for the one that detaches.
func TestContainerWithoutInputIsFollowed(t *testing.T) {
	t.Parallel()
	const pod = "follows"
	webPod(t, pod)
	target := byKubectl(t, pod, "prints", counts("c1")+"; exec sleep 1000000")
	p := sitDown(t, nil)
	p.sees("pods")
	p.goesOnTo("s", "SESSION", "by kubectl")
	p.presses("/")
	p.types(pod)
	p.sees(pod+"/prints", "/ "+pod)
	seen := 0
	for i := range 3 {
		from := p.Written()
		p.presses("enter")
		p.awaitsCount(from, 2)
		p.types("exit\rq\x03\x04")
		p.awaitsCount(from, 20)
		p.detaches()
		p.sees("SESSION", "prints")
		v := visitIn(t, p.Output(from))
		if wrong := follows(seen, v.numbers); wrong != "" && seen > 0 || len(v.numbers) == 0 {
			t.Errorf("visit %d: %s", i+1, wrong)
		}
		seen = v.numbers[len(v.numbers)-1]
	}
	runs(t, target)
	p.leaves()
}

// A terminal that does not know its size, bytes that are no text, and a line that does not end.
func TestSessionTakesWhatIsNoText(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "no-text"))
	p.must(p.Resize(0, 0))
	p.asks("echo without a size")
	p.presses("ctrl+]")
	p.must(p.Resize(90, 30))
	p.must(p.WaitFor(soon, "the card", func(s terminal.Screen) bool { return s.Alt && s.Has("◉ detached") && s.Has("a attach") }))
	p.presses("a")
	p.getsShell()
	if out := p.runs(`until test "$(stty size)" = "30 90"; do :; done; stty size`); out != "30 90\n" {
		t.Errorf("stty size says %q", out)
	}

	from := p.Written()
	p.types(`printf '\377\376|\200\303(|\355\240\200|o''k\n'` + "\r")
	_, err := p.WaitBytes(soon, from, "|ok\r\n")
	p.must(err)
	if want := []byte("\xff\xfe|\x80\xc3(|\xed\xa0\x80|ok\r\n"); !bytes.Contains(p.Output(from), want) {
		t.Errorf("%q is not in %q", want, p.Output(from))
	}

	const size = 10 << 20
	p.Mute(true)
	from = p.Written()
	p.types(`head -c 10485760 /dev/zero | tr '\0' X; echo; echo al''l of it` + "\r")
	_, err = p.WaitBytes(start, from, "all of it\r\n"+prompt)
	p.must(err)
	if n := bytes.Count(p.Output(from), []byte("X")); n != size+1 { // one is in the command
		t.Errorf("%d of %d bytes were shown", n-1, size)
	}
	p.Mute(false)
	p.detaches()
	p.sees("◉ detached")
	p.presses("a")
	p.getsShell()
	if out := p.runs("echo goes on"); out != "goes on\n" {
		t.Errorf("the shell says %q", out)
	}
	p.types("exit 3\r")
	p.getsCard("✗ exit 3")
	p.leaves()
}
