package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// piped is a session that is streamed.
type piped struct {
	*Session
	out   bytes.Buffer
	notes []string
	mu    sync.Mutex
	over  chan error
}

func (p *piped) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *piped) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// streamed begins a session with a program that runs, and streams it.
func streamed(t *testing.T, link Link, opts Options, pipe Pipe) *piped {
	t.Helper()
	opts.Piped, opts.Expected = true, true
	p := &piped{over: make(chan error, 1)}
	p.Session = New(link, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}, opts)
	if pipe.Out == nil {
		pipe.Out = p
	}
	pipe.Note = func(words string) { p.notes = append(p.notes, words) }
	p.Attach(t.Context())
	go func() { p.over <- p.Stream(t.Context(), pipe) }()
	return p
}

// leave ends the session.
func (p *piped) leave() {
	p.Leave()
	<-p.Done()
}

const bytesOfAll = "one\nlone \r here\n\x1b[6n\x1b]52;c;?\x07\x00\xff\xc3\n"

// TestStream passes on every byte, once, whenever it was printed.
func TestStream(t *testing.T) {
	for name, set := range map[string]func(*program){
		"all before":      func(p *program) { p.print(bytesOfAll); p.end() },
		"some before":     func(p *program) { p.print("one\n"); later(p, bytesOfAll[4:]) },
		"all later":       func(p *program) { later(p, bytesOfAll) },
		"the log is late": func(p *program) { p.lag = 300 * time.Millisecond; p.print("one\n"); later(p, bytesOfAll[4:]) },
		"no attach at all": func(p *program) {
			p.print(bytesOfAll)
			p.refuses, p.err = true, kube.ErrLinkLost
			p.endsIn(time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				set(p)
				s := streamed(t, p, Options{ReadOnly: true}, Pipe{})
				if err := <-s.over; err != nil || s.printed() != bytesOfAll || s.Look().BytesOut != int64(len(bytesOfAll)) {
					t.Errorf("%v, streamed %q, want %q", err, s.printed(), bytesOfAll)
				}
				if now := s.Look(); now.State != Ended || now.Ending.Exit == nil {
					t.Errorf("the session is %+v", now)
				}
			})
		})
	}
}

func later(p *program, text string) {
	go func() {
		letPass(time.Second)
		p.print(text)
		letPass(time.Second)
		p.end()
	}()
}

func (p *program) endsIn(d time.Duration) {
	go func() {
		letPass(d)
		p.end()
	}()
}

// A terminal that only shows what a program without one prints is not to answer.
func TestStreamOnAScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("a\x1b[6n\x1b[31mb\n")
		later(p, "c\x1b]52;c;?\x07d\n")
		s := streamed(t, p, Options{ReadOnly: true}, Pipe{Screen: true})
		if err := <-s.over; err != nil || s.printed() != "a\x1b\\\x1b[31mb\nc\x1b\\d\n" {
			t.Errorf("%v, streamed %q", err, s.printed())
		}
	})
}

// TestStreamSurvivesItsLink: what is printed meanwhile comes once, also when the program ends meanwhile.
func TestStreamSurvivesItsLink(t *testing.T) {
	for name, ends := range map[string]bool{"and goes on": false, "and ends meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.print("1\n")
				s := streamed(t, p, Options{ReadOnly: true}, Pipe{})
				letPass(time.Second)
				p.print("2\n") // comes by the attach
				letPass(time.Second)
				p.cut()
				p.print("3\n4\n")
				if ends {
					p.end()
				} else {
					letPass(4 * time.Second)
					later(p, "5\n")
				}
				err := <-s.over
				want := map[bool]string{true: "1\n2\n3\n4\n", false: "1\n2\n3\n4\n5\n"}[ends]
				if err != nil || s.printed() != want {
					t.Errorf("%v, streamed %q, want %q", err, s.printed(), want)
				}
				if told := strings.Join(s.notes, "|"); !ends && (!strings.Contains(told, "link is lost") || !strings.Contains(told, "attached again")) {
					t.Errorf("it tells %q", s.notes)
				}
			})
		})
	}
}

// TestStreamInput: the end of the input is passed on, and an input that was not all on its way when the link broke is told.
func TestStreamInput(t *testing.T) {
	for name, c := range map[string]struct{ ends, cut, with, want bool }{
		"all of it": {ends: true}, "cut": {cut: true, want: true}, "cut behind its end": {ends: true, cut: true},
		"cut with the program": {with: true, want: true}, "cut with the program behind its end": {ends: true, with: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.deaf = true // its input ends, not the attach
				in, write := io.Pipe()
				s := streamed(t, p, Options{InputOnce: true}, Pipe{In: in})
				_, _ = io.WriteString(write, "data")
				if c.ends {
					_ = write.Close()
				}
				synctest.Wait()
				if s.keys.passed() != c.ends || p.typed.String() != "data" {
					t.Errorf("typed %q, its end: %v", p.typed.String(), s.keys.passed())
				}
				if c.cut {
					p.cut()
					letPass(time.Second)
					if p.streams.In != nil {
						t.Error("the second attach has an input")
					}
				}
				if c.with { // the news of the program's end comes before another attach
					p.cut()
					letPass(lossPatience / 2)
				}
				p.end()
				err := <-s.over
				_ = write.Close()
				if now := s.Look(); err != nil || now.InputCut != c.want || now.BytesIn != 4 {
					t.Errorf("%v, %+v", err, now)
				}
			})
		})
	}
}

// A reader that takes nothing for long, and less than is kept, loses nothing.
func TestStreamWaitsForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		slow := &stopped{goOn: make(chan struct{})}
		var lines strings.Builder
		for n := 0; lines.Len() < 2*maxBehind; n++ {
			fmt.Fprintf(&lines, "%d and some more\n", n)
		}
		text := lines.String()
		s := streamed(t, p, Options{ReadOnly: true, Ring: 1 << 10}, Pipe{Out: slow})
		p.print(text)
		letPass(10 * stallPatience)
		p.end()
		close(slow.goOn)
		if err := <-s.over; err != nil || slow.String() != text {
			t.Errorf("%v, %d of %d bytes", err, len(slow.String()), len(text))
		}
	})
}

// What ends a stream before its session.
func TestStreamEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		gone := errors.New("nobody reads")
		s := streamed(t, p, Options{ReadOnly: true}, Pipe{Out: failing{gone}})
		letPass(time.Second)
		p.print("x\n")
		if err := <-s.over; !errors.Is(err, gone) || s.Look().State.Over() {
			t.Errorf("%v, %+v", err, s.Look())
		}
		s.leave()
	})
	synctest.Test(t, func(t *testing.T) {
		s := streamed(t, newProgram(), Options{ReadOnly: true}, Pipe{})
		letPass(time.Second)
		s.Leave()
		if err := <-s.over; err != nil || !s.Look().Left {
			t.Errorf("%v, %+v", err, s.Look())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p, broken := newProgram(), errors.New("broken disk")
		p.deaf = true
		p.endsIn(time.Minute)
		s := streamed(t, p, Options{InputOnce: true}, Pipe{In: io.MultiReader(strings.NewReader("x"), failing{broken})})
		if err := <-s.over; !errors.Is(err, broken) || !s.keys.passed() {
			t.Errorf("%v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := New(newProgram(), kube.Target{}, Options{ReadOnly: true, Piped: true})
		s.Attach(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := s.Stream(ctx, Pipe{Out: io.Discard}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		s.Leave()
		<-s.Done()
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

// A log that cannot be read for a while is waited for: a program reads the output, and wants all of it.
func TestStreamWaitsForTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("1\n2\n")
		p.end()
		s := streamed(t, lateLog{p, time.Now().Add(10 * time.Second)}, Options{ReadOnly: true}, Pipe{})
		if err := <-s.over; err != nil || s.printed() != "1\n2\n" || s.Look().LogErr != nil {
			t.Errorf("%v, streamed %q, %v", err, s.printed(), s.Look().LogErr)
		}
	})
}

// lateLog is a link over which no log can be read before a time.
type lateLog struct {
	*program
	from time.Time
}

func (l lateLog) Logs(ctx context.Context, t kube.Target, o logs.Options) (io.ReadCloser, error) {
	if time.Now().Before(l.from) {
		return nil, kube.ErrLinkLost
	}
	return l.program.Logs(ctx, t, o)
}
