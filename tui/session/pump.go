package session

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// source is the terminal's input. Close makes a blocked Read return, and Interrupt does: with errInterrupted where there is nothing to read, and
// errUnread where there is. One that comes when nothing is read counts for the next Read. Interrupt reports whether it can do so.
type source interface {
	io.Reader
	Interrupt() bool
	Close() error
}

// owner is who gets the pump's bytes.
type owner int

const (
	ownerUI      owner = iota
	ownerLeaving       // the interface's, up to the end of what it has half read
	ownerSession
)

const (
	pumpChunk = 4096
	pumpAhead = 1 << 20 // so much may lie unread; then the pump stops reading
)

// holdPatience is how long the interface may take to see the end of its input.
const holdPatience = 2 * time.Second

var (
	errBusyUI  = errors.New("the interface does not let go of the keyboard")
	errNoMore  = errors.New("nothing more for now")
	errStopped = errors.New("stopped")

	errInterrupted = errors.New("interrupted")
	errUnread      = errors.New("interrupted before input that is there")
)

// pump is the one reader of the terminal's input, from the start of the process to its end. Its bytes go to the
// interface or to the session in the foreground. There is no second reader, so that no key can be eaten by the wrong one, and
// changing the owner loses nothing: a byte is taken by its owner or it stays.
type pump struct {
	src source

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever something below changes
	owner   owner
	buf     []byte
	err     error // of the source, for whoever reads next; sticky
	stopped bool
	paused  bool          // nothing may be read
	parked  bool          // nothing is read, because of that
	arrived time.Time     // when the last of buf has come
	idle    time.Time     // when an interrupt has last found nothing to read
	frames  vt.Framer     // cuts what the interface gets
	ready   []byte        // of buf, cut and not yet given
	left    chan struct{} // closed when the interface has seen the end of its input
}

func newPump(src source) *pump {
	return &pump{src: src, changed: make(chan struct{})}
}

// run reads until the terminal ends or stop is called.
func (p *pump) run() {
	defer p.src.Close() //nolint:errcheck // nothing was written
	chunk := make([]byte, pumpChunk)
	for p.room() {
		n, err := p.src.Read(chunk)
		switch {
		case errors.Is(err, errUnread):
			continue
		case errors.Is(err, errInterrupted):
			p.mu.Lock()
			p.idle = time.Now()
			p.notify()
			p.mu.Unlock()
			continue
		}
		p.mu.Lock()
		p.buf = append(p.buf, chunk[:n]...)
		p.arrived = time.Now()
		if err != nil && p.err == nil {
			p.err = err
		}
		p.notify()
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// room waits until the unread bytes are few enough and reading is allowed, and says whether to go on.
func (p *pump) room() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for (p.paused || len(p.buf) >= pumpAhead) && !p.stopped {
		if p.paused != p.parked {
			p.parked = p.paused
			p.notify()
		}
		p.await(nil, nil)
	}
	p.parked = false
	return !p.stopped
}

// pause returns when nothing is read any more: what is typed from here on stays with the terminal, for whoever reads it.
func (p *pump) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = true
	p.src.Interrupt()
	p.notify()
	for !p.parked && !p.stopped && p.err == nil {
		p.await(nil, nil)
	}
}

// goOn ends a pause.
func (p *pump) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = false
	p.notify()
}

// forget drops what has been read and not taken.
func (p *pump) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buf = nil
}

// stop ends the pump; its readers see io.EOF.
func (p *pump) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	p.stopped = true
	if p.err == nil {
		p.err = io.EOF
	}
	p.notify()
	_ = p.src.Close()
}

// notify wakes everyone in await. The lock is held.
func (p *pump) notify() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// await gives the lock away until something has changed, stop is closed or the timer has fired.
func (p *pump) await(stop <-chan struct{}, timer <-chan time.Time) {
	changed := p.changed
	p.mu.Unlock()
	select {
	case <-changed:
	case <-stop:
	case <-timer:
	}
	p.mu.Lock()
}
