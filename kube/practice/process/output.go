//go:build linux || darwin

package process

import (
	"os"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// output brings the output of a process to its log and its clients.
type output struct {
	log      func(stream string, chunk []byte)
	patience time.Duration
	order    sync.Mutex // held for a chunk's way into the log and all queues, so that it is the same in all

	mu       sync.Mutex
	changed  *sync.Cond // a queue, a client, or the output itself
	clients  map[*client]bool
	hurried  bool // the process has ended: nobody is waited for, little can come
	finished bool // and nothing more comes
}

// client is one that is attached. What is below is guarded by the output.
type client struct {
	streams streams.Streams
	stays   bool          // when its input ends
	cutOff  chan struct{} // closed when it is too slow

	queue []part
	size  int  // bytes in queue
	taken int  // parts it has got
	left  bool // it gets what is queued, and that is all
}

// part is a chunk of output that a client has not got yet.
type part struct {
	stderr bool
	data   []byte
}

func newOutput(log func(string, []byte), patience time.Duration) *output {
	o := &output{log: log, patience: patience, clients: map[*client]bool{}}
	o.changed = sync.NewCond(&o.mu)
	return o
}

// join has a client get all output from now on.
func (o *output) join(c *client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c.cutOff = make(chan struct{})
	o.clients[c] = true
}

// detach lets a client end with what it has been given.
func (o *output) detach(c *client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c.left = true
	delete(o.clients, c)
	o.changed.Broadcast()
}

// leave forgets a client.
func (o *output) leave(c *client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c.left, c.queue = true, nil
	delete(o.clients, c)
	o.changed.Broadcast()
}

// hurry has no client waited for any more.
func (o *output) hurry() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hurried = true
	o.changed.Broadcast()
}

// finish lets all clients end with what they have been given.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finished = true
	o.changed.Broadcast()
}

// pump reads one output until its end.
func (o *output) pump(f *os.File, stderr bool) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := f.Read(buffer)
		if n > 0 {
			o.give(buffer[:n], stderr)
		}
		if err != nil { // the terminal of a process that has ended is an input/output error
			return
		}
	}
}

func (o *output) give(chunk []byte, stderr bool) {
	o.order.Lock()
	if o.log != nil {
		o.log(map[bool]string{false: "stdout", true: "stderr"}[stderr], chunk)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	data := append([]byte(nil), chunk...)
	for c := range o.clients {
		if (stderr && c.streams.Stderr == nil) || (!stderr && c.streams.Stdout == nil) {
			continue
		}
		c.queue = append(c.queue, part{stderr, data})
		c.size += len(data)
	}
	o.changed.Broadcast()
	o.order.Unlock()
	for c := o.full(); c != nil; c = o.full() {
		o.await(c)
	}
}

// full is a client that is to be waited for.
func (o *output) full() *client {
	if o.hurried {
		return nil
	}
	for c := range o.clients {
		if c.size > keep {
			return c
		}
	}
	return nil
}

// await waits for anything to change, and cuts off a client that has taken nothing for too long.
func (o *output) await(c *client) {
	taken := c.taken
	timer := time.AfterFunc(o.patience, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.clients[c] && c.taken == taken {
			delete(o.clients, c)
			close(c.cutOff)
			o.changed.Broadcast()
		}
	})
	defer timer.Stop()
	o.changed.Wait()
}

// copyTo gives a client its output. It returns when the output has ended, or the client leaves.
func (o *output) copyTo(c *client) error {
	for {
		next, ok := o.next(c)
		if !ok {
			return nil
		}
		to := c.streams.Stdout
		if next.stderr {
			to = c.streams.Stderr
		}
		if _, err := to.Write(next.data); err != nil {
			return err
		}
		o.mu.Lock()
		c.size -= len(next.data)
		c.taken++
		o.changed.Broadcast()
		o.mu.Unlock()
	}
}

// next waits for something to give to a client.
func (o *output) next(c *client) (part, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(c.queue) == 0 {
		if c.left || o.finished {
			return part{}, false
		}
		o.changed.Wait()
	}
	next := c.queue[0]
	c.queue = c.queue[1:]
	return next, true
}
