package runner

import (
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// recorder is the recording of a session. Its file is made on a goroutine of its own, for a disk may be slow; what comes meanwhile waits for
// that. Its methods may be called from any goroutine.
type recorder struct {
	create func() (*recording.Writer, error)
	once   sync.Once
	opened chan struct{} // closed when the file is there, or never will be
	told   func(error)   // what goes wrong, once
	wake   func()

	mu      sync.Mutex
	w       *recording.Writer
	waiting []func(*recording.Writer)
	held    int // bytes that wait
	err     error
}

// mostHeld is how much output may wait for the file, in bytes.
const mostHeld = 1 << 20

// open has the file made. It returns at once.
func (c *recorder) open() {
	c.once.Do(func() {
		go func() {
			defer close(c.opened)
			w, err := c.create()
			if err != nil {
				c.fail(err)
				return
			}
			c.begin(w)
		}()
	})
}

// recorded is what a recording says of a job's session.
func (j Job) recorded(size kube.Size) recording.About {
	a := recording.About{
		Namespace: j.Target.Namespace, Pod: j.Target.Pod, Container: j.Target.Container, Cols: size.Cols, Rows: size.Rows, Term: "xterm", // as runtimes tell a program with a terminal
	}
	if j.Cluster != nil {
		a.Context = j.Cluster.Context
	}
	return a
}

// begin writes what has waited.
func (c *recorder) begin(w *recording.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, write := range c.waiting {
		write(w)
	}
	if c.held > mostHeld {
		w.Mark("output before this is incomplete: the disk was too slow")
	}
	c.w, c.waiting = w, nil
}

func (c *recorder) fail(err error) {
	c.mu.Lock()
	before := c.err
	c.err, c.waiting = err, nil
	c.mu.Unlock()
	if before == nil {
		c.told(err)
	}
}

// do writes at once, or when the file is there.
func (c *recorder) do(n int, write func(*recording.Writer)) {
	c.mu.Lock()
	w := c.w
	if w == nil && c.err == nil {
		if c.held += n; c.held <= mostHeld {
			c.waiting = append(c.waiting, write)
		}
	}
	c.mu.Unlock()
	if w != nil {
		write(w)
	}
}

// Output takes what the program prints.
func (c *recorder) Output(p []byte) { c.copied(p, (*recording.Writer).Output) }

// Input takes what is typed.
func (c *recorder) Input(p []byte) { c.copied(p, (*recording.Writer).Input) }

func (c *recorder) copied(p []byte, write func(*recording.Writer, []byte)) {
	c.mu.Lock()
	w := c.w
	c.mu.Unlock()
	if w != nil { // which copies by itself
		write(w, p)
		return
	}
	kept := append([]byte(nil), p...)
	c.do(len(kept), func(w *recording.Writer) { write(w, kept) })
}

// Resize takes a new size of the terminal.
func (c *recorder) Resize(cols, rows uint16) {
	c.do(1, func(w *recording.Writer) { w.Resize(cols, rows) })
}

// Mark takes a moment.
func (c *recorder) Mark(label string) {
	c.do(len(label), func(w *recording.Writer) { w.Mark(label) })
}

// file is where the recording is, and why it may be incomplete. Empty: there is none yet.
func (c *recorder) file() (file string, err error) {
	if c == nil {
		return "", nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.w.File(), c.err
}

// close writes what is left. What was never opened, because there was no session, has no file.
func (c *recorder) close() {
	c.once.Do(func() { close(c.opened) })
	<-c.opened
	c.mu.Lock()
	w := c.w
	c.mu.Unlock()
	_ = w.Close() // its error has been told
	c.wake()
}

var _ session.Recorder = (*recorder)(nil)
