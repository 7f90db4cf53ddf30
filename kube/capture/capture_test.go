package capture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// played is how many packets a pod of the practice cluster has.
const played = 64

// target is a container of the practice cluster that has tcpdump, as all there have.
func target(container string) kube.Target {
	return kube.Target{Namespace: "shop", Pod: "annotated", Container: container}
}

func source(name, container string, o capture.Options) capture.Source {
	return capture.Source{Name: name, Runs: target(container), Command: o.Command("")}
}

// blocks counts the blocks of a file by their kinds, and holds each to its length.
func blocks(t *testing.T, file []byte) map[uint32]int {
	t.Helper()
	kinds := map[uint32]int{}
	for len(file) > 0 {
		if len(file) < 12 {
			t.Fatalf("%d bytes are left over", len(file))
		}
		length := binary.LittleEndian.Uint32(file[4:])
		if int(length) > len(file) || length < 12 {
			t.Fatalf("a block of %d bytes in %d", length, len(file))
		}
		kinds[binary.LittleEndian.Uint32(file)]++
		file = file[length:]
	}
	return kinds
}

const section, iface, names, statistics, packet = 0x0a0d0d0a, 1, 4, 5, 6

// wait waits until a capture has so many packets.
func wait(t *testing.T, c *capture.Capture, packets int64) {
	t.Helper()
	for c.Look().Packets < packets {
		if t.Context().Err() != nil {
			t.Fatal("nothing comes")
		}
		runtime.Gosched()
	}
}

// Two sources come into one file, an interface each; one that fails does not hold the other.
func TestCapture(t *testing.T) {
	cluster, o := kubetest.PractiseLive(t, "practice"), capture.Usual()
	var file bytes.Buffer
	c, err := capture.New(o, &file)
	if err != nil {
		t.Fatal(err)
	}
	wrong := o
	wrong.Interface = "eth7"
	sources := []capture.Source{source("shop/one", "app", o), source("shop/two", "proxy", o), source("shop/three", "app", wrong)}
	sources[2].Command = wrong.Command("")
	for _, s := range sources {
		c.Add(s.Name)
	}
	c.Name(map[netip.Addr]string{netip.MustParseAddr("10.1.0.9"): "annotated.shop"})
	problems := make([]*kube.Problem, len(sources))
	var all sync.WaitGroup
	for i := range sources {
		all.Go(func() { problems[i] = c.From(t.Context(), cluster, i, sources[i]) })
	}
	wait(t, c, 2*played)
	<-c.Begun()
	c.Stop(capture.Person)
	all.Wait()
	now := c.Look()
	if now.Packets != 2*played || now.Written != int64(file.Len()) || now.Reason != capture.Person || now.Names[netip.MustParseAddr("10.1.0.9")] != "annotated.shop" {
		t.Errorf("%+v", now)
	}
	for i, want := range []capture.State{capture.Finished, capture.Finished, capture.Failed} {
		if s := now.Sources[i]; s.State != want || (want == capture.Finished) != (s.Packets == played && problems[i] == nil) {
			t.Errorf("%+v: %v", s, problems[i])
		}
	}
	if p := problems[2]; p == nil || !strings.Contains(p.Message, "there is no interface any: eth7: No such device exists") {
		t.Errorf("the third: %v", p)
	}
	got := blocks(t, file.Bytes())
	if got[section] != 1 || got[iface] != 2 || got[names] != 1 || got[packet] != 2*played || got[statistics] != 2 {
		t.Errorf("the file has %v", got)
	}
	if seen := c.Analysis().Look(); seen.Packets != 2*played || seen.Resets != 2 || seen.Retransmissions != 2 || len(seen.Interfaces) != 2 || len(seen.Questions) != 4 {
		t.Errorf("seen is %+v", seen)
	}
}

// It ends by itself at its count and at its size, with a whole file.
func TestCaptureEndsByItself(t *testing.T) {
	cluster := kubetest.PractiseLive(t, "practice")
	for want, change := range map[capture.Reason]func(*capture.Options){
		capture.Count: func(o *capture.Options) { o.Count = 5 },
		capture.Size:  func(o *capture.Options) { o.MaxSize = 2000 },
	} {
		o := capture.Usual()
		change(&o)
		var file bytes.Buffer
		c, err := capture.New(o, &file)
		if err != nil {
			t.Fatal(err)
		}
		c.Add("shop/one")
		if p := c.From(t.Context(), cluster, 0, source("shop/one", "app", o)); p != nil {
			t.Errorf("%v: %v", want.Words(), p)
		}
		now := c.Look()
		n := int64(blocks(t, file.Bytes())[packet])
		if now.Reason != want || n != now.Packets || want == capture.Count && n != 5 || want == capture.Size && (n == 0 || file.Len() > 2000+100) {
			t.Errorf("%v: %+v, %d packets in %d bytes", want.Words(), now, n, file.Len())
		}
	}
}

// full takes so many bytes, and no more.
type full struct {
	bytes.Buffer
	left int
}

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.left)
	f.left -= n
	f.Buffer.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

// Where there is no more room, it is over, and it is known what is whole.
func TestCaptureHasNoRoom(t *testing.T) {
	cluster, o := kubetest.PractiseLive(t, "practice"), capture.Usual()
	disk := &full{left: 1234}
	c, err := capture.New(o, disk)
	if err != nil {
		t.Fatal(err)
	}
	c.Add("shop/one")
	if p := c.From(t.Context(), cluster, 0, source("shop/one", "app", o)); p != nil {
		t.Error(p)
	}
	now := c.Look()
	if now.Reason != capture.Unwritable || !errors.Is(now.Problem.Err, syscall.ENOSPC) || now.Written > 1234 || now.Packets == 0 {
		t.Errorf("%+v", now)
	}
	if n := blocks(t, disk.Bytes()[:now.Written])[packet]; int64(n) != now.Packets {
		t.Errorf("%d packets are whole, of %d", n, now.Packets)
	}
}

// stalled has room for nothing.
type stalled struct {
	bytes.Buffer
	asked chan struct{}
}

func (s *stalled) Room(over <-chan struct{}) {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	<-over
}

// A reader that takes nothing holds up what is captured, and nobody who looks at it or ends it.
func TestCaptureForAStalledReader(t *testing.T) {
	cluster, o := kubetest.PractiseLive(t, "practice"), capture.Usual()
	to := &stalled{asked: make(chan struct{}, 1)}
	c, err := capture.New(o, to)
	if err != nil {
		t.Fatal(err)
	}
	c.Add("shop/one")
	ended := make(chan *kube.Problem)
	go func() { ended <- c.From(t.Context(), cluster, 0, source("shop/one", "app", o)) }()
	<-to.asked
	if now := c.Look(); now.Packets != 0 || now.Reason != capture.Running {
		t.Errorf("%+v", now)
	}
	c.Stop(capture.Person)
	if p := <-ended; p != nil {
		t.Error(p)
	}
	if now := c.Look(); now.Packets == 0 || now.Reason != capture.Person { // what was on its way
		t.Errorf("%+v", now)
	}
}

// Why nothing is captured is said in tcpdump's words, with what helps.
func TestCaptureFails(t *testing.T) {
	cluster, o := kubetest.PractiseLive(t, "practice"), capture.Usual()
	o.Filter = "prot 80"
	script := func(text string) []string { return []string{"sh", "-c", text} }
	for want, c := range map[string]struct {
		command []string
		help    kube.Help
	}{
		`filter "prot 80": can't parse filter expression: syntax error`:                              {o.Command(""), 0},
		"capture in shop/one: container app has no tcpdump":                                          {script("exit 44"), kube.ChooseTool},
		"capture in shop/one: NET_RAW is missing: any: You don't have permission to capture on that": {script("echo \"tcpdump: any: You don't have permission to capture on that device\" >&2; exit 45"), kube.ChooseProfile},
		"capture in shop/one: interface any has gone: any: The interface went down":                  {script("echo 'tcpdump: any: The interface went down' >&2; exit 1"), 0},
		"capture in shop/one: that is not what tcpdump writes":                                       {script("yes hello | head -c 100"), 0},
		"capture in shop/one: tcpdump ended with code 3: what␛[2J":                                   {script(`printf 'tcpdump: what\033[2J\n' >&2; exit 3`), 0},
		"capture in shop/one: tcpdump was killed (code 137)":                                         {script("kill -KILL $$"), 0},
		"capture in shop/one: tcpdump ended by itself":                                               {script("true"), 0},
	} {
		x, err := capture.New(o, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		x.Add("shop/one")
		p := x.From(t.Context(), cluster, 0, capture.Source{Name: "shop/one", Runs: target("app"), Command: c.command})
		if p == nil || !strings.HasPrefix(p.Message, want) || p.Hint == "" || c.help != 0 && p.Help[0] != c.help {
			t.Errorf("%+v, want %s", p, want)
		}
		if now := x.Look(); now.Sources[0].State != capture.Failed || now.Sources[0].Problem == nil {
			t.Errorf("%+v", now.Sources[0])
		}
		select {
		case <-x.Begun():
		default:
			t.Errorf("%s: it is waited for", want)
		}
	}
}

// A context that ends is the end of it.
func TestCaptureIsLeft(t *testing.T) {
	cluster, o := kubetest.PractiseLive(t, "practice"), capture.Usual()
	c, err := capture.New(o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	c.Add("shop/one")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan *kube.Problem)
	go func() { ended <- c.From(ctx, cluster, 0, source("shop/one", "app", o)) }()
	wait(t, c, played)
	cancel()
	if p := <-ended; p == nil || !errors.Is(p.Err, context.Canceled) {
		t.Errorf("it ended with %v", p)
	}
}
