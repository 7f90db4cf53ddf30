package capturerun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

// pipeTo is a pipe of which a test has the other end.
type pipeTo struct {
	*io.PipeWriter
	gone   chan struct{}
	result error
}

func (p *pipeTo) Gone() <-chan struct{} { return p.gone }

func (p *pipeTo) Wait(context.Context) error { return p.result }

func newPipe() (*io.PipeReader, *pipeTo) {
	r, w := io.Pipe()
	return r, &pipeTo{PipeWriter: w}
}

// A reader gets everything in its order, and the end.
func TestQueue(t *testing.T) {
	r, to := newPipe()
	to.result = errors.New("exit status 3")
	q := newQueue(to, func(err error) { t.Errorf("it is said to have left: %v", err) })
	var want bytes.Buffer
	go func() {
		defer r.CloseWithError(errors.New("read to the end"))
		var got bytes.Buffer
		_, err := io.Copy(&got, r)
		if err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("read %d bytes: %v", got.Len(), err)
		}
	}()
	part := make([]byte, 100)
	for i := range 1000 {
		part = fmt.Appendf(part[:0], "part %d\n", i) // it is the writer's own
		want.Write(part)
		_, _ = q.Write(part)
	}
	if err := q.finish(t.Context()); !errors.Is(err, to.result) {
		t.Errorf("the program has ended with %v", err)
	}
}

// A reader that takes nothing holds up who asks for room, and neither who writes nor who ends it.
func TestQueueOfAStalledReader(t *testing.T) {
	r, to := newPipe()
	q := newQueue(to, func(error) {})
	over := make(chan struct{})
	q.Room(over)
	_, _ = q.Write([]byte("the first, which is being written"))
	for range 2 {
		_, _ = q.Write(make([]byte, queueMost))
	}
	if is, _ := q.room(); is {
		t.Error("there is room")
	}
	close(over)
	q.Room(over)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.finish(ctx); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(r); err != nil {
		t.Error(err)
	}
	<-q.done
}

// Room comes back as the reader reads.
func TestRoomOfAQueue(t *testing.T) {
	r, to := newPipe()
	q := newQueue(to, func(error) {})
	for range 3 {
		_, _ = q.Write(make([]byte, queueMost))
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	q.Room(nil)
	if err := q.finish(t.Context()); err != nil {
		t.Error(err)
	}
}

// A program that ends is told of, though there is nothing to write.
func TestQueueOfAProgramThatEnds(t *testing.T) {
	_, to := newPipe()
	to.gone = make(chan struct{})
	left := make(chan error, 1)
	q := newQueue(to, func(err error) { left <- err })
	close(to.gone)
	if err := <-left; !errors.Is(err, errGone) {
		t.Error(err)
	}
	_ = q.finish(t.Context())
}

// A reader that leaves is told of once, and holds up nobody.
func TestQueueOfAReaderThatLeaves(t *testing.T) {
	r, to := newPipe()
	left := make(chan error, 2)
	q := newQueue(to, func(err error) { left <- err })
	gone := errors.New("gone")
	_ = r.CloseWithError(gone)
	_, _ = q.Write([]byte("for nobody"))
	if err := <-left; !errors.Is(err, gone) {
		t.Error(err)
	}
	for range 3 {
		_, _ = q.Write(make([]byte, queueMost))
	}
	q.Room(nil)
	_ = q.finish(t.Context())
	if len(left) > 0 {
		t.Error("it is told of twice")
	}
}
