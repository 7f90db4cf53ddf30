//go:build linux || darwin

package process

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// stuck is when a test gives up waiting for what must happen.
const stuck = time.Minute

func newHost(t *testing.T) *Host {
	t.Helper()
	h, err := NewHost(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

func shell(script string) Spec {
	return Spec{Argv: []string{"sh", "-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

func start(t *testing.T, h *Host, spec Spec) *Process {
	t.Helper()
	p, err := h.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wait(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(stuck):
		t.Fatalf("%s does not come", what)
	}
}

func wantExit(t *testing.T, p *Process, code int, signal string) {
	t.Helper()
	wait(t, "the end of the process", p.Done())
	if gotCode, gotSignal := p.Exit(); gotCode != code || gotSignal != signal {
		t.Errorf("it ended with %d %q, want %d %q", gotCode, gotSignal, code, signal)
	}
}

// screen is what a client sees.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen int // what has been awaited
	news chan struct{}
}

func newScreen() *screen { return &screen{news: make(chan struct{}, 1)} }

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await waits for a text behind the one that was awaited before.
func (s *screen) await(t *testing.T, want string) {
	t.Helper()
	deadline := time.After(stuck)
	for !s.found(want) {
		select {
		case <-s.news:
		case <-deadline:
			text := s.String()[s.seen:]
			t.Fatalf("%q does not come, but %d bytes: %q", want, len(text), text[max(0, len(text)-200):])
		}
	}
}

func (s *screen) found(want string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := bytes.Index(s.text.Bytes()[s.seen:], []byte(want))
	if i >= 0 {
		s.seen += i + len(want)
	}
	return i >= 0
}

// visitor is an attached client.
type visitor struct {
	*screen
	keys  *io.PipeWriter
	sizes chan streams.Size
	left  chan struct{}
	err   error
	leave context.CancelFunc
}

func visit(t *testing.T, p *Process) *visitor {
	t.Helper()
	keyboard, keys := io.Pipe()
	ctx, leave := context.WithCancel(t.Context())
	v := &visitor{screen: newScreen(), keys: keys, sizes: make(chan streams.Size), left: make(chan struct{}), leave: leave}
	t.Cleanup(func() {
		leave()
		_ = keys.Close()
		wait(t, "the end of the attach", v.left)
	})
	c := &client{streams: streams.Streams{Stdin: keyboard, Stdout: v, Stderr: v, TTY: true, Resize: v.sizes}}
	p.out.join(c) // as Attach does, but here and now
	go func() {
		defer close(v.left)
		v.err = p.serve(ctx, c)
	}()
	return v
}

func (v *visitor) types(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(v.keys, text); err != nil {
		t.Fatal(err)
	}
}
