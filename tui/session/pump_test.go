package session

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// script is a source that types what it is given.
type typist struct {
	keys chan string
	err  error
	once sync.Once
	end  chan struct{}
	wake chan struct{}
}

func newTypist() *typist {
	return &typist{keys: make(chan string), end: make(chan struct{}), wake: make(chan struct{}, 1)}
}

func (s *typist) Read(b []byte) (int, error) {
	select {
	case k, ok := <-s.keys:
		if !ok {
			return 0, s.err
		}
		return copy(b, k), nil
	case <-s.wake:
		return 0, errInterrupted
	case <-s.end:
		return 0, io.EOF
	}
}

func (s *typist) Interrupt() bool {
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return true
}

func (s *typist) Close() error {
	s.once.Do(func() { close(s.end) })
	return nil
}

func startPump(t *testing.T) (*pump, *typist) {
	t.Helper()
	keys := newTypist()
	p := newPump(keys)
	go p.run()
	t.Cleanup(p.stop)
	return p, keys
}

// reader is an interface's read loop: it reads until the first error, as Bubble Tea's does.
type reader struct {
	mu  sync.Mutex
	got strings.Builder
	err error
}

func (r *reader) start(p *pump) {
	go func() {
		b := make([]byte, 7)
		for {
			n, err := p.readUI(b)
			r.mu.Lock()
			r.got.Write(b[:n])
			if r.err = err; err != nil {
				r.mu.Unlock()
				return
			}
			r.mu.Unlock()
		}
	}()
}

func (r *reader) state() (string, error) {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got.String(), r.err
}

func TestPump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, keys := startPump(t)
		var ui reader
		ui.start(p)
		keys.keys <- "one key after the other"
		if got, err := ui.state(); got != "one key after the other" || err != nil {
			t.Errorf("the interface has %q, %v", got, err)
		}
		begun := time.Now()
		if err := p.hold(); err != nil || time.Since(begun) > 0 {
			t.Errorf("hold: %v after %v", err, time.Since(begun))
		}
		if _, err := ui.state(); !errors.Is(err, io.EOF) {
			t.Errorf("the interface sees %v; want the end of its input", err)
		}
		keys.keys <- "for the session"
		synctest.Wait()
		if b, err := p.take(nil, 0); string(b) != "for the session" || err != nil {
			t.Errorf("the session has %q, %v", b, err)
		}
		begun = time.Now()
		if b, err := p.take(nil, time.Second); !errors.Is(err, errNoMore) || time.Since(begun) != time.Second {
			t.Errorf("then %q, %v after %v", b, err, time.Since(begun))
		}
		keys.keys <- "third"
		synctest.Wait()
		p.giveBack([]byte("second "))
		var again reader
		again.start(p)
		if got, err := again.state(); got != "second third" || err != nil {
			t.Errorf("the interface has %q, %v", got, err)
		}
	})
}

// TestPumpTornSequence: an interface in the middle of a paste gets the rest of it, and nothing more. What is not complete when it is asked to
// leave is the session's.
func TestPumpTornSequence(t *testing.T) {
	tests := []struct {
		name, before, after string
		ui, session         string
		wait                time.Duration
	}{
		{"whole", "a\x1b[A", "b", "a\x1b[A", "b", 0},
		{"sequence", "a\x1b[1;", "5Ab", "a", "\x1b[1;5Ab", 0},
		{"paste", "\x1b[200~ab", "cd\x1b[201~e", "\x1b[200~abcd\x1b[201~", "e", 0},
		{"escape", "a\x1b", "b", "a", "\x1bb", 0},
		{"escape alone", "a\x1b", "", "a", "\x1b", 0},
		{"paste without end", "\x1b[200~ab", "", "\x1b[200~ab", "", vt.SequencePatience},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, keys := startPump(t)
				var ui reader
				ui.start(p)
				keys.keys <- test.before
				synctest.Wait()
				begun, held := time.Now(), make(chan error)
				go func() { held <- p.hold() }()
				synctest.Wait()
				if test.after != "" {
					keys.keys <- test.after
				}
				if err := <-held; err != nil || time.Since(begun) != test.wait {
					t.Errorf("hold: %v after %v; want %v", err, time.Since(begun), test.wait)
				}
				if got, _ := ui.state(); got != test.ui {
					t.Errorf("the interface has %q; want %q", got, test.ui)
				}
				if b, _ := p.take(nil, time.Millisecond); string(b) != test.session {
					t.Errorf("the session has %q; want %q", b, test.session)
				}
			})
		})
	}
}

func TestPumpInterfaceThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, keys := startPump(t)
		if err := p.hold(); !errors.Is(err, errBusyUI) {
			t.Errorf("hold: %v", err)
		}
		var ui reader
		ui.start(p)
		keys.keys <- "still the interface's"
		if got, err := ui.state(); got != "still the interface's" || err != nil {
			t.Errorf("the interface has %q, %v", got, err)
		}
	})
}

// TestPumpTerminalLost: who waits is told, and who comes later too; what came before is not lost.
func TestPumpTerminalLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, keys := startPump(t)
		keys.err = ErrTerminalLost
		keys.keys <- "last words"
		close(keys.keys)
		var ui reader
		ui.start(p)
		if got, err := ui.state(); got != "last words" || !errors.Is(err, ErrTerminalLost) {
			t.Errorf("the interface has %q, %v", got, err)
		}
		p.giveBack(nil)
		if _, err := p.take(nil, 0); !errors.Is(err, ErrTerminalLost) {
			t.Errorf("the session has %v", err)
		}
	})
}

// TestPumpDoesNotReadAhead for ever when nobody takes the keys.
func TestPumpDoesNotReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, keys := startPump(t)
		typed, line := 0, strings.Repeat("x", pumpChunk)
		for stop := false; !stop; {
			synctest.Wait()
			select {
			case keys.keys <- line:
				typed += len(line)
			default:
				stop = true
			}
		}
		if typed < pumpAhead || typed > pumpAhead+2*pumpChunk {
			t.Errorf("%d bytes are read ahead", typed)
		}
		if b, err := p.take(nil, 0); len(b) != typed || err != nil {
			t.Errorf("%d of %d bytes are there, %v", len(b), typed, err)
		}
		keys.keys <- "more"
		synctest.Wait()
		if b, _ := p.take(nil, 0); string(b) != "more" {
			t.Errorf("then %q", b)
		}
	})
}

// The mouse may go on reporting for a moment behind the request to leave, so it must be known that it has been moved.
func TestPumpNotesTheMouse(t *testing.T) {
	for in, want := range map[string]bool{"a\x1b[A": false, "\x1b[<64;3;4M": true, "\x1b[<0;3;4m\x1b[A": true, "\x1b[?62c": false} {
		p := newPump(nil)
		p.buf = []byte(in)
		if n, err := p.readUI(make([]byte, 64)); n != len(in) || err != nil {
			t.Fatalf("%q: %d bytes, %v", in, n, err)
		}
		if moved := !p.lastMouse().IsZero(); moved != want {
			t.Errorf("%q: the mouse has been moved: %v", in, moved)
		}
	}
}

// starved is a terminal whose input is there and is not read, as on a busy machine, until the reader is woken.
type starved struct {
	*typist
	reads int
}

func (s *starved) Read(b []byte) (int, error) {
	s.reads++
	switch s.reads {
	case 1:
		return copy(b, "\x1b["), nil
	case 2:
		<-s.wake
		return 0, errUnread
	case 3:
		return copy(b, "A"), nil
	}
	return s.typist.Read(b)
}

// What has come in time and has not been read in time is the rest of its sequence, and no key.
func TestPumpLooksBeforeItGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPump(&starved{typist: newTypist()})
		go p.run()
		b := make([]byte, 7)
		if n, err := p.readUI(b); string(b[:n]) != "\x1b[A" || err != nil {
			t.Errorf("the interface gets %q, %v", b[:n], err)
		}
		p.stop()
	})
}
