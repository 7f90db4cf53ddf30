package script

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

const cycles = 1000

// held is what a process has.
type held struct {
	goroutines, descriptors int
	memory                  uint64 // bytes
}

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %.1f MB", h.goroutines, h.descriptors, float64(h.memory)/(1<<20))
}

// ourselves is what this process has, when it has no more than so many goroutines, or does not come down to them.
func ourselves(t *testing.T, most int) held {
	t.Helper()
	const patience = 5 * time.Second
	for late := time.Now().Add(patience); runtime.NumGoroutine() > most && time.Now().Before(late); {
		<-time.After(10 * time.Millisecond)
	}
	h := held{goroutines: runtime.NumGoroutine(), descriptors: descriptorsOf(t, "self")}
	for range 2 { // what has a finalizer is freed by the second
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.memory = m.HeapAlloc
	return h
}

func descriptorsOf(t *testing.T, process string) int {
	t.Helper()
	list, err := os.ReadDir("/proc/" + process + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// A thousand links to a program, one after the other in each of ten rows, leave nothing behind. It is not parallel: what this process has is
// counted.
func TestThousandAttachesLeaveNothing(t *testing.T) {
	const pod, rows = "links", 10
	webPod(t, pod)
	p := debugs(t, pod)
	target := debuggers(t, pod)[0]
	p.detaches()
	p.leaves()
	cluster := adminCluster(t)
	const idle = 4 // of a connection that is kept for the next request
	atFirst := runtime.NumGoroutine()
	attachTimes(t, cluster, target, rows, rows)
	before := ourselves(t, atFirst+idle)
	began := time.Now()
	attachTimes(t, cluster, target, rows, cycles)
	took := time.Since(began)
	after := ourselves(t, before.goroutines)
	t.Logf("before: %s; after %d attaches in %.1f s: %s", before, cycles, took.Seconds(), after)
	const some, megabytes = 20, 8 << 20
	if after.goroutines > before.goroutines+some || after.descriptors > before.descriptors+some || after.memory > before.memory+megabytes {
		t.Errorf("%s have become %s", before, after)
	}
}

// attachTimes attaches to a program and leaves it, so many times.
func attachTimes(t *testing.T, cluster *kube.Cluster, target kube.Target, rows, times int) {
	t.Helper()
	var all sync.WaitGroup
	failed := make(chan error, rows)
	for range rows {
		all.Go(func() {
			for range times / rows {
				if err := attachOnce(t, cluster, target); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		t.Fatal(err)
	}
}

func attachOnce(t *testing.T, cluster *kube.Cluster, target kube.Target) error {
	t.Helper()
	news := make(chan struct{}, 1)
	s := session.New(session.LinkTo(cluster), target, session.Options{TTY: true, Tail: 20, News: func() {
		select {
		case news <- struct{}{}:
		default:
		}
	}})
	s.Attach(t.Context())
	late := time.After(soon)
	for !s.Look().State.Attached() {
		select {
		case <-news:
		case <-late:
			return fmt.Errorf("not attached within %s: %v", soon, s.Look().State)
		}
	}
	s.Leave()
	select {
	case <-s.Done():
	case <-late:
		return errors.New("the attach does not end")
	}
	if now := s.Look(); now.Err != nil || !now.Left {
		return fmt.Errorf("it has ended as %v: %w", now.State, now.Err)
	}
	return nil
}

// A thousand times a person leaves a session and comes back, and the process stays what it was.
func TestThousandReturnsLeaveNothing(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "returns"))
	p.Mute(true) // an emulator is slower
	p.returns(50)
	before := p.has()
	p.returns(cycles)
	after := p.has()
	from := p.Written()
	p.must(p.Signal(syscall.SIGTRAP)) // which has Go tell of each goroutine; dayfly itself takes SIGQUIT
	if _, err := p.Wait(soon); err != nil {
		t.Fatal(err)
	}
	after.goroutines = bytes.Count(p.Output(from), []byte("\ngoroutine "))
	t.Logf("before: %s; after %d returns: %s", before, cycles, after)
	const some, megabytes, most = 10, 24 << 20, 100
	if after.descriptors > before.descriptors+some || after.memory > before.memory+megabytes || after.goroutines > most || after.goroutines == 0 {
		t.Errorf("%s have become %s", before, after)
	}
}

func (p *person) returns(times int) {
	p.t.Helper()
	for range times {
		from := p.Written()
		p.presses("ctrl+]")
		at, err := p.WaitBytes(soon, from, "\x1b[?1049h")
		p.must(err)
		p.presses("a")
		_, err = p.WaitBytes(soon, at, "detaches")
		p.must(err)
	}
}

// has is what dayfly's process has, but for its goroutines, which nobody sees from outside.
func (p *person) has() held {
	p.t.Helper()
	pid := strconv.Itoa(p.PID())
	status, err := os.ReadFile("/proc/" + pid + "/status")
	p.must(err)
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.ParseUint(strings.Fields(rss)[0], 10, 64)
	p.must(err)
	return held{descriptors: descriptorsOf(p.t, pid), memory: kilobytes << 10}
}
