package capturerun

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Pipe takes a capture beside the file, or in its place: a program's input, or a stream.
type Pipe interface {
	io.WriteCloser
	// Gone is closed when the program has ended; nil: it is not known.
	Gone() <-chan struct{}
	// Wait waits for the program that has got everything, where it is one to be waited for, and returns how it failed. When ctx ends it waits no longer.
	Wait(ctx context.Context) error
}

// queueMost is how much waits for a slow reader before those who capture are held up, in bytes: they hold up tcpdump then, which counts what it loses.
const queueMost = 16 << 20

// queue feeds a pipe from a goroutine of its own. A slow reader holds up those who capture, by [queue.Room], and nobody else: who looks at the
// capture or ends it does not wait for it.
type queue struct {
	to   Pipe
	left func(error) // told once, when it takes no more

	more chan struct{} // has an item when there is something to write, or it was closed
	done chan struct{} // closed when nothing more is written

	mu     sync.Mutex
	less   chan struct{} // closed when less waits; then it is made anew
	parts  [][]byte
	size   int
	closed bool
	gone   bool
}

func newQueue(to Pipe, left func(error)) *queue {
	q := &queue{to: to, left: left, more: make(chan struct{}, 1), done: make(chan struct{}), less: make(chan struct{})}
	go q.run()
	return q
}

// Write takes a part. It does not wait.
func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.gone && !q.closed {
		q.parts, q.size = append(q.parts, append([]byte(nil), p...)), q.size+len(p)
		q.wake()
	}
	return len(p), nil
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// Room waits until there is room for more, or over is closed.
func (q *queue) Room(over <-chan struct{}) {
	for {
		room, less := q.room()
		if room {
			return
		}
		select {
		case <-less:
		case <-over:
			return
		}
	}
}

// room reports whether there is room; less is closed when there may be more.
func (q *queue) room() (is bool, less <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.size < queueMost, q.less
}

// run writes what comes, until it is closed or cannot be written.
func (q *queue) run() {
	defer close(q.done)
	for {
		select {
		case <-q.more:
		case <-q.to.Gone():
			q.lose(errGone)
			return
		}
		for part, closed := q.next(); part != nil || closed; part, closed = q.next() {
			if closed {
				return
			}
			if _, err := q.to.Write(part); err != nil {
				q.lose(err)
				return
			}
		}
	}
}

var errGone = errors.New("it has ended")

// next is the next part; nil: there is none now, or none will be if it is closed.
func (q *queue) next() (part []byte, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.parts) == 0 {
		return nil, q.closed
	}
	part = q.parts[0]
	q.parts[0] = nil
	q.parts, q.size = q.parts[1:], q.size-len(part)
	q.shorter()
	return part, false
}

// lose lets go of everything, for nobody takes it, and tells so unless all was to end.
func (q *queue) lose(why error) {
	q.mu.Lock()
	q.gone, q.parts, q.size = true, nil, 0
	q.shorter()
	closed := q.closed
	q.mu.Unlock()
	if !closed {
		q.left(why)
	}
}

func (q *queue) shorter() {
	close(q.less)
	q.less = make(chan struct{})
}

// finish waits until everything has been written, closes the pipe, and waits for the program behind it: until ctx ends. The error is that of the program.
func (q *queue) finish(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	q.wake()
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-ctx.Done(): // what is being written then is let go of by closing
	}
	_ = q.to.Close()
	return q.to.Wait(ctx) //nolint:wrapcheck // as the pipe says it
}

// sinks write to a file and to a queue.
type sinks struct {
	file io.Writer // nil: there is none
	pipe *queue    // nil: there is none
}

// Write writes to both.
func (s *sinks) Write(p []byte) (int, error) {
	if s.pipe != nil {
		_, _ = s.pipe.Write(p)
	}
	if s.file == nil {
		return len(p), nil
	}
	return s.file.Write(p) //nolint:wrapcheck // as the file says it
}

// Room waits for the pipe: a file is no slower than what captures.
func (s *sinks) Room(over <-chan struct{}) {
	if s.pipe != nil {
		s.pipe.Room(over)
	}
}
