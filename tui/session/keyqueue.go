package session

import (
	"io"
	"sync"
)

// maxKeysAhead bounds what a program has not read yet. It is room for a large paste: while it is full, no key is looked at, the
// detach key neither.
const maxKeysAhead = 4 << 20

// keyQueue is what has been typed for the program and not been sent yet.
type keyQueue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	buf    []byte
	pushed bool // something has come
	ended  bool // nothing more will come
	told   bool // and an attach has learned it
	shut   bool // nobody will read
	reader *keyReader
}

func newKeyQueue() *keyQueue {
	q := &keyQueue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

// push adds b, waiting for room while there is a program to read. What nobody will read is dropped.
func (q *keyQueue) push(b []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.buf) > 0 && len(q.buf)+len(b) > maxKeysAhead && !q.shut {
		q.cond.Wait()
	}
	if q.shut {
		return
	}
	q.pushed = q.pushed || len(b) > 0
	q.buf = append(q.buf, b...)
	q.cond.Broadcast()
}

// end lets readers see io.EOF behind what has been pushed.
func (q *keyQueue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.cond.Broadcast()
}

// passed reports whether an attach has read all that will ever come. Of no input at all nothing can be missing.
func (q *keyQueue) passed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.told || q.ended && !q.pushed
}

// close lets readers see io.EOF at once.
func (q *keyQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.reader, q.shut = nil, true
	q.cond.Broadcast()
}

// open makes a reader; the one before, if any, reads io.EOF from now on.
func (q *keyQueue) open() *keyReader {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := &keyReader{q: q}
	if !q.shut {
		q.reader = r
	}
	q.cond.Broadcast()
	return r
}

// keyReader reads the queue for one attach. An attach may leave a Read behind when it ends; closing the reader ends that
// Read, so that it does not eat the first key of the next attach.
type keyReader struct {
	q *keyQueue
}

func (r *keyReader) Read(b []byte) (int, error) {
	q := r.q
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.reader == r && len(q.buf) == 0 && !q.ended {
		q.cond.Wait()
	}
	if q.reader != r || len(q.buf) == 0 {
		q.told = q.told || q.reader == r && q.ended
		return 0, io.EOF
	}
	n := copy(b, q.buf)
	q.buf = q.buf[:copy(q.buf, q.buf[n:])]
	q.cond.Broadcast()
	return n, nil
}

// Close makes every Read, a waiting one too, return io.EOF.
func (r *keyReader) Close() error {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	if r.q.reader == r {
		r.q.reader = nil
	}
	r.q.cond.Broadcast()
	return nil
}
