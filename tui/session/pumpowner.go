package session

import (
	"io"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// idlePatience is how long the word that there is nothing to read is waited for.
const idlePatience = 100 * time.Millisecond

// hold takes the input away from the interface and returns when it has noticed: when its Read has returned io.EOF with nothing
// read. Everything it got before has then gone past the point where a cancelled reader would drop it. An interface that is in
// the middle of a paste is given the rest first.
func (p *pump) hold() error {
	p.mu.Lock()
	left := make(chan struct{})
	p.left, p.owner = left, ownerLeaving
	p.notify()
	p.mu.Unlock()
	timer := time.NewTimer(holdPatience)
	defer timer.Stop()
	select {
	case <-left:
		return nil
	case <-timer.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owner == ownerSession {
		return nil
	}
	p.owner = ownerUI
	p.notify()
	return errBusyUI
}

// giveBack makes the interface the owner again; rest, which comes before everything unread, is what it reads first.
func (p *pump) giveBack(rest []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(rest) > 0 {
		p.buf = append(append(make([]byte, 0, len(rest)+len(p.buf)), rest...), p.buf...)
	}
	p.frames.Reset()
	p.ready = nil
	p.arrived = time.Now()
	p.owner = ownerUI
	p.notify()
}

// seize takes the input away from an interface that has ended.
func (p *pump) seize() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
	p.owner = ownerSession
	p.notify()
}

// readUI is Read for the interface. It gets whole sequences only: Bubble Tea takes what it has for keys after 50 ms, and over a network a
// sequence may take longer.
func (p *pump) readUI(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if p.owner == ownerSession {
			return 0, io.EOF
		}
		due := p.cut(len(b))
		switch leaving := p.owner == ownerLeaving; {
		case len(p.ready) > 0:
			n := copy(b, p.ready)
			p.ready = p.ready[n:]
			p.notify()
			return n, nil
		case p.err != nil && due.IsZero():
			p.leave()
			return 0, p.err
		case leaving && !p.frames.Pasting, leaving && time.Since(p.arrived) >= vt.SequencePatience:
			p.leave()
			return 0, io.EOF
		case leaving:
			due = p.arrived.Add(vt.SequencePatience)
		}
		p.awaitUntil(due)
	}
}

// awaitUntil is await with a time; zero: without.
func (p *pump) awaitUntil(due time.Time) {
	if due.IsZero() {
		p.await(nil, nil)
		return
	}
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	p.await(nil, timer.C)
}

// cut moves what is whole from buf to ready, up to about limit bytes; of an interface that is leaving, only the rest of a paste that it has
// begun. due is when the beginning of a sequence at the front of buf will not be waited for any longer; zero: there is none. The lock is held.
func (p *pump) cut(limit int) (due time.Time) {
	for len(p.ready) < limit && len(p.buf) > 0 && (p.owner != ownerLeaving || p.frames.Pasting) {
		var n int
		p.ready, n = p.frames.Next(p.ready, p.buf)
		if n == 0 {
			patience := p.frames.Patience(p.buf)
			due = p.arrived.Add(patience)
			switch {
			case p.err != nil:
			case patience == 0:
				return time.Time{}
			case time.Now().Before(due):
				return due
			case !p.parked && p.idle.Before(due) && time.Now().Before(due.Add(idlePatience)) && p.src.Interrupt():
				// On a busy machine the rest may have come, and not been read yet.
				return due.Add(idlePatience)
			}
			p.ready, n = p.frames.GiveUp(p.ready, p.buf)
		}
		p.buf = p.buf[n:]
	}
	return time.Time{}
}

// leave tells hold that the interface has seen the end. The lock is held.
func (p *pump) leave() {
	if p.owner == ownerLeaving {
		p.owner = ownerSession
		close(p.left)
	}
}

// lastMouse is when the interface has last been given a report of the mouse.
func (p *pump) lastMouse() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frames.Moused
}

// take is Read for the session: everything that has come. It waits for it until stop is closed (errStopped) or, when wait is not 0,
// so long (errNoMore).
func (p *pump) take(stop <-chan struct{}, wait time.Duration) ([]byte, error) {
	var timer <-chan time.Time
	var deadline time.Time
	if wait > 0 {
		deadline = time.Now().Add(wait)
		timer = time.After(wait)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case isClosed(stop):
			return nil, errStopped
		case len(p.buf) > 0:
			taken := p.buf
			p.buf = nil
			p.notify()
			return taken, nil
		case p.err != nil:
			return nil, p.err
		case timer != nil && !time.Now().Before(deadline):
			return nil, errNoMore
		}
		p.await(stop, timer)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
