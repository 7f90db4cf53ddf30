package session

import (
	"io"
	"sync"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// maxGated bounds what an attach may bring while the log is read; then the link waits.
const maxGated = 1 << 20

// gate is where an attach writes. At first it keeps what comes; once it is open, bytes go straight through. It may be written from
// two goroutines, for a program without a terminal has two streams.
type gate struct {
	came func()

	mu     sync.Mutex
	cond   *sync.Cond
	buf    []byte
	isOpen bool
	closed bool
	total  int64
	last   byte // the last one that came

	// out is locked while the terminal is written to, which may take long; mu never is.
	out  sync.Mutex
	w    sink
	crlf bool // the program has no terminal that would turn LF into CR LF
	cr   bool
	line []byte
	skip int // bytes that are not CR and have been shown already
}

// sink takes the output of a program: what it prints now, and what it had printed before.
type sink interface {
	io.Writer
	Past(p []byte)
}

// newGate calls came once, when the first bytes have come.
func newGate(w sink, crlf bool, came func()) *gate {
	t := &gate{w: w, crlf: crlf, came: sync.OnceFunc(came)}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// Write takes all of p. Its error is the terminal's, or that nobody listens any more.
func (t *gate) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	through, err := t.take(p)
	if err != nil {
		return 0, err
	}
	if through {
		t.out.Lock()
		defer t.out.Unlock()
		if err := t.show(p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// take keeps p, or says that it can go through.
func (t *gate) take(p []byte) (through bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.isOpen && !t.closed && len(t.buf) >= maxGated {
		t.cond.Wait()
	}
	if t.closed {
		return false, io.ErrClosedPipe
	}
	t.total += int64(len(p))
	t.last = p[len(p)-1]
	if !t.isOpen {
		t.buf = append(t.buf, p...)
		t.came()
	}
	return t.isOpen, nil
}

// show writes p to the terminal. The lock out is held.
func (t *gate) show(p []byte) error {
	for t.skip > 0 && len(p) > 0 {
		if p[0] != '\r' {
			t.skip--
		}
		p = p[1:]
	}
	if t.crlf {
		t.line, t.cr = vt.AppendCRLF(t.line[:0], p, t.cr)
		p = t.line
	}
	return writeAll(t.w, p)
}

// snapshot is what has come so far. It is not changed later.
func (t *gate) snapshot() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf[:len(t.buf):len(t.buf)]
}

// open shows past, then what has come without the first skip bytes that are not CR, and lets everything later through.
func (t *gate) open(past []byte, skip int) error {
	t.out.Lock()
	defer t.out.Unlock()
	t.mu.Lock()
	again, buf := t.isOpen, t.buf
	t.isOpen, t.buf = true, nil
	t.cond.Broadcast()
	t.mu.Unlock()
	if again {
		return nil
	}
	t.skip = skip
	t.w.Past(past)
	return t.show(buf)
}

// opened reports whether what comes is shown.
func (t *gate) opened() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.isOpen
}

// forget drops what has come and is not shown yet.
func (t *gate) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = nil
}

// close ends the gate: later writes fail.
func (t *gate) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.cond.Broadcast()
}

// inLine reports whether something has come and does not end with a line: most likely a prompt.
func (t *gate) inLine() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total > 0 && t.last != '\n'
}
