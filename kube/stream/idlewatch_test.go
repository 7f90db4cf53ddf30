package stream

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// watched is a link under an idle watch, in the time of a bubble. The other side is the test.
type watched struct {
	far     net.Conn
	over    chan struct{} // closed with the connection
	out     *meter
	pulse   *linkMonitor
	wall    atomic.Int64 // by which the wall clock is ahead, in nanoseconds
	began   time.Time
	noticed chan error   // what the idle watch has returned; nil: it was ended
	asked   atomic.Int32 // how often the node was
}

// stands makes the node answer each question in the same way, after a while.
func stands(heard probeResult, after time.Duration) func(context.Context, int) probeResult {
	return func(ctx context.Context, _ int) probeResult {
		select {
		case <-time.After(after):
			return heard
		case <-ctx.Done():
			return soundNothing
		}
	}
}

// watchLink begins an idle watch; what is read from the link is taken as fast as it comes, unless stuck.
func watchLink(ctx context.Context, t *testing.T, node func(ctx context.Context, n int) probeResult, stuck bool) *watched {
	t.Helper()
	near, far := net.Pipe()
	w := &watched{far: far, over: make(chan struct{}), out: newMeter(io.Discard), pulse: newLinkMonitor(near), began: time.Now(), noticed: make(chan error, 1)}
	t.Cleanup(func() {
		close(w.over)
		_ = near.Close()
		_ = far.Close()
	})
	if !stuck {
		go func() { _, _ = io.Copy(io.Discard, w.pulse) }()
	}
	close(w.pulse.up)
	v := &idleWatch{idlePatience: defaultIdlePatience(), link: &link{last: w.pulse}, out: w.out}
	v.wall = func() time.Time { return time.Now().Add(time.Duration(w.wall.Load())).Round(0) }
	if node != nil {
		v.probe = func(ctx context.Context) (probeResult, error) {
			return node(ctx, int(w.asked.Add(1))), nil
		}
	}
	go func() { w.noticed <- v.watch(ctx) }()
	return w
}

// says lets the other side send something each period, for so long.
func (w *watched) says(t *testing.T, period, long time.Duration) {
	t.Helper()
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(period) { //nolint:forbidigo // the time of the bubble
		if _, err := w.far.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
}

// pongs is an API server that answers pings until the connection is closed.
func (w *watched) pongs() {
	for {
		if _, err := w.far.Write([]byte("x")); err != nil {
			return
		}
		select {
		case <-time.After(5 * time.Second):
		case <-w.over:
			return
		}
	}
}

// wantNotice fails unless the idle watch says so between least and most after since.
func (w *watched) wantNotice(t *testing.T, words string, since time.Time, least, most time.Duration) {
	t.Helper()
	select {
	case err := <-w.noticed:
		if d := time.Since(since); d < least || d > most {
			t.Errorf("it is noticed after %v", d)
		}
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("what is noticed is %v", err)
		}
	case <-time.After(time.Hour):
		t.Error("nothing is noticed")
	}
}

func (w *watched) wantPeace(t *testing.T) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-w.noticed:
		t.Errorf("after %v: %v", time.Since(w.began), err)
	default:
	}
}

// inBubble ends the idle watch with the test, and sees that nothing of it is left.
func inBubble(t *testing.T, test func(ctx context.Context, t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		test(ctx, t)
	})
}

const nothingCame = "nothing has come from the API server for "

func TestSilentConnection(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, nil, false)
		w.says(t, 5*time.Second, 10*time.Minute) // answers to pings
		w.wantPeace(t)
		last := time.Now().Add(-5 * time.Second)
		w.wantNotice(t, nothingCame+"9s", last, 9*time.Second, 10*time.Second)
	})
}

// Nobody reads while the terminal is stopped: that is no silence of the other side.
func TestStoppedTerminal(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, nil, true)
		time.Sleep(10 * time.Minute) //nolint:forbidigo // the time of the bubble
		w.wantPeace(t)
		again := time.Now()
		go func() { _, _ = io.Copy(io.Discard, w.pulse) }()
		w.wantNotice(t, nothingCame+"9s", again, 9*time.Second, 10*time.Second)
	})
}

// Over SPDY somebody reads on, but no more pings are sent, when an answer to one is in the queue behind output.
func TestStoppedOutput(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, stands(soundSilence, time.Second), false)
		screen, terminal := io.Pipe()
		defer func() { _ = screen.Close() }()
		w.out.to = terminal
		written := make(chan struct{})
		go func() {
			defer close(written)
			_, _ = w.out.Write([]byte("x"))
		}()
		time.Sleep(10 * time.Minute) //nolint:forbidigo // the time of the bubble
		w.wantPeace(t)
		again := time.Now()
		_, _ = screen.Read(make([]byte, 1))
		<-written
		w.wantNotice(t, nothingCame+"9s", again, 9*time.Second, 10*time.Second)
	})
}

func TestSleep(t *testing.T) {
	for name, test := range map[string]struct {
		jump  time.Duration
		node  func(context.Context, int) probeResult
		words string // "" is peace
		most  time.Duration
	}{
		"the clock is set":        {2 * time.Second, nil, nothingCame + "9s", 10 * time.Second},
		"slept":                   {time.Hour, nil, nothingCame + "6s, since this machine was asleep", 7 * time.Second},
		"slept, and node is gone": {time.Hour, provenThen(soundSilence), "the node behind it does not", 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(ctx context.Context, t *testing.T) {
				w := watchLink(ctx, t, test.node, false)
				w.says(t, 500*time.Millisecond, 2*time.Second)
				synctest.Wait()
				asked := w.asked.Load()
				w.wall.Store(int64(test.jump))
				w.wantNotice(t, test.words, time.Now(), 0, test.most)
				if test.node != nil && w.asked.Load() != asked+1 {
					t.Errorf("the node was asked %d times since", w.asked.Load()-asked)
				}
			})
		})
	}
}

// provenThen answers the first question, and the others in one way, when its time is up.
func provenThen(heard probeResult) func(context.Context, int) probeResult {
	return func(ctx context.Context, n int) probeResult {
		if n == 1 {
			return soundNode
		}
		return stands(heard, 5*time.Second)(ctx, n)
	}
}

// A link that has lived through the sleep is held as before.
func TestSleepOfAGoodLink(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, nil, false)
		w.says(t, time.Second, 3*time.Second)
		for range 5 {
			w.wall.Add(int64(time.Hour))
			w.says(t, 5*time.Second, time.Minute)
		}
		w.wantPeace(t)
		w.wantNotice(t, nothingCame+"9s", time.Now().Add(-5*time.Second), 9*time.Second, 10*time.Second)
	})
}

// A question from before the sleep has no answer afterwards: that means nothing.
func TestSleepWhileTheNodeIsAsked(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, func(ctx context.Context, n int) probeResult {
			if n == 2 {
				return stands(soundSilence, 4*time.Second)(ctx, n)
			}
			return soundNode
		}, false)
		w.says(t, time.Second, 6*time.Second) // the second question is under way
		w.wall.Store(int64(time.Hour))
		w.says(t, time.Second, time.Minute)
		w.wantPeace(t)
	})
}

func TestSilentNode(t *testing.T) {
	for name, test := range map[string]struct {
		node func(context.Context, int) probeResult
		most time.Duration // until it is noticed; 0: it is not
	}{
		"answers":                      {stands(soundNode, 0), 0},
		"stopped answering":            {provenThen(soundSilence), 10 * time.Second},
		"never answered":               {stands(soundSilence, 5*time.Second), 0},
		"the API server had no answer": {provenThen(soundNothing), 0},
		"slow, and too slow now and then": {func(ctx context.Context, n int) probeResult {
			if n%2 == 0 {
				return stands(soundSilence, 5*time.Second)(ctx, n)
			}
			return stands(soundNode, 3*time.Second)(ctx, n)
		}, 0},
		"slow, and stopped answering": {func(ctx context.Context, n int) probeResult {
			if n == 1 {
				return stands(soundNode, 3*time.Second)(ctx, n)
			}
			return stands(soundSilence, 5*time.Second)(ctx, n)
		}, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(ctx context.Context, t *testing.T) {
				w := watchLink(ctx, t, test.node, false)
				go w.pongs()
				if test.most > 0 {
					w.wantNotice(t, "the node behind it does not", w.began, 0, test.most)
				} else {
					time.Sleep(10 * time.Minute) //nolint:forbidigo // the time of the bubble
					w.wantPeace(t)
				}
			})
		})
	}
}

// A program that prints is not behind a dead link, and its node is not bothered.
func TestBusyProgram(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, provenThen(soundSilence), false)
		for range 600 {
			_, _ = w.out.Write([]byte("x"))
			w.says(t, time.Second, time.Second)
		}
		w.wantPeace(t)
		if w.asked.Load() != 1 {
			t.Errorf("the node was asked %d times", w.asked.Load())
		}
		quiet := time.Now().Add(-time.Second) // since it printed
		go w.pongs()
		w.wantNotice(t, "the node behind it does not", quiet, 9*time.Second, 10*time.Second)
	})
}

// A node that is too slow for the first question is asked again while its program prints: otherwise nobody would miss it later.
func TestBusyProgramOnASlowNode(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, func(ctx context.Context, n int) probeResult {
			if n == 2 {
				return soundNode
			}
			return stands(soundSilence, 5*time.Second)(ctx, n)
		}, false)
		for range 30 {
			_, _ = w.out.Write([]byte("x"))
			w.says(t, time.Second, time.Second)
		}
		w.wantPeace(t)
		quiet := time.Now().Add(-time.Second) // since it printed
		go w.pongs()
		w.wantNotice(t, "the node behind it does not", quiet, 9*time.Second, 10*time.Second)
	})
}

// Who may not read logs is told so once.
func TestNodeThatMayNotBeAsked(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := watchLink(ctx, t, stands(soundNever, 0), false)
		w.says(t, 4*time.Second, time.Minute)
		w.wantPeace(t)
		if w.asked.Load() != 1 {
			t.Errorf("the node was asked %d times", w.asked.Load())
		}
	})
}

// Who leaves waits neither for the next look nor for a node that does not answer.
func TestVigilEnds(t *testing.T) {
	inBubble(t, func(_ context.Context, t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		w := watchLink(ctx, t, stands(soundNode, time.Hour), false)
		w.says(t, time.Second, 6*time.Second)
		left := time.Now()
		cancel(errors.New("enough"))
		if err := <-w.noticed; err != nil || time.Since(left) > 0 {
			t.Errorf("it ends after %v with %v", time.Since(left), err)
		}
	})
}
