package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// TestRunShowsEverythingOnce: whenever the attach comes. When the log is behind by more than the time it takes to read it, the
// attach must bring whole lines: in less than a line nothing tells so, and a prompt must not wait.
func TestRunShowsEverythingOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for i := range 400 {
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			p.connect = time.Duration(random.IntN(400)) * time.Millisecond
			p.answer = time.Duration(random.IntN(60)) * time.Millisecond
			p.lag = time.Duration(random.IntN(200)) * time.Millisecond
			p.noCR = random.IntN(2) == 0
			p.delay = time.Duration(max(0, random.IntN(600)-300)) * time.Millisecond
			var want strings.Builder
			for i := range 200 {
				fmt.Fprintf(&want, "line %d\r\n", i)
			}
			p.lines = p.lag > p.answer/2
			pieces := cutRandomly(random, want.String(), p.lines)
			pause := time.Duration(random.IntN(20)) * time.Millisecond
			begin, often := time.Duration(random.IntN(100))*time.Millisecond, 1+random.IntN(4)
			go func() {
				for i, piece := range pieces {
					p.print(piece)
					if i%often == 0 {
						letPass(pause)
					}
				}
				letPass(time.Second)
				p.end()
			}()
			letPass(begin)
			screen, outcome := attach(t, p, Options{TTY: true}).finish()
			if screen != want.String() {
				t.Errorf("%d: connect %v, delay %v, answer %v, lag %v, pause %v, without CR %v: %s",
					i, p.connect, p.delay, p.answer, p.lag, pause, p.noCR, firstDifference(screen, want.String()))
			}
			if outcome.Cause != nil || outcome.LogErr != nil || outcome.State != Ended {
				t.Errorf("%d: %+v", i, outcome)
			}
		})
	}
}

func cutRandomly(random *rand.Rand, s string, lines bool) (pieces []string) {
	for s != "" {
		n := min(len(s), 1+random.IntN(400))
		if lines {
			n += strings.IndexByte(s[n-1:], '\n')
		}
		pieces, s = append(pieces, s[:n]), s[n:]
	}
	return pieces
}

func firstDifference(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	return fmt.Sprintf("%d bytes, want %d; at %d: %q, want %q",
		len(got), len(want), at, got[max(0, at-10):min(len(got), at+20)], want[max(0, at-10):min(len(want), at+20)])
}

// TestRunQuietProgram: without a word from the attach the log is shown soon, and not again with the first word.
func TestRunQuietProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("one\r\ntwo\r\n$ ")
		a := attach(t, p, Options{TTY: true})
		letPass(quietStart)
		synctest.Wait()
		if got := a.display.String(); got != "one\r\ntwo\r\n" {
			t.Errorf("after %v: %q", quietStart, got)
		}
		p.print("three\r\n")
		synctest.Wait()
		if got := a.display.String(); got != "one\r\ntwo\r\n$ three\r\n" {
			t.Errorf("with the first word: %q", got)
		}
		a.detach()
	})
}

// TestRunFirstPrompt: nothing is waited for on the way to the first prompt but the attach, one reading of the log and the nudge.
func TestRunFirstPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.connect, p.answer = 10*time.Millisecond, 5*time.Millisecond
		p.print("welcome\r\n$ ")
		p.onSize = func(p *program, s kube.Size) {
			if s.Cols == 80 && len(p.sizes) > 1 {
				p.print("\r$ ")
			}
		}
		begun := time.Now()
		a := attach(t, p, Options{TTY: true})
		letPass(p.connect + nudge + p.answer)
		synctest.Wait()
		if got := a.display.String(); got != "welcome\r\n\r$ " {
			t.Errorf("after %v: %q", time.Since(begun), got)
		}
		a.detach()
	})
}

// TestRunSlowPrompt: a program that looks at its size at times only, as on a busy node, is asked again until it has found another one.
func TestRunSlowPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("welcome\r\n$ ")
		small := kube.Size{Cols: 80, Rows: 24}
		now := small
		var mu sync.Mutex
		p.onSize = func(_ *program, s kube.Size) {
			mu.Lock()
			defer mu.Unlock()
			now = s
		}
		looks := time.NewTicker(150 * time.Millisecond)
		defer looks.Stop()
		go func() {
			for range 20 {
				<-looks.C
				mu.Lock()
				seen := now
				mu.Unlock()
				if seen != small {
					p.print("\r$ ")
					return
				}
			}
		}()
		a := attach(t, p, Options{TTY: true})
		letPass(3 * time.Second)
		synctest.Wait()
		if got := a.display.String(); got != "welcome\r\n\r$ " {
			t.Errorf("the screen shows %q", got)
		}
		asked := len(p.sizes)
		letPass(time.Minute)
		synctest.Wait()
		if len(p.sizes) != asked {
			t.Errorf("it is asked again although it has painted its prompt: %v", p.sizes)
		}
		a.detach()
	})
}

func TestRunRedraws(t *testing.T) {
	small, large := kube.Size{Cols: 80, Rows: 24}, kube.Size{Cols: 81, Rows: 25}
	tests := []struct {
		name   string
		opts   Options
		greets string
		want   []kube.Size
	}{
		{"nothing", Options{TTY: true}, "", []kube.Size{small, large, small}},
		{"a line", Options{TTY: true}, "line\r\n", []kube.Size{small, large, small}},
		{"a prompt", Options{TTY: true}, "$ ", []kube.Size{small}},
		{"attached again", Options{TTY: true, Tail: 10}, "$ ", []kube.Size{small, large, small}},
		{"no terminal", Options{}, "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgram()
				p.greets = test.greets
				a := attach(t, p, test.opts)
				letPass(nudge)
				synctest.Wait()
				if _, _ = a.detach(); !slices.Equal(p.sizes, test.want) {
					t.Errorf("sizes: %v; want %v", p.sizes, test.want)
				}
			})
		})
	}
}

// TestRunAgain shows the last lines of the past, and only them.
func TestRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("one\r\ntwo\r\nthree\r\n")
		a := attach(t, p, Options{TTY: true, Tail: 2})
		letPass(quietStart)
		synctest.Wait()
		p.print("four\r\nfive\r\n")
		letPass(time.Second)
		if screen, _ := a.detach(); screen != "two\r\nthree\r\nfour\r\nfive\r\n" {
			t.Errorf("screen: %q", screen)
		}
		a = attach(t, p, Options{TTY: true, Tail: -1})
		letPass(time.Second)
		if screen, _ := a.detach(); screen != "" {
			t.Errorf("without a past: %q", screen)
		}
	})
}

// TestRunWithoutTTY: no line discipline has turned LF into CR LF.
func TestRunWithoutTTY(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("one\ntwo\n")
		a := attach(t, p, Options{})
		letPass(time.Second)
		p.print("three\nfour")
		p.print("\n")
		if p.streams.Sizes != nil || p.streams.TTY {
			t.Error("a program without a terminal gets sizes")
		}
		synctest.Wait()
		if screen, _ := a.detach(); screen != "one\r\ntwo\r\nthree\r\nfour\r\n" {
			t.Errorf("screen: %q", screen)
		}
	})
}

// TestRunPastIsNotAsked: a question from the past is not asked again, one from now is.
func TestRunPastIsNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.print("old\x1b[6n\x05\r\n")
		a := attach(t, p, Options{TTY: true})
		letPass(time.Second)
		p.print("new\x1b[6n\r\n")
		synctest.Wait()
		if screen, _ := a.detach(); screen != "old\x1b\\\r\nnew\x1b[6n\r\n" {
			t.Errorf("screen: %q", screen)
		}
	})
}
