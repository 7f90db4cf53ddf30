package session

import (
	"io"
	"sync"

	"github.com/dayfly-k8s/dayfly/tui/session/join"
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
	bufs   [2][]byte // of each stream
	runs   []run     // in which order they came
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
	skip [2]int // bytes of each stream that are not CR and have been shown already

	record *join.Record // of what is shown of two streams; nil where there is one
}

// run is a part of what has come, of one stream.
type run struct{ stream, length int }

// errorStream is the gate of a program's other stream.
type errorStream struct{ *gate }

// Write is [gate.Write].
func (t errorStream) Write(p []byte) (int, error) { return t.write(1, p) }

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
func (t *gate) Write(p []byte) (int, error) { return t.write(0, p) }

func (t *gate) write(stream int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	through, err := t.take(stream, p)
	if err != nil {
		return 0, err
	}
	if through {
		t.out.Lock()
		defer t.out.Unlock()
		if err := t.show(stream, p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// take keeps p, or says that it can go through.
func (t *gate) take(stream int, p []byte) (through bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.isOpen && !t.closed && len(t.bufs[0])+len(t.bufs[1]) >= maxGated {
		t.cond.Wait()
	}
	if t.closed {
		return false, io.ErrClosedPipe
	}
	t.total += int64(len(p))
	t.last = p[len(p)-1]
	if !t.isOpen {
		t.bufs[stream] = append(t.bufs[stream], p...)
		if n := len(t.runs); n > 0 && t.runs[n-1].stream == stream {
			t.runs[n-1].length += len(p)
		} else {
			t.runs = append(t.runs, run{stream, len(p)})
		}
		t.came()
	}
	return t.isOpen, nil
}

// show writes p to the terminal. The lock out is held.
func (t *gate) show(stream int, p []byte) error {
	for t.skip[stream] > 0 && len(p) > 0 {
		if p[0] != '\r' {
			t.skip[stream]--
		}
		p = p[1:]
	}
	t.note(stream, p)
	if t.crlf {
		t.line, t.cr = vt.AppendCRLF(t.line[:0], p, t.cr)
		p = t.line
	}
	return writeAll(t.w, p)
}

// note keeps in mind that p is shown. A gate that is closed has no say in that: the next attach may have begun.
func (t *gate) note(stream int, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.record != nil && !t.closed {
		t.record.Write(stream, p)
	}
}

// snapshot is what has come so far on the first stream. It is not changed later.
func (t *gate) snapshot() []byte { return t.snapshots()[0] }

// snapshots are what has come on both.
func (t *gate) snapshots() (bufs [2][]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, buf := range t.bufs {
		bufs[i] = buf[:len(buf):len(buf)]
	}
	return bufs
}

// open shows past, then what has come without the first skip bytes of each stream that are not CR, and lets everything later through.
func (t *gate) open(past []byte, skip ...int) error {
	t.out.Lock()
	defer t.out.Unlock()
	t.mu.Lock()
	again, bufs, runs := t.isOpen, t.bufs, t.runs
	t.isOpen, t.bufs, t.runs = true, [2][]byte{}, nil
	t.cond.Broadcast()
	t.mu.Unlock()
	if again {
		return nil
	}
	copy(t.skip[:], skip)
	t.w.Past(past)
	for _, run := range runs {
		if err := t.show(run.stream, bufs[run.stream][:run.length]); err != nil {
			return err
		}
		bufs[run.stream] = bufs[run.stream][run.length:]
	}
	return nil
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
	t.bufs, t.runs = [2][]byte{}, nil
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
