package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/packets"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// last is how long tcpdump goes on after a capture is over, for what the kernel has captured before and hands out once a second.
const last = 1200 * time.Millisecond

// patience is how long a tcpdump that is told to end may take.
const patience = 10 * time.Second

// From captures from a source until the capture is over, or ctx is. It returns why it has ended before, nil if it has not.
func (c *Capture) From(ctx context.Context, cluster *kube.Cluster, source int, s Source) *kube.Problem {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, prints := io.Pipe()
	in, ends := io.Pipe()
	words := &said{}
	exited := make(chan *kube.Problem, 1)
	go func() {
		code, err := stream.Exec(ctx, cluster, s.Runs, s.Command, stream.Streams{In: in, Out: prints, Err: words})
		p := c.ended(s, code, err, words)
		_ = prints.Close()
		_ = in.Close()
		exited <- p
	}()
	var stopping sync.WaitGroup
	over := make(chan struct{})
	stopping.Go(func() { c.finish(over, ends, cancel) })
	number, damaged := c.read(source, s, out)
	_ = out.CloseWithError(io.ErrClosedPipe) // what goes on printing all the same
	if damaged != nil {
		cancel()
	}
	problem := <-exited
	close(over)
	stopping.Wait()
	if damaged != nil {
		problem = damaged
	}
	if c.over() && (problem == nil || errors.Is(problem.Err, context.Canceled)) { // nobody waits for its last words
		problem = nil
	}
	c.end(source, number, time.Now(), words, problem)
	return problem
}

// finish tells tcpdump to end when the capture is over, and cuts the link if it does not. It returns when over is closed.
func (c *Capture) finish(over <-chan struct{}, ends io.Closer, cancel context.CancelFunc) {
	defer func() { _ = ends.Close() }()
	select {
	case <-over:
		return
	case <-c.stopped:
	}
	if why := c.Look().Reason; why == Time || why == Person {
		if !wait(over, last) {
			return
		}
	}
	_ = ends.Close()
	if wait(over, patience) {
		cancel()
	}
}

// wait reports whether a time has passed before over was closed.
func wait(over <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-over:
		return false
	}
}

// read takes the packets of a stream, and returns the number of its interface; negative: it has not begun. The problem is that the stream is damaged.
func (c *Capture) read(source int, s Source, from io.Reader) (number int, damaged *kube.Problem) {
	const ahead = 256 << 10
	r, err := packets.NewReader(bufio.NewReaderSize(from, ahead))
	switch {
	case errors.Is(err, packets.ErrNotPcap):
		return -1, &kube.Problem{Message: fmt.Sprintf("capture in %s: %s", s.Name, err), Hint: "look what tcpdump is in that image", Err: err}
	case err != nil: // how tcpdump has ended says why
		return -1, nil //nolint:nilerr // see there
	}
	number, ok := c.begin(source, s, r)
	if !ok {
		return -1, nil
	}
	for {
		p, err := r.Next()
		var problem *kube.Problem
		switch {
		case errors.As(err, &problem):
			return number, problem
		case err != nil: // it has ended, perhaps in the middle of a packet, because the link was lost
			return number, nil //nolint:nilerr // see ended
		}
		c.room(c.stopped)
		c.take(source, number, r.Link(), p)
	}
}

func (c *Capture) over() bool {
	select {
	case <-c.stopped:
		return true
	default:
		return false
	}
}

// ended is why tcpdump has ended, if not because it should.
func (c *Capture) ended(s Source, code int, err error, words *said) *kube.Problem {
	switch {
	case err != nil:
		p := *kube.Explain(err)
		p.Err = err
		if errors.Is(err, kube.ErrLinkLost) {
			p.Message, p.Hint = "capture in "+s.Name+": the link was lost", "what was captured before is kept; capture again"
		}
		return &p
	case code == 0 && !c.over():
		if c.o.Count > 0 { // its own limit is that of all
			return nil
		}
		return &kube.Problem{Message: "capture in " + s.Name + ": tcpdump ended by itself" + kube.Colon(words.sentence()), Hint: "what was captured before is kept"}
	case code == 0, c.over() && code > killed: // it was told to
		return nil
	}
	return c.o.problem(s.Runs, s.Name, code, words)
}
