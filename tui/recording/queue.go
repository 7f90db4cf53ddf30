package recording

import (
	"bytes"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// batch is what waits to be written.
type batch struct {
	events []event
	data   []byte // of all events
}

type event struct {
	at   time.Duration
	code byte
	n    int // bytes of data
}

// add puts an event at the end, or into the last one when the two belong together.
func (b *batch) add(at time.Duration, code byte, p []byte) {
	b.data = append(b.data, p...)
	if last := len(b.events) - 1; last >= 0 && (code == codeOutput || code == codeInput) {
		e := &b.events[last]
		if e.code == code && at-e.at < together && e.n+len(p) <= longest {
			e.n += len(p)
			return
		}
	}
	b.events = append(b.events, event{at, code, len(p)})
}

// empty gives the room of a batch that has been written to the next. A large one that was hardly used goes: the flood is over.
func (b *batch) empty() batch {
	if cap(b.data) > 2*enough && len(b.data) < cap(b.data)/8 {
		return batch{}
	}
	return batch{b.events[:0], b.data[:0]}
}

// run writes until the recording is closed and everything is written, or nothing more can be.
func (w *Writer) run() {
	defer close(w.gone)
	gather := time.NewTimer(together)
	defer gather.Stop()
	var spare batch
	for {
		<-w.news
		gather.Reset(together)
		select {
		case <-gather.C:
		case <-w.hurry:
		}
		next, last := w.take(spare)
		err := w.write(next, last)
		if last || err != nil {
			w.end(err)
			return
		}
		spare = next.empty()
	}
}

// take takes all that is queued, leaving spare to be filled. last: nothing comes after it.
func (w *Writer) take(spare batch) (next batch, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next, w.queue = w.queue, spare
	close(w.room)
	w.room = make(chan struct{})
	return next, w.closed
}

// write encodes events and writes them, in whole lines.
func (w *Writer) write(b batch, last bool) error {
	e := &w.encoder
	var at time.Duration
	for _, event := range b.events {
		at = event.at
		e.event(at, event.code, b.data[:event.n])
		b.data = b.data[event.n:]
		if len(e.out) >= enough {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if last {
		w.mu.Lock()
		at = w.latest
		w.mu.Unlock()
		e.rest(at)
	}
	return w.flush()
}

func (w *Writer) flush() error {
	lines := w.encoder.out
	if len(lines) == 0 {
		return nil
	}
	n, err := w.disk.Write(lines)
	w.kept += int64(bytes.LastIndexByte(lines[:n], '\n') + 1)
	w.encoder.out = lines[:0]
	return err
}

// end closes the file. After an error it ends with the last line that is whole.
func (w *Writer) end(err error) {
	if err != nil {
		if f, ok := w.disk.(interface{ Truncate(size int64) error }); ok {
			_ = f.Truncate(w.kept)
		}
	}
	if closing := w.disk.Close(); err == nil {
		err = closing
	}
	if err != nil {
		w.fail(err)
	}
}

// fail ends the recording with its first error, and tells it.
func (w *Writer) fail(err error) {
	w.mu.Lock()
	first := w.err == nil
	if first {
		w.err = problem("the recording "+kube.Sanitize(w.file)+" ends here", "the session goes on; what was recorded up to here can be played", err)
		w.queue = batch{}
		close(w.room)
		w.room = make(chan struct{})
	}
	told := w.err
	w.mu.Unlock()
	if first && w.trouble != nil {
		w.trouble(told)
	}
}
