package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// twoStreams is a program that prints on both of its streams. Its runtime writes them to the log, and brings them to an attach, at times of their own.
type twoStreams struct {
	*program
	late [2]time.Duration // of what an attach brings of each

	printed [2][]printing // as it is brought
	written []printing    // as the log has it
	past    [2]time.Time  // of the last line of each in the log
}

func newTwoStreams() *twoStreams { return &twoStreams{program: newProgram()} }

// print prints text on a stream, which is in the log so much later.
func (p *twoStreams) print(stream int, text string, later time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	at := now.Add(later)
	if at.Before(p.past[stream]) {
		at = p.past[stream]
	}
	p.past[stream] = at
	p.printed[stream] = append(p.printed[stream], printing{now, text})
	i, _ := slices.BinarySearchFunc(p.written, at, func(w printing, at time.Time) int { return w.at.Compare(at.Add(1)) })
	p.written = slices.Insert(p.written, i, printing{at, text})
	p.notify()
}

func until(printed []printing, at time.Time) string {
	var b strings.Builder
	for _, printing := range printed {
		if !printing.at.After(at) {
			b.WriteString(printing.text)
		}
	}
	return b.String()
}

// Logs is what the runtime has written.
func (p *twoStreams) Logs(ctx context.Context, _ kube.Target, o logs.Options) (io.ReadCloser, error) {
	if err := p.logError(); err != nil {
		return nil, err
	}
	if !sleep(ctx, p.answer) {
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	log := until(p.written, time.Now())
	if lines := strings.SplitAfter(log, "\n"); o.Tail > 0 && int64(len(lines)) > o.Tail {
		log = strings.Join(lines[len(lines)-int(o.Tail)-1:], "")
	}
	return io.NopCloser(strings.NewReader(log)), nil
}

// Attach brings both streams.
func (p *twoStreams) Attach(ctx context.Context, _ kube.Target, s stream.Streams) error {
	cuts := p.cuts()
	var from [2]int
	p.mu.Lock()
	for stream := range from {
		from[stream] = len(until(p.printed[stream], time.Now()))
	}
	p.mu.Unlock()
	s.Opened()
	for {
		p.mu.Lock()
		var texts [2]string
		waits := false
		for stream, printed := range p.printed {
			texts[stream] = until(printed, time.Now().Add(-p.late[stream]))
			waits = waits || len(texts[stream]) < len(until(printed, time.Now()))
		}
		ended, changed := p.ended, p.changed
		p.mu.Unlock()
		if p.cuts() != cuts {
			return kube.ErrLinkLost
		}
		for stream, w := range []io.Writer{s.Out, s.Err} {
			if err := p.bring(w, texts[stream][min(from[stream], len(texts[stream])):]); err != nil {
				return err
			}
			from[stream] = max(from[stream], len(texts[stream]))
		}
		switch {
		case waits:
			sleep(ctx, time.Millisecond)
			continue
		case ended:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// readBy is what a program that reads gets of a session.
func readBy(t *testing.T, link Link, begin func()) (out string, now Snapshot) {
	t.Helper()
	s := New(link, kube.Target{}, Options{Piped: true, ReadOnly: true})
	s.Attach(t.Context())
	go begin()
	var b strings.Builder
	if err := s.Stream(t.Context(), Pipe{Out: &b}); err != nil {
		t.Error(err)
	}
	return b.String(), s.Look()
}

// TestLinkLostBetweenTwoStreams: a link that is lost when one stream has come and the other has not. The log may have them in another order.
func TestLinkLostBetweenTwoStreams(t *testing.T) {
	for _, ends := range []bool{false, true} { // the program ends while the link is lost
		for _, first := range []int{0, 1} {
			synctest.Test(t, func(t *testing.T) {
				p := newTwoStreams()
				out, now := readBy(t, p, func() {
					letPass(time.Second)
					p.print(first, "before\n", 0)
					letPass(time.Second)
					p.late[1-first] = time.Second
					p.print(first, "came\n", 2*time.Millisecond)
					p.print(1-first, "did not come\n", time.Millisecond)
					letPass(100 * time.Millisecond)
					p.cut()
					if ends {
						p.end()
						return
					}
					letPass(10 * time.Second)
					p.print(0, "later\n", 0)
					letPass(10 * time.Second)
					p.end()
				})
				want := "before\ncame\ndid not come\nlater\n"
				if ends {
					want = "before\ncame\ndid not come\n"
				}
				if out != want || now.LogErr != nil || now.Losses != 1 && !ends {
					t.Errorf("ends %t, first stream %d: %q, %+v", ends, first, out, now)
				}
			})
		}
	}
}

// TestTwoStreamsOverLostLinks: links break at any time, and every line of both streams is shown once, and in the order of its stream.
func TestTwoStreamsOverLostLinks(t *testing.T) {
	for i := range 60 {
		random := rand.New(rand.NewPCG(uint64(i), 2))
		synctest.Test(t, func(t *testing.T) {
			p := newTwoStreams()
			p.lines, p.answer = i%2 == 0, 10*time.Millisecond // by which the log has both streams up to the attach
			p.late = [2]time.Duration{time.Duration(random.IntN(20)) * time.Millisecond, time.Duration(random.IntN(20)) * time.Millisecond}
			var want [2]string
			out, now := readBy(t, p, func() {
				for n := range 200 {
					stream := random.IntN(2)
					line := fmt.Sprintf("%s %d\n", []string{"out", "err"}[stream], n)
					want[stream] += line
					p.print(stream, line, time.Duration(random.IntN(10))*time.Millisecond)
					letPass(time.Duration(random.IntN(100)) * time.Millisecond)
					if random.IntN(40) == 0 {
						p.cut()
					}
				}
				if random.IntN(2) == 0 {
					p.cut()
				}
				letPass(10 * time.Millisecond) // a program has ended when its log is there
				p.end()
			})
			for stream, name := range []string{"out", "err"} {
				got := ""
				for line := range strings.SplitAfterSeq(out, "\n") {
					if strings.HasPrefix(line, name) {
						got += line
					}
				}
				if got != want[stream] && p.lines {
					t.Errorf("%d, %s, %d losses, %v: %s", i, name, now.Losses, now.LogErr, firstDifference(got, want[stream]))
				}
			}
			if len(out) != len(want[0])+len(want[1]) || now.LogErr != nil {
				t.Errorf("%d: %d bytes, want %d, after %d losses: %v", i, len(out), len(want[0])+len(want[1]), now.Losses, now.LogErr)
			}
		})
	}
}

// TestTwoStreamsWithoutLog: where the log cannot be read, what is attached is shown all the same.
func TestTwoStreamsWithoutLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTwoStreams()
		out, now := readBy(t, p, func() {
			letPass(time.Second)
			p.print(0, "before\n", 0)
			letPass(time.Second)
			p.failLogs(&kube.Problem{Message: "forbidden", Err: errors.New("forbidden")})
			p.cut()
			p.print(0, "meanwhile\n", 0)
			letPass(10 * time.Second)
			p.print(1, "after\n", 0)
			letPass(10 * time.Minute)
			p.end()
		})
		if out != "before\nafter\n" || now.LogErr == nil {
			t.Errorf("%q, %v", out, now.LogErr)
		}
	})
}

// TestTwoStreamsAndALongLog: of a log whose beginning is not kept, the number of its lines says nothing.
func TestTwoStreamsAndALongLog(t *testing.T) {
	p := newProgram()
	p.print(strings.Repeat("tick\n", 100))
	for limit, want := range map[int]join.Fit{64: join.Torn, 1000: join.Sure} {
		o := &replay{link: p, limit: limit, streams: &join.Record{}}
		o.streams.Write(0, []byte("tick\ntick\n"))
		if g, _, err := o.gap(t.Context()); err != nil || g.Fit != want {
			t.Errorf("limit %d: %v, %v; want %v", limit, g.Fit, err, want)
		}
	}
}

// TestTwoStreamsOfATail: a session that has shown the last lines only goes on with what comes.
func TestTwoStreamsOfATail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTwoStreams()
		p.print(0, strings.Repeat("tick\n", 10), 0)
		s := New(p, kube.Target{}, Options{Piped: true, ReadOnly: true, Tail: 2})
		s.Attach(t.Context())
		go func() {
			letPass(time.Second)
			p.cut()
			letPass(10 * time.Second)
			p.end()
		}()
		var out strings.Builder
		if err := s.Stream(t.Context(), Pipe{Out: &out}); err != nil || out.String() != "tick\ntick\n" || s.Look().LogErr != nil {
			t.Errorf("%q, %v, %v", out.String(), err, s.Look().LogErr)
		}
	})
}
