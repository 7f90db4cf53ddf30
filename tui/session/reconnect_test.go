package session

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// withoutNotes is output without the lines that are dayfly's own.
func withoutNotes(screen string) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(screen, "\n") {
		if !strings.HasPrefix(line, "\x1b[2mdayfly: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestLostLinksLoseNothing: links break at any time, and every line is shown once and in order.
func TestLostLinksLoseNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 40 {
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			p.connect = time.Duration(random.IntN(100)) * time.Millisecond
			p.answer = time.Duration(random.IntN(30)) * time.Millisecond
			p.delay = time.Duration(random.IntN(100)) * time.Millisecond
			p.noCR, p.lines = random.IntN(2) == 0, true
			var want strings.Builder
			go func() {
				for i := range 300 {
					line := fmt.Sprintf("line %d\r\n", i)
					want.WriteString(line)
					p.print(line)
					letPass(time.Duration(random.IntN(100)) * time.Millisecond)
					if random.IntN(40) == 0 {
						p.cut()
					}
				}
				letPass(10 * time.Second)
				p.end()
			}()
			screen, o := attach(t, p, Options{TTY: true}).finish()
			if got := withoutNotes(screen); got != want.String() {
				t.Errorf("%d: %d losses: %s", i, o.Losses, firstDifference(got, want.String()))
			}
			if o.State != Ended || (o.Losses > 0) != (p.cuts() > 0) {
				t.Errorf("%d: %+v after %d losses", i, o.Snapshot, p.cuts())
			}
		})
	}
}

// TestLostLinksAndALateLog: a runtime that is slow to write its log, as on a busy node, loses nothing of what was printed while there was no link.
func TestLostLinksAndALateLog(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 40 {
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			p.lag = time.Duration(random.IntN(2000)) * time.Millisecond
			p.delay = time.Duration(random.IntN(100)) * time.Millisecond
			p.noCR, p.lines = random.IntN(2) == 0, true
			var want strings.Builder
			go func() {
				for i := range 200 {
					line := fmt.Sprintf("line %d\r\n", i)
					want.WriteString(line)
					p.print(line)
					letPass(30 * time.Millisecond)
					if i == 60 || i == 130 {
						p.cut()
					}
				}
				letPass(10 * time.Second)
				p.end()
			}()
			screen, o := attach(t, p, Options{TTY: true}).finish()
			if got := withoutNotes(screen); got != want.String() {
				t.Errorf("%d: the log is %v behind, %d losses: %s; it says %v", i, p.lag, o.Losses, firstDifference(got, want.String()), o.LogErr)
			}
		})
	}
}

// TestLostLinkWhoseLogFailsFirst: the log that is to go on fails with the link, and the attach notices that much later: nothing is shown behind a gap.
func TestLostLinkWhoseLogFailsFirst(t *testing.T) {
	for _, again := range []bool{true, false} { // the link is lost again, or was not
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			a := attach(t, p, Options{TTY: true})
			letPass(time.Second)
			p.print("before\r\n")
			letPass(time.Second)
			p.failLogs(errors.New("connection reset by peer"))
			p.cut()
			letPass(time.Millisecond)
			p.print("meanwhile\r\n")
			letPass(1500 * time.Millisecond) // attached again
			p.print("live\r\n")
			letPass(700 * time.Millisecond)
			if screen := a.display.String(); strings.Contains(screen, "live") {
				t.Errorf("again %t: there is a gap in %q", again, screen)
			}
			if again {
				p.cut()
				letPass(100 * time.Millisecond)
			}
			p.failLogs(nil)
			letPass(20 * time.Second)
			if got := withoutNotes(a.display.String()); got != "before\r\nmeanwhile\r\nlive\r\n" {
				t.Errorf("again %t: the screen is %q", again, got)
			}
			a.detach()
		})
	}
}

// TestLostLinkAndALogThatIsTooLate: what is missing then is told, on the screen and afterwards.
func TestLostLinkAndALogThatIsTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.print("before\r\n")
		letPass(time.Minute)
		p.lag = time.Minute
		p.cut()
		letPass(time.Millisecond)
		p.print("meanwhile\r\n")
		letPass(time.Second)
		for i := range 50 {
			p.print(fmt.Sprintf("line %d\r\n", i))
			letPass(300 * time.Millisecond)
		}
		screen := a.display.String()
		if now := a.session.Look(); !errors.Is(now.LogErr, errLogLate) || !strings.Contains(screen, "output may be missing here") || strings.Count(screen, "line 49") != 1 {
			t.Errorf("%v; the screen is %q", now.LogErr, screen)
		}
		a.detach()
	})
}

// TestLostLinkKeepsKeys: what is typed while there is no link is sent when there is one again, once.
func TestLostLinkKeepsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		a.typist.keys <- "before "
		synctest.Wait()
		p.connect = 2 * time.Second
		p.cut()
		letPass(lossPatience + time.Millisecond)
		if now := a.session.Look(); now.State != Lost || !strings.Contains(a.display.String(), "the link is lost") {
			t.Errorf("%v, %q", now.State, a.display.String())
		}
		a.typist.keys <- "meanwhile "
		letPass(5 * time.Second)
		a.typist.keys <- "after"
		synctest.Wait()
		if got := p.typed.String(); got != "before meanwhile after" {
			t.Errorf("typed: %q", got)
		}
		if now := a.session.Look(); now.State != Live || now.Losses != 1 || !strings.Contains(a.display.String(), "attached again after") {
			t.Errorf("%+v, %q", now, a.display.String())
		}
		a.detach()
	})
}

// TestNodeOutOfReachKeepsKeys: a link that comes only as far as the API server is none: nobody is told of a return, and what is typed is kept
// for the program.
func TestNodeOutOfReachKeepsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.part(true)
		letPass(3 * time.Second)
		a.typist.keys <- "meanwhile"
		letPass(20 * time.Second)
		if now := a.session.Look(); now.State.Attached() || strings.Contains(a.display.String(), "attached again") {
			t.Errorf("%v, %q", now.State, a.display.String())
		}
		p.part(false)
		letPass(10 * time.Second)
		if got := p.typed.String(); got != "meanwhile" {
			t.Errorf("typed: %q", got)
		}
		if now := a.session.Look(); now.State != Live || now.Losses != 1 || strings.Count(a.display.String(), "attached again after") != 1 ||
			!regexp.MustCompile(`attached again after 2[3-9] s`).MatchString(a.display.String()) {
			t.Errorf("%+v, %q", now, a.display.String())
		}
		a.detach()
	})
}

// TestLostAgainBeforeTheLogIsRead: the link is lost again while what was missed is still being read; nothing is shown twice, and nothing is
// left out.
func TestLostAgainBeforeTheLogIsRead(t *testing.T) {
	for _, quiet := range []time.Duration{0, 2 * quietStart} { // before the first output of the new link
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			p.lines = true
			a := attach(t, p, Options{TTY: true})
			letPass(time.Second)
			p.print("one\r\n")
			letPass(time.Second)
			p.cut()
			p.print("two\r\n") // in no link
			letPass(lossPatience + firstPause + quiet + time.Millisecond)
			p.failLogs(kube.ErrLinkLost)
			p.print("three\r\n")
			letPass(time.Millisecond)
			p.cut()
			letPass(time.Millisecond)
			p.failLogs(nil)
			letPass(10 * time.Second)
			p.print("four\r\n")
			letPass(time.Second)
			p.end()
			screen, now := a.finish()
			if got := withoutNotes(screen); got != "one\r\ntwo\r\nthree\r\nfour\r\n" || now.LogErr != nil || now.Losses != 2 {
				t.Errorf("after %s: %q, %+v", quiet, got, now.Snapshot)
			}
		})
	}
}

// TestEndDuringALoss: a program that ends while the link is gone is not waited for, and its last words are shown.
func TestEndDuringALoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.cut()
		letPass(lossPatience / 2)
		p.end()
		if screen, o := a.finish(); o.State != Ended || o.Ending.Exit == nil {
			t.Errorf("%q, %+v", screen, o.Snapshot)
		}
	})
}

// TestRefusalsEnd: a session does not try for ever where nobody can say how the program ended.
func TestRefusalsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.err, p.refuses, p.unknown = errors.New("container not found"), true, true
		p.cut()
		if _, o := a.finish(); o.State != Ended || o.Ending.Exit != nil {
			t.Errorf("%+v", o.Snapshot)
		}
	})
}

// TestRefusalsOfWhatRuns: a program that one may not attach to any more has not ended.
func TestRefusalsOfWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.err, p.refuses = errors.New("forbidden"), true
		p.cut()
		if _, o := a.finish(); o.State != Failed || !errors.Is(o.Err, p.err) || !o.Ending.Running {
			t.Errorf("%+v", o.Snapshot)
		}
	})
}

// Refusals count in a row: a link that has been there in between shows that the program may still be attached to, however often it is lost.
func TestRefusalsAreForgottenByALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		for loss := range maxRefusals + 2 {
			p.refuse(errors.New("container not found"))
			p.cut()
			letPass(2 * time.Second)
			p.refuse(nil)
			letPass(2 * maxPause)
			if now := a.session.Look(); now.State != Live {
				t.Fatalf("after loss %d it is %+v", loss+1, now)
			}
		}
		p.end()
		if _, o := a.finish(); o.State != Ended || o.Ending.Exit == nil {
			t.Errorf("%+v", o.Snapshot)
		}
	})
}

// TestFollow: the news of a plan are the session's first states, and it attaches by itself.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true})
		news := make(chan launch.Progress)
		s.Follow(t.Context(), news)
		for _, test := range []struct {
			step launch.Step
			want State
		}{{launch.Accepted, Admitted}, {launch.Pulling, Pulling}, {launch.Created, Starting}, {launch.Started, Detached}} {
			news <- launch.Progress{Step: test.step}
			synctest.Wait()
			if got := s.Look().State; got != test.want {
				t.Errorf("after step %d: %v, want %v", test.step, got, test.want)
			}
		}
		if n := len(s.Look().Steps); n != 4 {
			t.Errorf("%d steps", n)
		}
		p.end()
		<-s.Done()
		if now := s.Look(); now.State != Ended {
			t.Errorf("%+v", now)
		}
	})
}

func TestFollowFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(newProgram(), kube.Target{}, Options{})
		news, why := make(chan launch.Progress, 1), errors.New("no such image")
		news <- launch.Progress{Step: launch.Failed, Err: why}
		s.Follow(t.Context(), news)
		<-s.Done()
		if now := s.Look(); now.State != Failed || !errors.Is(now.Err, why) {
			t.Errorf("%+v", now)
		}
	})
}

// TestExec: a command of its own ends the session with its code, and nothing of it is looked for in the container's log.
func TestExec(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.code = 7
		p.print("not of this session\r\n")
		a := attach(t, p, Options{TTY: true, Exec: []string{"sh"}})
		letPass(time.Second)
		p.print("$ ")
		synctest.Wait()
		p.end()
		screen, o := a.finish()
		if screen != "$ " || o.State != Ended || o.Ending.Exit == nil || o.Ending.Exit.Code != 7 || p.reads > 0 {
			t.Errorf("%q after %d readings, %+v", screen, p.reads, o.Snapshot)
		}
	})
}

// TestLostExec cannot be taken up again, and says so.
func TestLostExec(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		a := attach(t, p, Options{TTY: true, Exec: []string{"sh"}})
		letPass(time.Second)
		p.cut()
		if _, o := a.finish(); o.State != Failed || !errors.Is(o.Err, kube.ErrLinkLost) {
			t.Errorf("%+v", o.Snapshot)
		}
	})
}

// TestFirstAttachThroughNoGateway: where a gateway lets nothing through, there was no link that could be lost, and the program has not ended.
func TestFirstAttachThroughNoGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.err, p.refuses = errors.Join(stream.ErrGateway, kube.ErrLinkLost), true
		begun := time.Now()
		a := attach(t, p, Options{TTY: true})
		screen, now := a.finish()
		if now.State != Failed || !errors.Is(now.Err, stream.ErrGateway) || now.Losses > 0 || time.Since(begun) > 10*time.Second {
			t.Errorf("after %s: %+v", time.Since(begun), now.Snapshot)
		}
		if strings.Contains(screen, "the link is lost") || strings.Contains(screen, "attached again") {
			t.Errorf("%q", screen)
		}
	})
}

// TestOutputThroughNoGateway: what needs no input is waited for, and its output and code are the program's.
func TestOutputThroughNoGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.err, p.refuses = errors.Join(stream.ErrGateway, kube.ErrLinkLost), true
		s := New(p, kube.Target{}, Options{Piped: true, ReadOnly: true})
		s.Attach(t.Context())
		var out strings.Builder
		var notes []string
		p.print("one\n")
		go func() {
			letPass(20 * time.Second)
			p.print("two\n")
			p.end()
		}()
		err := s.Stream(t.Context(), Pipe{Out: &out, Note: func(words string) { notes = append(notes, words) }})
		now := s.Look()
		if err != nil || out.String() != "one\ntwo\n" || now.State != Ended || now.Ending.Exit == nil || now.Losses > 0 {
			t.Errorf("%q, %v, %+v", out.String(), err, now)
		}
		if len(notes) != 1 || !strings.Contains(notes[0], "not attached") {
			t.Errorf("notes: %q", notes)
		}
	})
}
