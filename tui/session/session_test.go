package session

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// attached is a session that is shown.
type attached struct {
	*front
	session *Session
	cause   chan error // of the end of showing it
}

func attach(t *testing.T, p *program, opts Options) *attached {
	t.Helper()
	opts.Expected = true
	return show(t, newFront(t, ""), New(p, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}, opts))
}

func show(t *testing.T, f *front, s *Session) *attached {
	t.Helper()
	a := &attached{front: f, session: s, cause: make(chan error, 1)}
	s.Attach(t.Context())
	go func() { a.cause <- s.Show(f.Foreground, 0) }()
	return a
}

// outcome is how it went.
type outcome struct {
	Snapshot
	Cause error
}

// finish waits until it is shown no longer, leaves it, and returns what is on the screen.
func (a *attached) finish() (screen string, o outcome) {
	o.Cause = <-a.cause
	screen = a.display.String() // all of it is there when Show returns
	a.over()
	a.session.Leave()
	<-a.session.Done()
	o.Snapshot = a.session.Look()
	return screen, o
}

// detach presses the key.
func (a *attached) detach() (screen string, o outcome) {
	a.typist.keys <- "\x1d"
	return a.finish()
}

var _ Link = (*program)(nil)

func TestSessionDetaches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.err = errors.New("whatever an attach says that was asked to end")
		p.print("hello\r\n$ ")
		a := attach(t, p, Options{TTY: true})
		letPass(2 * quietStart)
		a.typist.keys <- "ls\r\x03"
		begun := time.Now()
		a.typist.keys <- "\x1d"
		if cause := <-a.cause; !errors.Is(cause, ErrDetached) || time.Since(begun) > 0 {
			t.Errorf("%v after %v", cause, time.Since(begun))
		}
		if now := a.session.Look(); now.State != Detached || now.Left {
			t.Errorf("after the detach key: %+v", now)
		}
		a.cause <- nil
		screen, o := a.finish()
		if p.typed.String() != "ls\r\x03" || o.BytesIn != 4 || screen != "hello\r\n" {
			t.Errorf("typed %q, screen %q, %+v", p.typed.String(), screen, o)
		}
		if !o.Left || o.Err != nil || o.State != Detached {
			t.Errorf("left: %+v", o.Snapshot)
		}
	})
}

// TestSessionIsLeft within a few seconds, whatever the attach does.
func TestSessionIsLeft(t *testing.T) {
	tests := []struct {
		name  string
		opts  Options
		hangs chan struct{}
		want  time.Duration
	}{
		{"no end of input", Options{TTY: true}, nil, detachPatience},
		{"no end at all", Options{TTY: true}, make(chan struct{}), detachPatience + cancelPatience},
		{"no input", Options{TTY: true, ReadOnly: true}, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.deaf = true
				if test.hangs != nil {
					p.hangs = make(chan struct{})
					defer close(p.hangs)
				}
				a := attach(t, p, test.opts)
				synctest.Wait()
				begun := time.Now()
				if _, o := a.detach(); !errors.Is(o.Cause, ErrDetached) || !o.Left || time.Since(begun) != test.want {
					t.Errorf("%+v after %v; want %v", o, time.Since(begun), test.want)
				}
				if _, err := p.streams.Out.Write([]byte("late")); err == nil {
					t.Error("an attach that was left still writes to the terminal")
				}
			})
		})
	}
}

func TestShowEndsWithTheForeground(t *testing.T) {
	for _, cause := range []error{&SignalError{syscall.SIGTERM}, ErrTerminalLost} {
		synctest.Test(t, func(t *testing.T) {
			a := attach(t, newProgram(), Options{TTY: true})
			synctest.Wait()
			a.Foreground.finish(cause)
			if _, o := a.finish(); !errors.Is(o.Cause, cause) || o.State.Over() {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestSessionEnds(t *testing.T) {
	forbidden := errors.New("forbidden")
	tests := []struct {
		name   string
		set    func(*program)
		screen string
		check  func(outcome) bool
	}{
		{"program ended before", func(p *program) { p.end() }, "before\r\n", func(o outcome) bool { return o.State == Ended && o.Ending.Exit != nil }},
		{"refused", func(p *program) { p.err = forbidden; p.refuses = true }, "before\r\n", func(o outcome) bool {
			return o.State == Failed && errors.Is(o.Err, forbidden)
		}},
		{"no right to read logs", func(p *program) {
			p.logErr = forbidden
			go func() { letPass(time.Second); p.print("after\r\n"); p.end() }()
		}, "after\r\n", func(o outcome) bool { return o.State == Ended && errors.Is(o.LogErr, forbidden) && o.BytesOut == 7 }},
		{"log that never comes", func(p *program) {
			p.lag = time.Hour
			go func() { letPass(time.Second); p.print("after\r\n"); letPass(time.Second); p.end() }()
		}, "after\r\n", func(o outcome) bool { return o.State == Ended && errors.Is(o.LogErr, errLogLate) }},
		{"log that hangs", func(p *program) {
			p.answer = time.Hour
			go func() { letPass(time.Second); p.print("after\r\n"); p.end() }()
		}, "after\r\n", func(o outcome) bool { return o.State == Ended && errors.Is(o.LogErr, context.DeadlineExceeded) }},
		{"panic", func(p *program) { p.panics = true }, "before\r\n", func(o outcome) bool {
			var panicked *PanicError
			return o.State == Failed && errors.As(o.Err, &panicked) && len(panicked.Stack) > 0
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.print("before\r\n")
				test.set(p)
				if screen, o := attach(t, p, Options{TTY: true}).finish(); screen != test.screen || !test.check(o) || o.Cause != nil {
					t.Errorf("screen %q, %+v", screen, o)
				}
			})
		})
	}
}

// TestStoppedTerminal: a terminal that takes no output (Ctrl-S) keeps neither the link nor the detach key waiting.
func TestStoppedTerminal(t *testing.T) {
	for name, flood := range map[string]int{"some output": 1000, "a flood": 4 * maxBehind} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				f := newFront(t, "")
				terminal := &stopped{goOn: make(chan struct{})}
				f.screen.w = terminal
				a := show(t, f, New(p, kube.Target{}, Options{TTY: true, Expected: true}))
				p.print(strings.Repeat("x", flood) + "\r\n")
				synctest.Wait()
				begun := time.Now()
				a.typist.keys <- "\x1d"
				cause := <-a.cause
				if took := time.Since(begun); !errors.Is(cause, ErrDetached) || took > cancelPatience+2*lastOutputStill {
					t.Errorf("%v after %v", cause, took)
				}
				a.screen.abandon()
				close(terminal.goOn)
				a.over()
				a.session.Leave()
				<-a.session.Done()
			})
		})
	}
}

// A session tells what its program has done, and asks of each terminal that it is shown on to keep to what is allowed.
func TestClipboardOfASession(t *testing.T) {
	for _, deny := range []bool{true, false} {
		s := New(nil, kube.Target{}, Options{TTY: true, DenyClipboard: deny})
		terminal := &display{}
		screen := newScreen(terminal)
		s.out.appear(screen, 0)
		if _, err := s.out.Write([]byte("a\x1b]52;c;QQ==\x07b")); err != nil {
			t.Fatal(err)
		}
		screen.close()
		screen.run() // to its end
		now := s.Look()
		if wrote := strings.Contains(terminal.String(), "]52"); wrote == deny {
			t.Errorf("denied %v: the terminal gets %q", deny, terminal.String())
		}
		if deny && (now.ClipboardDenied != 1 || now.ClipboardWrites != 0) || !deny && (now.ClipboardWrites != 1 || now.ClipboardDenied != 0) {
			t.Errorf("denied %v: %d written, %d denied", deny, now.ClipboardWrites, now.ClipboardDenied)
		}
	}
}
