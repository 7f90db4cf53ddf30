package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	// maxBehind is how much the disk may be behind the session, in bytes. There may be as much again on its way to the disk.
	maxBehind = 4 << 20
	// maxStall is how long the session waits for a disk that is that far behind, before output is left out.
	maxStall = 250 * time.Millisecond
	// together is how long what comes is gathered: it makes one event and one call of the system.
	together = 10 * time.Millisecond
	// enough is what is written at once, without waiting for more.
	enough = 256 << 10
	// closing is how long Close waits for the disk.
	closing = 3 * time.Second
)

// errSlow is why the end of a recording may be missing.
var errSlow = errors.New("the disk does not answer")

// Writer makes a recording. Its methods may be called from any goroutine, and those of a nil Writer do nothing. What is given to it is copied.
type Writer struct {
	file    string
	now     func() time.Time
	begun   time.Time
	input   bool
	trouble func(error)
	disk    io.WriteCloser
	news    chan struct{} // has something when there is something to write, or the end
	hurry   chan struct{} // has something when more need not be waited for
	gone    chan struct{} // closed when the goroutine has ended

	mu      sync.Mutex
	queue   batch
	latest  time.Duration // of the last event: times never go back
	room    chan struct{} // closed when the queue is taken
	drops   bool          // the disk is too slow: output is left out until the queue is taken
	missing int64         // bytes that were left out since the last event
	closed  bool
	err     error

	// The goroutine's own.
	encoder encoder
	kept    int64 // bytes of whole lines on the disk
}

// Create begins a recording in the folder "recordings" of dayfly's state folder; both are made if need be, for their owner alone. A recording
// that is there is never written over. The error is a [*kube.Problem].
func Create(folder string, about About, o Options) (*Writer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	begun := o.Now()
	f, err := create(folder, begun, about)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(f, f.Name(), begun, about, o)
	if err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return nil, err
	}
	return w, nil
}

// newWriter writes the header and begins to take events.
func newWriter(disk io.WriteCloser, file string, begun time.Time, about About, o Options) (*Writer, error) {
	head, err := about.header(begun)
	if err == nil {
		_, err = disk.Write(head)
	}
	if err != nil {
		return nil, unwritten(file, err)
	}
	w := &Writer{
		file: file, now: o.Now, begun: begun, input: o.Input, trouble: o.Trouble, disk: disk, kept: int64(len(head)),
		news: make(chan struct{}, 1), hurry: make(chan struct{}, 1), gone: make(chan struct{}), room: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// header is the first line.
func (a About) header(begun time.Time) ([]byte, error) {
	const cols, rows = 80, 24
	if a.Cols == 0 || a.Rows == 0 {
		a.Cols, a.Rows = cols, rows
	}
	line, err := json.Marshal(struct {
		Version   int               `json:"version"`
		Width     uint16            `json:"width"`
		Height    uint16            `json:"height"`
		Timestamp int64             `json:"timestamp"`
		Title     string            `json:"title,omitempty"`
		Env       map[string]string `json:"env"`
	}{2, a.Cols, a.Rows, begun.Unix(), a.title(), map[string]string{"TERM": kube.Sanitize(a.Term)}})
	return append(line, '\n'), err
}

// File is where the recording is.
func (w *Writer) File() string {
	if w == nil {
		return ""
	}
	return w.file
}

// Output keeps what the program has printed. It waits for a slow disk a quarter of a second at most, once each time the disk falls
// behind; then output is left out, and a mark says how much.
func (w *Writer) Output(p []byte) { w.stream(codeOutput, p) }

// Input keeps what was typed, if the options want it.
func (w *Writer) Input(p []byte) {
	if w != nil && w.input {
		w.stream(codeInput, p)
	}
}

// Resize keeps a new size of the terminal. One of nothing is no size.
func (w *Writer) Resize(cols, rows uint16) {
	if cols > 0 && rows > 0 {
		w.note(codeResize, strconv.Itoa(int(cols))+"x"+strconv.Itoa(int(rows)))
	}
}

// Mark keeps a moment, such as "detached" or "link lost".
func (w *Writer) Mark(label string) { w.note(codeMark, kube.Sanitize(label)) }

// Err is what keeps more from being written, as a [*kube.Problem], or nil. It never changes once there is one.
func (w *Writer) Err() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close writes what is left and ends the recording. It waits some seconds at most. Its error is that of [Writer.Err]. What comes after it is
// not kept; a second call does nothing else.
func (w *Writer) Close() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	if !w.closed {
		w.tellMissing()
		w.closed = true
	}
	w.mu.Unlock()
	signal(w.hurry)
	signal(w.news)
	timer := time.NewTimer(closing)
	defer timer.Stop()
	select {
	case <-w.gone:
	case <-timer.C:
		w.fail(errSlow)
	}
	return w.Err()
}

// stream takes bytes, if there is room for them.
func (w *Writer) stream(code byte, p []byte) {
	if w == nil || len(p) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.now().Sub(w.begun)
	if !w.makeRoom(len(p)) {
		w.missing += int64(len(p))
		return
	}
	if w.closed || w.err != nil {
		return
	}
	w.tellMissing()
	w.add(at, code, p)
}

// makeRoom reports whether n bytes may be taken; it waits a little for a disk that has just fallen behind. The lock is held before and after.
func (w *Writer) makeRoom(n int) bool {
	var late *time.Timer
	for len(w.queue.data) > 0 && len(w.queue.data)+n > maxBehind && !w.closed && w.err == nil {
		if w.drops {
			return false
		}
		if late == nil {
			late = time.NewTimer(maxStall)
			defer late.Stop()
		}
		room := w.room
		w.mu.Unlock()
		var stalled bool
		select {
		case <-room:
		case <-late.C:
			stalled = true
		}
		w.mu.Lock()
		w.drops = stalled
	}
	w.drops = false
	return true
}

// note takes a few words. They are bounded too, against who would send nothing else.
func (w *Writer) note(code byte, text string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue.data) < 2*maxBehind && !w.closed && w.err == nil {
		w.add(w.now().Sub(w.begun), code, []byte(text))
	}
}

// tellMissing puts a mark where output was left out.
func (w *Writer) tellMissing() {
	if n := w.missing; n > 0 {
		w.missing = 0
		w.add(w.latest, codeMark, fmt.Appendf(nil, "%d bytes are missing here: the disk was too slow", n))
	}
}

// add queues an event.
func (w *Writer) add(at time.Duration, code byte, p []byte) {
	w.latest = max(at, w.latest)
	w.queue.add(w.latest, code, p)
	if len(w.queue.data) >= enough {
		signal(w.hurry)
	}
	signal(w.news)
}

// signal leaves a token, if there is none.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
