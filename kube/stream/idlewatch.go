package stream

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// idlePatience is how closely the link of an attach is watched.
type idlePatience struct {
	look    time.Duration // from one look to the next
	silence time.Duration // of a connection until it is dead; the other side answers a ping each 5 s
	woken   time.Duration // the same, after this machine has slept
	slept   time.Duration // by how much a look is late when it has
	quiet   time.Duration // of the program until the node is asked, and from one question to the next
	answer  time.Duration // how long the node has for an answer
	upgrade time.Duration // how long a server has to agree to switch protocols when its node answers, and then to speak the new one

	wall func() time.Time // the clock on the wall, which goes on while this machine sleeps
}

// defaultIdlePatience notices within 10 s, also when quiet and answer have to be waited for one after the other.
func defaultIdlePatience() idlePatience {
	return idlePatience{
		look: 500 * time.Millisecond, silence: 9 * time.Second, woken: 6 * time.Second, slept: 3 * time.Second,
		quiet: 4 * time.Second, answer: 5 * time.Second, upgrade: 4 * time.Second,
		wall: func() time.Time { return time.Now().Round(0) }, // without its monotonic part
	}
}

// silentError is what an idle watch has noticed: the link is dead.
type silentError string

func (s silentError) Error() string { return string(s) }

// idleWatch watches the link of one attach. It is the business of one goroutine.
type idleWatch struct {
	idlePatience
	link  *link
	out   *meter
	probe func(ctx context.Context) (probeResult, error)

	last, lastWall time.Time // the look before
	proven         bool      // the node has answered once, so that it means something when it does not
	slow           bool      // it has taken long for an answer, so that it means something only when it does not twice
	missed         int       // answers in a row
	asked          time.Time // when it was asked last; zero: it shall be asked at once
	answers        chan answerOfNode
	forget         context.CancelFunc // the question under way; nil: there is none
	asking         sync.WaitGroup
}

type answerOfNode struct {
	heard probeResult
	err   error
}

// watch returns what it has noticed, or nil when ctx is done first.
func (v *idleWatch) watch(ctx context.Context) error {
	ticks := time.NewTicker(v.look)
	defer ticks.Stop()
	defer v.asking.Wait()
	defer v.dismiss()
	v.last, v.lastWall = time.Now(), v.wall()
	for {
		var answer *answerOfNode
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		case a := <-v.answers:
			answer = &a
		}
		if err := v.consider(v.link.monitor(), answer); err != nil {
			return err
		}
		v.ask(ctx)
	}
}

// consider judges what is known at a look, or when the node has answered.
func (v *idleWatch) consider(p *linkMonitor, answer *answerOfNode) error {
	woken := v.overslept()
	switch {
	case p == nil: // the streams are not open yet
		return nil
	case woken: // what is older says nothing: all may be well
		v.dismiss()
		v.asked = time.Time{}
		p.suspect()
	case answer != nil:
		v.dismiss()
		if err := v.take(*answer); err != nil {
			return err
		}
	}
	return v.listen(p)
}

// overslept reports whether this machine, or this process, has not run for a while. Which of the two clocks goes on meanwhile differs
// between systems.
func (v *idleWatch) overslept() bool {
	now, wall := time.Now(), v.wall()
	gap := max(now.Sub(v.last), wall.Sub(v.lastWall))
	v.last, v.lastWall = now, wall
	return gap > v.look+v.slept
}

// listen judges the silence of the connection. It does not count while our own side has no room for output: then it does not read,
// and over SPDY it may not even ask.
func (v *idleWatch) listen(p *linkMonitor) error {
	silence, doubted := p.silence()
	limit, since := v.silence, ""
	if doubted {
		limit, since = v.woken, ", since this machine was asleep"
	}
	if min(silence, v.out.idle()) >= limit {
		return silentError(fmt.Sprintf("nothing has come from the API server for %s%s", limit, since))
	}
	return nil
}

// ask sends a question to the node when it is time: at first, until it has answered once, on waking up, and when nothing has come from the program
// for a while.
func (v *idleWatch) ask(ctx context.Context) {
	due := v.asked.IsZero() || (!v.proven || v.out.idle() >= v.quiet) && time.Since(v.asked) >= v.quiet
	if v.probe == nil || v.forget != nil || !due || v.link.monitor() == nil {
		return
	}
	v.asked = time.Now()
	ctx, v.forget = context.WithCancel(ctx)
	answers, sound := make(chan answerOfNode, 1), v.probe
	v.answers = answers
	v.asking.Go(func() {
		heard, err := sound(ctx)
		answers <- answerOfNode{heard, err}
	})
}

// dismiss ends the question under way, if there is one, and makes its answer of no interest.
func (v *idleWatch) dismiss() {
	if v.forget != nil {
		v.forget()
	}
	v.answers, v.forget = nil, nil
}

// take judges an answer. A node that has never answered, in a cluster where logs do not work, is not missed when it does not;
// nor is one from which output has come meanwhile. One that has been slow before is busy rather than gone, and asked once more.
func (v *idleWatch) take(a answerOfNode) error {
	switch a.heard {
	case soundNode:
		v.proven, v.missed, v.slow = true, 0, v.slow || time.Since(v.asked) > v.answer/3
	case soundNever:
		v.probe = nil
	case soundSilence:
		if !v.proven || v.out.idle() < time.Since(v.asked) {
			return nil
		}
		if v.missed++; v.missed > 1 || !v.slow {
			return silentError(nodeSilent(a.err))
		}
	}
	return nil
}
