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

// attached is a session that runs.
type attached struct {
	*front
	outcome chan Outcome
}

func attach(t *testing.T, p *program, opts Options) *attached {
	t.Helper()
	a := &attached{front: newFront(t, ""), outcome: make(chan Outcome, 1)}
	go func() {
		a.outcome <- Run(t.Context(), p, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}, a.Foreground, opts)
	}()
	return a
}

// finish waits for the end and returns what is on the screen.
func (a *attached) finish() (screen string, outcome Outcome) {
	outcome = <-a.outcome
	screen = a.display.String() // all of it is there when Run returns
	a.over()
	return screen, outcome
}

// detach presses the key.
func (a *attached) detach() (screen string, outcome Outcome) {
	a.typist.keys <- "\x1d"
	return a.finish()
}

var _ Link = (*program)(nil)

func TestRunDetaches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.err = errors.New("whatever an attach says that was asked to end")
		p.print("hello\r\n$ ")
		a := attach(t, p, Options{TTY: true})
		letPass(2 * quietStart)
		a.typist.keys <- "ls\r\x03"
		begun := time.Now()
		screen, outcome := a.detach()
		if !outcome.Detached || outcome.Err != nil || outcome.Signal != nil || time.Since(begun) > 0 {
			t.Errorf("%+v after %v", outcome, time.Since(begun))
		}
		if p.typed.String() != "ls\r\x03" || outcome.BytesIn != 4 || outcome.BytesOut != 0 || screen != "hello\r\n" {
			t.Errorf("typed %q, screen %q, %+v", p.typed.String(), screen, outcome)
		}
	})
}

// TestRunLeavesAnAttachThatDoesNotEnd within a few seconds.
func TestRunLeavesAnAttachThatDoesNotEnd(t *testing.T) {
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
				if _, outcome := a.detach(); !outcome.Detached || outcome.Err != nil || time.Since(begun) != test.want {
					t.Errorf("%+v after %v; want %v", outcome, time.Since(begun), test.want)
				}
				if _, err := p.streams.Out.Write([]byte("late")); err == nil {
					t.Error("an attach that was left still writes to the terminal")
				}
			})
		})
	}
}

func TestRunSignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		synctest.Wait()
		a.Foreground.finish(&SignalError{syscall.SIGTERM})
		if _, outcome := a.finish(); outcome.Signal != syscall.SIGTERM || outcome.Detached || outcome.Err != nil {
			t.Errorf("%+v", outcome)
		}
	})
}

func TestRunTerminalLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		synctest.Wait()
		a.Foreground.finish(ErrTerminalLost)
		if _, outcome := a.finish(); !errors.Is(outcome.Err, ErrTerminalLost) || outcome.Detached {
			t.Errorf("%+v", outcome)
		}
	})
}

func TestRunEnds(t *testing.T) {
	lost, forbidden := errors.New("link lost"), errors.New("forbidden")
	tests := []struct {
		name   string
		set    func(*program)
		screen string
		check  func(Outcome) bool
	}{
		{"program ended before", func(p *program) { p.end() }, "before\r\n", func(o Outcome) bool { return o.Err == nil && o.BytesOut == 0 }},
		{"link lost", func(p *program) { p.err = lost; p.end() }, "before\r\n", func(o Outcome) bool { return errors.Is(o.Err, lost) }},
		{"no right to read logs", func(p *program) {
			p.logErr = forbidden
			go func() { letPass(time.Second); p.print("after\r\n"); p.end() }()
		}, "after\r\n", func(o Outcome) bool { return o.Err == nil && errors.Is(o.LogErr, forbidden) && o.BytesOut == 7 }},
		{"log that never comes", func(p *program) {
			p.lag = time.Hour
			go func() { letPass(time.Second); p.print("after\r\n"); letPass(time.Second); p.end() }()
		}, "after\r\n", func(o Outcome) bool { return o.Err == nil && errors.Is(o.LogErr, errLogLate) }},
		{"log that hangs", func(p *program) {
			p.answer = time.Hour
			go func() { letPass(time.Second); p.print("after\r\n"); p.end() }()
		}, "after\r\n", func(o Outcome) bool { return o.Err == nil && errors.Is(o.LogErr, context.DeadlineExceeded) }},
		{"panic", func(p *program) { p.panics = true }, "before\r\n", func(o Outcome) bool {
			var panicked *PanicError
			return errors.As(o.Err, &panicked) && len(panicked.Stack) > 0
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.print("before\r\n")
				test.set(p)
				if screen, outcome := attach(t, p, Options{TTY: true}).finish(); screen != test.screen || !test.check(outcome) {
					t.Errorf("screen %q, %+v", screen, outcome)
				}
			})
		})
	}
}

// TestRunStoppedTerminal: a terminal that takes no output (Ctrl-S) keeps neither the link nor the detach key waiting.
func TestRunStoppedTerminal(t *testing.T) {
	for name, flood := range map[string]int{"some output": 1000, "a flood": 4 * maxBehind} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				a := &attached{front: newFront(t, ""), outcome: make(chan Outcome, 1)}
				terminal := &stopped{goOn: make(chan struct{})}
				a.screen.w = terminal
				go func() { a.outcome <- Run(t.Context(), p, kube.Target{}, a.Foreground, Options{TTY: true}) }()
				p.print(strings.Repeat("x", flood) + "\r\n")
				synctest.Wait()
				begun := time.Now()
				a.typist.keys <- "\x1d"
				outcome := <-a.outcome
				if took := time.Since(begun); !outcome.Detached || took > detachPatience+cancelPatience+2*lastOutputStill {
					t.Errorf("%+v after %v", outcome, took)
				}
				close(terminal.goOn)
				a.over()
			})
		})
	}
}
