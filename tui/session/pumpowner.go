package session

import (
	"io"
	"time"
)

// hold takes the input away from the interface and returns when it has noticed: when its Read has returned io.EOF with nothing
// read. Everything it got before has then gone past the point where a cancelled reader would drop it. An interface that is in
// the middle of a sequence or of a paste is given the rest first.
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
	p.torn.reset()
	p.pasting = false
	p.owner = ownerUI
	p.notify()
}

// readUI is Read for the interface.
func (p *pump) readUI(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var deadline time.Time
	var timer <-chan time.Time
	for {
		leaving := p.owner == ownerLeaving
		switch {
		case p.owner == ownerSession:
			return 0, io.EOF
		case len(p.buf) > 0 && (!leaving || p.mid()):
			return p.giveUI(b), nil
		case p.err != nil:
			p.leave()
			return 0, p.err
		case leaving && !p.mid(), leaving && timer != nil && !time.Now().Before(deadline):
			p.leave()
			return 0, io.EOF
		case leaving && timer == nil:
			deadline = time.Now().Add(tornPatience)
			timer = time.After(tornPatience)
		}
		p.await(nil, timer)
	}
}

// leave tells hold that the interface has seen the end. The lock is held.
func (p *pump) leave() {
	if p.owner == ownerLeaving {
		p.owner = ownerSession
		close(p.left)
	}
}

// mid says whether the interface has been given a part of something. The lock is held.
func (p *pump) mid() bool { return p.pasting || p.torn.inside() }

// giveUI moves bytes to the interface; when it is leaving, only the rest of what it has begun. The lock is held.
func (p *pump) giveUI(b []byte) int {
	n := 0
	for n < len(b) && n < len(p.buf) {
		if p.owner == ownerLeaving && !p.mid() {
			break
		}
		n += p.follow(p.buf[n])
	}
	copy(b, p.buf[:n])
	p.buf = p.buf[:copy(p.buf, p.buf[n:])]
	p.notify()
	return n
}

// follow notes one byte for mid and returns 1, or 0 where a torn sequence turns out to have ended before it.
func (p *pump) follow(b byte) int {
	switch p.torn.next(b) {
	case tokenBroken:
		p.torn.broken()
		return 0
	case tokenDone:
		switch string(p.torn.seq) {
		case pasteBegin:
			p.pasting = true
		case pasteEnd:
			p.pasting = false
		}
		if reportKind(p.torn.seq) == askMouse {
			p.moused = time.Now()
		}
		p.torn.reset()
	}
	return 1
}

// lastMouse is when the interface has last been given a report of the mouse.
func (p *pump) lastMouse() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.moused
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
