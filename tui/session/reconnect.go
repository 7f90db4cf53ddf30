package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

const (
	// How long the cluster may take to tell that a program has ended whose streams have: by themselves, or because of the link.
	endPatience  = 2500 * time.Millisecond
	exitPatience = 5 * time.Second // of streams that have ended well: it most likely has, and a busy kubelet takes its time to say so
	lossPatience = 500 * time.Millisecond

	// gatewayPatience is how long a first attach is tried again that a gateway does not let through.
	gatewayPatience = 3 * time.Second

	firstPause = 250 * time.Millisecond // before a lost link is tried again
	maxPause   = 3 * time.Second
	// resumeTail is how many lines of the log are read first to go on after a loss.
	resumeTail = 2000
	// resumeSeen is how many bytes of what was shown are looked for in the log.
	resumeSeen = 16 << 10
	// maxRefusals is how often a program may be refused that nobody can say the end of.
	maxRefusals = 5
)

// reconnect attaches, and attaches again, until the program has ended or nobody wants it any more.
func (s *Session) reconnect(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := &reconnector{Session: s, watch: &endWatch{ended: make(chan struct{})}, began: time.Now()}
	for k.once(ctx) {
		s.event(Retries)
	}
}

// reconnector is what is remembered from one attach to the next.
type reconnector struct {
	*Session
	watch    *endWatch
	ever     bool          // it has been attached
	refusals int           // in a row
	pause    time.Duration // before the next try
	told     int           // so many losses
	began    time.Time
	unopened bool // a first attach that has not come about has been told
}

// once attaches once and tells whether to do so again, after a pause.
func (k *reconnector) once(ctx context.Context) (again bool) {
	printed, _, _ := k.out.counts() // the log can be there without an attach
	up, err := false, k.reach(ctx)
	if err == nil {
		if up, err = k.attach(ctx, k.ever || printed > 0); err != nil && !kube.Passing(err) {
			k.refusals++
		}
	}
	if err != nil && !kube.Answered(err) && !stream.Said(err) {
		k.broke.Store(true)
	}
	if up {
		k.pause, k.refusals, k.ever = 0, 0, true
	}
	switch {
	case k.unwanted(ctx):
		return false
	case err == nil && len(k.opts.Exec) > 0:
		k.event(Ends)
		return false
	case len(k.opts.Exec) > 0, errors.Is(err, kube.ErrGuarded), isPanic(err):
		k.fail(err)
		return false
	}
	k.watch.start(ctx, k.Session)
	if k.over(k.watch, patienceFor(err)) {
		k.finish(ctx, err)
		return false
	}
	if !k.ever && k.permanent(err) {
		k.fail(err)
		return false
	}
	if k.refusals > maxRefusals && k.ever {
		k.refused(ctx, err)
		return false
	}
	k.lost(err)
	k.pause = min(max(2*k.pause, firstPause), maxPause)
	k.rest(ctx)
	if k.over(k.watch, k.patienceBehind()) {
		k.finish(ctx, err)
		return false
	}
	return !k.unwanted(ctx)
}

// permanent reports whether a first attach need not be tried again: it was refused, or a gateway does not let it through. What is only to be printed
// is waited for all the same, as the log has it in the end.
func (k *reconnector) permanent(err error) bool {
	gateway := errors.Is(err, stream.ErrGateway)
	if gateway && k.opts.Piped && k.opts.ReadOnly {
		return false
	}
	return k.refusals > 0 || gateway && time.Since(k.began) >= gatewayPatience
}

// refused gives up, as the program must have ended, though nobody can say how; or nobody may attach to it any more, and it runs on.
func (k *reconnector) refused(ctx context.Context, err error) {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	if ending, _ := k.link.AwaitExit(ctx, k.target); ending.Running {
		k.note(func(now *Snapshot) { now.Ending = ending })
		k.fail(err)
		return
	}
	k.event(Ends)
}

// finish shows the rest of what a program has printed whose last link broke, or that has ended before there was one. Where a program reads
// it and nothing has come at all, the log is read once more: streams can end before the runtime has written the log, and a log that was
// still empty looks like that of a program that has printed nothing.
func (k *reconnector) finish(ctx context.Context, lost error) {
	printed, _, _ := k.out.counts()
	if k.broke.Load() && k.opts.InputOnce && !k.opts.ReadOnly && !k.keys.passed() { // it may have ended because its input did
		k.note(func(now *Snapshot) { now.InputCut = true })
	}
	if lost != nil || k.opts.Piped && printed == 0 && len(k.opts.Exec) == 0 {
		k.catchUp(ctx)
	}
}

// reach asks, behind a loss, whether there is a way to attach by. Otherwise what is typed meanwhile would be taken, and lost.
func (k *reconnector) reach(ctx context.Context) error {
	if !k.ever {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-k.leave:
		case <-k.watch.ended:
		case <-ctx.Done():
		}
	}()
	return k.link.Alive(ctx, k.target)
}

// unwanted reports whether nobody wants the session any more.
func (k *reconnector) unwanted(ctx context.Context) bool {
	if ctx.Err() == nil && !isClosed(k.leave) {
		return false
	}
	k.note(func(now *Snapshot) { now.Left = true })
	return true
}

// lost tells the loss, once for each.
func (k *reconnector) lost(err error) {
	cut := k.broke.Load() && k.opts.InputOnce && k.fed.Load() && !k.keys.passed()
	k.note(func(now *Snapshot) { now.Trouble, now.InputCut = err, now.InputCut || cut })
	if !k.ever {
		k.notYet(err)
		return
	}
	if life := k.event(Loses); life.Losses > k.told {
		k.told = life.Losses
		k.out.Note("dayfly: the link is lost; attaching again as long as the program runs…")
	}
}

// notYet tells once that there is no link yet.
func (k *reconnector) notYet(err error) {
	if k.unopened || err == nil {
		return
	}
	k.unopened = true
	words := "trying again"
	if k.opts.Piped && k.opts.ReadOnly {
		words = "its output is shown when it has ended"
	}
	k.out.Note("dayfly: not attached: " + kube.Explain(err).Message + "; " + words)
}

// rest waits before the next try.
func (k *reconnector) rest(ctx context.Context) {
	timer := time.NewTimer(k.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-k.leave:
	case <-k.watch.ended:
	}
}

// patienceFor is how long is waited for the news that the program has ended.
func patienceFor(err error) time.Duration {
	if err == nil {
		return exitPatience
	}
	return lossPatience
}

// patienceBehind is how long is waited, behind a loss, for the news that the program has ended meanwhile. One whose input comes once may have
// seen the end of it then: what the next attach would bring it is nothing that it reads.
func (k *reconnector) patienceBehind() time.Duration {
	if k.broke.Load() && k.opts.InputOnce && !k.opts.ReadOnly && !k.fed.Load() {
		return endPatience
	}
	return 0
}

func isPanic(err error) bool {
	var panicked *PanicError
	return errors.As(err, &panicked)
}

// endWatch waits for the end of the program.
type endWatch struct {
	begun  bool
	ended  chan struct{} // closed when ending is known
	ending kube.Ending
}

// start begins to watch; it is begun once. A program is not watched while it is attached: its streams tell.
func (w *endWatch) start(ctx context.Context, s *Session) {
	if w.begun {
		return
	}
	w.begun = true
	go func() {
		for ctx.Err() == nil {
			ending, err := s.link.AwaitExit(ctx, s.target)
			if ending.Exit != nil || ending.Gone {
				w.ending = ending
				close(w.ended)
				return
			}
			s.note(func(now *Snapshot) { now.Ending, now.Trouble = ending, err })
			sleep(ctx, maxPause)
		}
	}()
}

// over waits for the end of the program and tells whether it has come.
func (s *Session) over(watch *endWatch, patience time.Duration) bool {
	select {
	case <-s.leave:
	default:
		closedWithin(watch.ended, patience)
	}
	if !isClosed(watch.ended) {
		return false
	}
	s.note(func(now *Snapshot) { now.Ending, now.Trouble = watch.ending, nil })
	s.event(Ends)
	return true
}

// lasted is a time between two events in words.
func lasted(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
