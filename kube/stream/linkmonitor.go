package stream

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// linkMonitor is the connection that the streams of an attach run over, below its TLS, and knows how long the other side has been silent.
type linkMonitor struct {
	net.Conn
	up     chan struct{} // closed when the server has agreed to switch protocols: before that there is nothing that would have to come
	proven chan struct{} // closed when the other side has spoken the new protocol: before that it may be anything that says yes

	mu        sync.Mutex
	pongs     int       // read deadlines that client-go has set: one at the start, and one with each answer to a ping
	waiting   bool      // somebody is in Read
	since     time.Time // since when
	suspected bool      // nothing has come since the doubt
}

func newLinkMonitor(conn net.Conn) *linkMonitor {
	return &linkMonitor{Conn: conn, up: make(chan struct{}), proven: make(chan struct{})}
}

// prove notes that the other side has spoken the new protocol.
func (p *linkMonitor) prove() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proveLocked()
}

func (p *linkMonitor) proveLocked() {
	select {
	case <-p.proven:
	default:
		close(p.proven)
	}
}

// Read is where the other side is heard.
func (p *linkMonitor) Read(b []byte) (int, error) {
	p.mu.Lock()
	p.waiting, p.since = true, time.Now()
	p.mu.Unlock()
	n, err := p.Conn.Read(b)
	p.mu.Lock()
	p.waiting, p.suspected = false, p.suspected && n == 0
	p.mu.Unlock()
	return n, err
}

// SetReadDeadline sets none: client-go sets one of a minute with each answer to its pings, which it does not read while our own
// side has no room for the output. How long silence may last is judged by its idle watch. But the call tells that a pong has come, which
// client-go keeps to itself: the first call is that of the beginning.
func (p *linkMonitor) SetReadDeadline(time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pongs++; p.pongs > 1 {
		p.proveLocked()
	}
	return nil
}

// silence is how long the other side is being waited for; zero while nobody waits, as when the terminal has stopped the output.
func (p *linkMonitor) silence() (d time.Duration, doubted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		d = time.Since(p.since)
	}
	return d, p.suspected
}

// suspect lets the silence begin now.
func (p *linkMonitor) suspect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since, p.suspected = time.Now(), true
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// link is the way of one attach to the API server. What is tried one after the other dials by it: the last connection counts.
type link struct {
	dialer dialFunc

	mu     sync.Mutex
	last   *linkMonitor
	dialed chan *linkMonitor // has the connection of the present attempt, once there is one
	ended  bool              // abandoned: nothing is dialled any more
	wrong  error             // of an answer that is not gone on with
}

// refuse keeps the error of such an answer.
func (l *link) refuse(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = err
}

func (l *link) refusal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrong
}

// begin makes room for the next attempt.
func (l *link) begin() (dialed <-chan *linkMonitor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.dialed = nil, make(chan *linkMonitor, 1)
	return l.dialed
}

// drop ends the connection of an attempt that has failed, and tells whether there was one.
func (l *link) drop() (dialed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last != nil {
		_ = l.last.Close()
	}
	return l.last != nil
}

// proven reports whether the other side has spoken the new protocol.
func (l *link) proven() bool {
	p := l.monitor()
	if p == nil {
		return false
	}
	select {
	case <-p.proven:
		return true
	default:
		return false
	}
}

// prove notes that it has.
func (l *link) prove() {
	if p := l.monitor(); p != nil {
		p.prove()
	}
}

// dial connects to the API server, or to the proxy before it.
func (l *link) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.dialer(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		_ = conn.Close() // nothing has been sent
		return nil, net.ErrClosed
	}
	l.last = newLinkMonitor(conn)
	select {
	case l.dialed <- l.last:
	default: // a second connection of one attempt, or nobody waits
	}
	return l.last, nil
}

// opened says that the streams run over the last connection.
func (l *link) opened() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.last.up)
}

// monitor is the connection of the streams; nil: they are not open.
func (l *link) monitor() *linkMonitor {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		return nil
	}
	select {
	case <-l.last.up:
		return l.last
	default:
		return nil
	}
}

// abandon ends the connection at once when it is dead, or still waits for its streams, which is not to be interrupted otherwise. Else
// it sees to it that the farewell does not wait for a network that takes nothing.
func (l *link) abandon(dead bool) {
	open := l.monitor()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	switch {
	case l.last == nil:
	case dead, open == nil:
		_ = l.last.Close() // nobody listens
	default:
		_ = l.last.SetWriteDeadline(time.Now().Add(time.Second)) // or it is closed already
	}
}

// meter passes on what a program writes, and knows how long nothing has come of it.
type meter struct {
	to io.Writer

	mu      sync.Mutex
	writing int // Writes under way: without a terminal there are two streams
	last    time.Time
}

func newMeter(to io.Writer) *meter { return &meter{to: to, last: time.Now()} }

func (m *meter) Write(b []byte) (int, error) {
	m.step(1)
	defer m.step(-1)
	return m.to.Write(b)
}

// metered passes on the other stream of a program, whose output counts as well.
type metered struct {
	*meter
	to io.Writer
}

func (m metered) Write(b []byte) (int, error) {
	m.step(1)
	defer m.step(-1)
	return m.to.Write(b)
}

func (m *meter) step(writing int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writing += writing
	m.last = time.Now()
}

// idle is how long ago the last output was taken; zero while some is being taken.
func (m *meter) idle() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.writing > 0 {
		return 0
	}
	return time.Since(m.last)
}
