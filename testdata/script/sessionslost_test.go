package script

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	lostWords   = "the link is lost"
	returnWords = "attached again after"
	meanwhile   = "typed-meanwhile" // what a person says who has no link
)

// counting is a person in whose session numbers are printed, to see whether all of them are shown, and once.
type counting struct {
	*person
	target kube.Target
	from   int // where they begin in the output
}

// countsOn gets a shell in a new pod that counts.
func countsOn(t *testing.T, pod string, args ...string) *counting {
	t.Helper()
	p := debugs(t, webPod(t, pod), args...)
	c := &counting{person: p, target: debuggers(t, pod)[0], from: p.Written()}
	p.types(counts("c1") + "\r")
	_, err := p.WaitBytes(soon, c.from, "c1 20\r\n")
	p.must(err)
	return c
}

// notices waits until the loss is told, and returns how long that took.
func (c *counting) notices(since time.Time, from int) time.Duration {
	c.t.Helper()
	_, err := c.WaitBytes(start, from, lostWords)
	c.must(err)
	return time.Since(since)
}

// goesOn wants the session back by itself, all numbers from the first to the last shown once, and what was said meanwhile typed once.
func (c *counting) goesOn(from int) {
	c.t.Helper()
	defer c.tellsNotes()
	at, err := c.WaitBytes(start, from, returnWords)
	c.must(err)
	_, err = c.WaitBytes(soon, at, "\nc1 ")
	c.must(err)
	stopCounts(c.t, c.target)
	_, err = c.WaitBytes(start, at, " of c1\r\n")
	c.must(err)
	_, err = c.WaitBytes(soon, at, "\n"+meanwhile+"\r\n")
	c.must(err)
	c.getsShell()
	out := c.Output(c.from)
	v := visitIn(c.t, c.Output(0))
	if wrong := follows(0, v.numbers); wrong != "" || len(v.numbers) == 0 || v.numbers[0] != 1 {
		c.t.Errorf("the numbers are not shown once each: %s\n%s", wrong, lastOf(out))
	}
	if n := bytes.Count(out, []byte("\n"+meanwhile+"\r\n")); n != 1 {
		c.t.Errorf("what was typed meanwhile was typed %d times\n%s", n, lastOf(out))
	}
}

// tellsNotes logs what dayfly has said of the link.
func (c *counting) tellsNotes() {
	for line := range strings.SplitSeq(string(c.Output(c.from)), "\n") {
		if strings.Contains(line, "dayfly:") {
			c.t.Log(sequence.ReplaceAllString(strings.TrimSpace(line), ""))
		}
	}
}

func lastOf(out []byte) []byte { return out[max(0, len(out)-4<<10):] }

// says types a command that prints a word which is not in the command.
func (c *counting) says(word string) {
	c.t.Helper()
	c.types("echo " + word[:2] + `""` + word[2:] + "\r")
}

func (c *counting) exits() {
	c.t.Helper()
	c.types("exit 3\r")
	c.getsCard("✗ exit 3")
	c.leaves()
}

func TestResetConnectionIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	line := layCable(t)
	c := countsOn(t, "reset", "--kubeconfig", line.kubeconfig)
	for range 3 {
		from := c.Written()
		line.breaks()
		c.notices(time.Now(), from)
		at, err := c.WaitBytes(start, from, returnWords)
		c.must(err)
		_, err = c.WaitBytes(soon, at, "\nc1 ")
		c.must(err)
	}
	from := c.Written()
	line.breaks()
	c.notices(time.Now(), from)
	c.says(meanwhile)
	c.goesOn(from)
	c.exits()
}

// A link that dies without a word is the one that others notice after a minute, or never.
func TestSilentLinkIsNoticed(t *testing.T) {
	t.Parallel()
	line := layCable(t)
	c := countsOn(t, "silent", "--kubeconfig", line.kubeconfig)
	from := c.Written()
	line.cut(true)
	took := c.notices(time.Now(), from)
	t.Logf("noticed after %.1f s", took.Seconds())
	if took > noticed {
		t.Errorf("noticed after %s, want %s at most", took, noticed)
	}
	c.says(meanwhile)
	line.breaks() // nobody may get later what was typed before
	line.cut(false)
	c.goesOn(from)
	c.exits()
}

// noticed is how long a silent link may go unnoticed: 10 s, and what a busy machine adds.
const noticed = 15 * time.Second

// inOwnCluster is the program of testdata/cluster with some arguments; nil: the cluster is not that one, and cannot be broken.
func inOwnCluster(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	dir := filepath.Dir(filepath.Dir(os.Getenv("KUBECONFIG")))
	program := filepath.Join(dir, "bin", "cluster")
	if _, err := os.Stat(program); here.internet == nil || err != nil {
		t.Log("the cluster is not that of testdata/cluster: its components are not ours to restart")
		return nil
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Env = append(os.Environ(), "DAYFLY_CLUSTER_DIR="+dir)
	return c
}

// The tests below break the cluster, so they run when no other does: they are not parallel, and those that are wait for them.

func TestRestartOfTheAPIServerIsOutlived(t *testing.T) { outlivesRestart(t, "kube-apiserver") }

func TestRestartOfTheKubeletIsOutlived(t *testing.T) { outlivesRestart(t, "kubelet") }

func TestRestartOfContainerdIsOutlived(t *testing.T) { outlivesRestart(t, "containerd") }

func outlivesRestart(t *testing.T, component string) {
	t.Helper()
	restart := inOwnCluster(t, "restart", component)
	if restart == nil {
		return
	}
	c := countsOn(t, "without-"+component)
	from, back := c.Written(), make(chan error, 1)
	go func() {
		out, err := restart.CombinedOutput()
		t.Logf("%s", out)
		back <- err
	}()
	c.notices(time.Now(), from)
	c.says(meanwhile)
	c.must(<-back)
	c.goesOn(from)
	c.exits()
}

func TestCutLinkOfTheNodeIsOutlived(t *testing.T) {
	const gone = 20 * time.Second
	cut, mend := nodeLink(t)
	if cut == nil {
		return
	}
	c := countsOn(t, "without-link")
	from := c.Written()
	cut()
	begin := time.Now()
	c.says("typed-too-early") // nobody knows yet
	took := c.notices(begin, from)
	t.Logf("noticed after %.1f s", took.Seconds())
	if took > noticed {
		t.Errorf("noticed after %s, want %s at most", took, noticed)
	}
	c.says(meanwhile)
	<-time.After(gone - time.Since(begin))
	mend()
	c.goesOn(from)
	if n := bytes.Count(c.Output(c.from), []byte("\ntyped-too-early\r\n")); n > 1 {
		t.Errorf("what was typed before anybody knew was typed %d times", n)
	} else {
		t.Logf("what was typed before anybody knew was typed %d times", n)
	}
	c.exits()
}

// nodeLink is what cuts the node's link, and fixes it: once, at the end of the test at the latest. It is nil where the node is not ours.
func nodeLink(t *testing.T) (cut, mend func()) {
	t.Helper()
	down := inOwnCluster(t, "node", "sh", "-c", "ip route show default > /run/default && ip link set eth0 down")
	if down == nil {
		return nil, nil
	}
	isDown := false
	mend = func() {
		if isDown {
			isDown = false
			output(t, inOwnCluster(t, "node", "sh", "-c", "ip link set eth0 up && ip route add $(cat /run/default)"))
		}
	}
	return func() {
		output(t, down)
		isDown = true
		t.Cleanup(mend)
	}, mend
}

// A node that is gone for good: its machine does not answer, its object is deleted, and then its pods are, as the garbage collector does it
// after a while. Here it is one pod only: the others are still wanted.
func TestNodeThatIsGoneEndsTheSession(t *testing.T) {
	cut, mend := nodeLink(t)
	if cut == nil {
		return
	}
	const pod = "without-node"
	c := countsOn(t, pod)
	running, err := here.Pod(t.Context(), pod)
	c.must(err)
	node := running.Spec.NodeName
	from := c.Written()
	cut()
	c.must(here.DeleteNode(t.Context(), node))
	back := sync.OnceValue(func() error {
		mend()
		var err error
		for range 3 { // a first packet that is lost on a link that is only just up is sent again late
			output(t, inOwnCluster(t, "restart", "kubelet"))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			err = here.AwaitNode(ctx, node)
			cancel()
			if err == nil {
				break
			}
		}
		return err
	})
	defer func() { _ = back() }() // what matters is said below
	c.notices(time.Now(), from)
	c.must(here.DeletePod(t.Context(), pod))
	c.getsCard("✗ pod deleted", "nothing: the pod is gone")
	c.must(back()) // within the 40 s for which the garbage collector waits for a node to come back
	c.leaves()
	next := debugs(t, webPod(t, "with-node"))
	next.types("exit\r")
	next.getsCard("✓ exit 0")
	next.leaves()
}

func output(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", slices.Concat(c.Args), err, out)
	}
}
