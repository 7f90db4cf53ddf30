package session

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// How long an attach may take to end: by itself after its input has ended, then with its context cancelled.
const (
	detachPatience = 2 * time.Second
	cancelPatience = time.Second
	// shellPatience is how long a command of its own has, which ends with the end of its input or goes on unseen.
	shellPatience = 300 * time.Millisecond
)

// attaching is one attach of a session.
type attaching struct {
	*Session
	gate   *gate
	resume bool          // after a loss
	typed  int64         // bytes, until it began
	first  chan struct{} // closed when it has brought output
	up     chan struct{} // closed when it is connected
	once   sync.Once
	ended  chan struct{} // closed when it has returned
	err    error         // what it has returned
}

// attach connects the session to its program and returns when that is over, with whether it was connected at all. Everything received
// is in the output then.
func (s *Session) attach(ctx context.Context, resume bool) (up bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := s.newAttaching(resume)
	keys := s.keys.open()
	go a.run(ctx, keys)
	openCtx, stopOpening := context.WithCancel(ctx)
	defer stopOpening()
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		a.open(openCtx)
	}()
	select {
	case <-a.ended: // the opening goes on: there may be a log to show
		select {
		case <-opened:
		case <-s.leave:
		case <-ctx.Done():
		}
	case <-ctx.Done():
		closedWithin(a.ended, cancelPatience)
	case <-s.leave:
		s.keys.end()
		a.depart(cancel)
	}
	stopOpening()
	<-opened
	a.gate.close()
	_ = keys.Close()
	return isClosed(a.up), a.result()
}

func (s *Session) newAttaching(resume bool) *attaching {
	a := &attaching{
		Session: s, resume: resume, first: make(chan struct{}), up: make(chan struct{}), ended: make(chan struct{}),
	}
	a.typed = s.Look().BytesIn
	a.gate = newGate(s.out, !s.opts.TTY && !s.opts.Piped, func() { close(a.first) })
	if !s.opts.TTY && len(s.opts.Exec) == 0 {
		a.gate.record = &s.record
	}
	return a
}

// catchUp shows what the program has printed and no attach has brought, now that it has ended.
func (s *Session) catchUp(ctx context.Context) {
	printed, _, _ := s.out.counts()
	a := s.newAttaching(printed > 0)
	close(a.ended)
	a.open(ctx)
	a.gate.close()
}

// run is the attach itself.
func (a *attaching) run(ctx context.Context, keys io.Reader) {
	defer close(a.ended)
	streams := stream.Streams{In: keys, Out: a.gate, Err: errorStream{a.gate}, TTY: a.opts.TTY, Broke: func() { a.broke.Store(true) }}
	switch {
	case a.opts.ReadOnly, a.opts.InputOnce && a.fed.Load(): // a second time there is no input
		streams.In = nil
	case !a.opts.TTY: // there are no sizes to ask for
		streams.In = &listened{keys, func() {
			a.fed.Store(true)
			a.connected()
		}}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes the sizes
	if a.opts.TTY {
		streams.Sizes = a.size.follow(ctx, a.connected)
	}
	if !a.opts.TTY && streams.In == nil { // nothing is asked for that would tell
		streams.Opened = a.connected
	}
	if err := caught(func() { a.err = a.connect(ctx, streams) }); err != nil {
		a.err = err
	}
}

// connect attaches to the container's program, or runs the session's own.
func (a *attaching) connect(ctx context.Context, s stream.Streams) (err error) {
	if len(a.opts.Exec) == 0 {
		return a.link.Attach(ctx, a.target, s)
	}
	code, err := a.link.Exec(ctx, a.target, a.opts.Exec, s)
	if err == nil && ctx.Err() == nil {
		exit := a.killedWith(ctx, code)
		a.note(func(now *Snapshot) { now.Ending.Exit = exit })
	}
	return err
}

// killedWith is the end of the session's own command. One that was killed may have ended with its container, and that from outside.
func (a *attaching) killedWith(ctx context.Context, code int) *kube.Exit {
	const killed = 128 + 9
	exit := &kube.Exit{Code: code}
	if code != killed {
		return exit
	}
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	if ending, _ := a.link.AwaitExit(ctx, a.target); ending.Exit != nil {
		exit.Cause, exit.Detail = ending.Exit.Cause, ending.Exit.Detail
	}
	return exit
}

// connected is called when the other end has answered, or asks for the first size or key. A prompt that was printed before
// is neither in the log, which has only complete lines, nor in what comes now: the program has to paint it anew.
func (a *attaching) connected() {
	a.once.Do(func() {
		a.note(func(now *Snapshot) { now.Trouble = nil })
		a.event(Attaches)
		close(a.up)
		if a.opts.TTY && (a.resume || a.opts.Tail != 0 || !a.gate.inLine()) {
			a.size.redraw()
			go a.repaint(a.ended, a.gate.inLine, a.typed)
		}
	})
}

// repaint has the program paint itself, or its prompt, again until it has, or over is closed. One that is slow to look, as on a busy node, has found
// after both sizes of a redraw the size that it knew. Who has typed more than so many bytes has no need of it, and of a terminal whose size does
// not change.
func (s *Session) repaint(over <-chan struct{}, painted func() bool, typed int64) {
	for pause := 4 * nudge; pause <= mostNudge; pause *= 2 {
		if closedWithin(over, 2*pause) || painted() || s.Look().BytesIn > typed {
			return
		}
		s.size.redrawWithin(pause)
	}
}

// listened tells that it is being read.
type listened struct {
	io.Reader
	begins func()
}

func (l *listened) Read(b []byte) (int, error) {
	l.begins()
	return l.Reader.Read(b)
}

// open shows what there is to show before what the attach brings.
func (a *attaching) open(ctx context.Context) {
	o := &replay{
		link: a.link, target: a.target, tail: a.opts.Tail, tty: a.opts.TTY, piped: a.opts.Piped, out: a.out, gate: a.gate, first: a.first, ended: a.ended,
		lost: func() bool { return a.result() != nil },
	}
	if o.limit = maxLog; o.piped {
		o.limit = maxPipedLog
	}
	if a.opts.Expected {
		o.front = a.front
	}
	if len(a.opts.Exec) > 0 {
		o.tail = -1
	}
	if o.streams = a.gate.record; o.streams != nil && a.opts.Tail != 0 {
		o.streams.Tear() // it has printed more than is shown
	}
	if a.resume {
		o.tail, o.resume, o.whole = resumeTail, true, a.opts.Tail == 0
		o.shown, o.total = a.out.seen()
		select {
		case <-a.up:
			a.tellReturn()
		case <-a.ended:
		case <-ctx.Done():
		}
	}
	var err error
	if panicked := caught(func() { err = o.run(ctx) }); panicked != nil {
		err = panicked
	}
	if err != nil {
		a.note(func(now *Snapshot) { now.LogErr = err })
	}
	switch {
	case o.lacks:
		a.out.Note("dayfly: output may be missing here: the log no longer holds all that was printed meanwhile")
	case a.resume && errors.Is(err, errLogLate):
		a.out.Note("dayfly: output may be missing here: the node wrote the log too late")
	}
}

// tellReturn marks the place where the link was gone.
func (a *attaching) tellReturn() {
	a.mu.Lock()
	gone, first := a.life.Since().Sub(a.life.Broke), a.life.Broke.IsZero()
	a.mu.Unlock()
	if first {
		return // there was no link before
	}
	a.out.Note("dayfly: attached again after " + lasted(gone))
}

// depart waits for the attach to end, now that its input has. cancel is the last means; after that it is given up.
func (a *attaching) depart(cancel func()) {
	patience := detachPatience
	if len(a.opts.Exec) > 0 {
		patience = shellPatience
	}
	if a.opts.ReadOnly || a.opts.InputOnce || !closedWithin(a.ended, patience) {
		cancel()
		closedWithin(a.ended, cancelPatience)
	}
}

// result is what the attach has returned; nothing of one that was given up.
func (a *attaching) result() error {
	if !isClosed(a.ended) {
		return nil
	}
	return a.err
}

func closedWithin(c <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
		return isClosed(c)
	}
}
