package capture

import (
	"io"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/packets"
)

// Source is a pod that is captured from.
type Source struct {
	Name        string // NAMESPACE/POD, by which the file knows it
	Description string // of what its interface is; may be empty
	Runs        kube.Target
	Command     []string // see [Options.Command]
	Filter      string   // that its packets have passed
}

// Capture writes what several sources bring. It is for several goroutines.
type Capture struct {
	o        Options
	analysis *packets.Analysis
	room     func(over <-chan struct{})
	stopped  chan struct{}
	first    chan struct{} // closed when a source captures
	begun    chan struct{} // closed when all do, or never will
	news     chan struct{} // has an item when something is new

	mu      sync.Mutex
	w       *packets.Writer
	sources []*Status
	packets int64
	reason  Reason
	problem *kube.Problem
	names   map[netip.Addr]string
}

// Application is what files say that they were written by.
const Application = "dayfly"

// New begins a file. A writer that has a method Room(over <-chan struct{}) is asked for it before each packet: those who capture wait there, until over
// is closed. Write itself is to take no time, for who looks at the capture waits for it.
func New(o Options, to io.Writer) (*Capture, error) {
	w, err := packets.NewWriter(to, Application)
	if err != nil {
		return nil, err //nolint:wrapcheck // as the file says it
	}
	room := func(<-chan struct{}) {}
	if slow, ok := to.(interface{ Room(over <-chan struct{}) }); ok {
		room = slow.Room
	}
	return &Capture{o: o, w: w, room: room, analysis: packets.NewAnalysis(), stopped: make(chan struct{}), first: make(chan struct{}), begun: make(chan struct{}), news: make(chan struct{}, 1), names: map[netip.Addr]string{}}, nil
}

// News has an item when something is new. One reader is told.
func (c *Capture) News() <-chan struct{} { return c.news }

// Wake tells the reader of news.
func (c *Capture) Wake() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// Analysis is what the packets say.
func (c *Capture) Analysis() *packets.Analysis { return c.analysis }

// Options are those that it was begun with.
func (c *Capture) Options() Options { return c.o }

// Name tells whose addresses are whose.
func (c *Capture) Name(names map[netip.Addr]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(names) == 0 || c.reason == Unwritable {
		return
	}
	c.Wake()
	c.names = maps.Clone(c.names)
	maps.Copy(c.names, names)
	c.wrote(c.w.Names(names))
}

// Stop ends it. Only the first reason counts.
func (c *Capture) Stop(why Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop(why)
}

func (c *Capture) stop(why Reason) {
	if c.reason == Running {
		c.reason = why
		close(c.stopped)
		c.Wake()
	}
}

// Stopped is closed when it is over: what was captured before may still be on its way.
func (c *Capture) Stopped() <-chan struct{} { return c.stopped }

// Look tells how it is.
func (c *Capture) Look() Look {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := Look{Packets: c.packets, Written: c.w.Written(), Reason: c.reason, Problem: c.problem, Names: c.names}
	for _, s := range c.sources {
		l.Sources = append(l.Sources, *s)
	}
	return l
}

// Add tells of a source before there is anything of it, so that it is seen to be waited for. It returns its number.
func (c *Capture) Add(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources = append(c.sources, &Status{Name: name})
	return len(c.sources) - 1
}

// Fail tells that nothing more comes of a source.
func (c *Capture) Fail(source int, p *kube.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources[source].Problem = p
	c.reach(source, Failed)
}

// Accepted tells that what a source is to run in was added.
func (c *Capture) Accepted(source int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sources[source].State == Waiting {
		c.reach(source, Accepted)
	}
}

// First is closed when a source captures.
func (c *Capture) First() <-chan struct{} { return c.first }

// Begun is closed when all sources capture, or never will.
func (c *Capture) Begun() <-chan struct{} { return c.begun }

// reach notes how far a source is.
func (c *Capture) reach(source int, state State) {
	c.sources[source].State = state
	c.Wake()
	if state == Capturing {
		closeOnce(c.first)
	}
	if !slices.ContainsFunc(c.sources, func(s *Status) bool { return s.State < Capturing }) {
		closeOnce(c.begun)
	}
}

// closeOnce closes a channel that may be closed. The lock is held.
func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// begin adds the interface of a source, whose stream has begun.
func (c *Capture) begin(source int, s Source, r *packets.Reader) (number int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason == Unwritable {
		return 0, false
	}
	number, err := c.w.Interface(packets.Interface{
		Name: s.Name, Description: s.Description, Filter: s.Filter, Link: r.Link(), Snap: r.Snap(), Nanos: r.Nanos(),
	})
	if c.wrote(err) {
		c.reach(source, Capturing)
		c.analysis.Interface(s.Name)
		return number, true
	}
	return 0, false
}

// take writes a packet, unless it is one too many.
func (c *Capture) take(source, number int, link packets.Link, p packets.Packet) {
	const around = 64 // what a block has beside its packet
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.reason == Unwritable, c.reason == Size, c.reason == Count:
		return
	case c.o.MaxSize > 0 && c.w.Written()+int64(len(p.Data))+around > c.o.MaxSize:
		c.stop(Size)
		return
	}
	if !c.wrote(c.w.Packet(number, p)) {
		return
	}
	c.Wake()
	c.packets++
	c.sources[source].Packets++
	c.sources[source].Bytes += int64(p.Length)
	c.analysis.Add(number, link, p)
	if c.o.Count > 0 && c.packets >= c.o.Count {
		c.stop(Count)
	}
}

// end takes what tcpdump counts at its end.
func (c *Capture) end(source, number int, at time.Time, words *said, p *kube.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sources[source]
	state := Finished
	if s.Problem = p; p != nil {
		state = Failed
	}
	c.reach(source, state)
	received, dropped, known := words.figures()
	if s.Dropped = dropped; known && number >= 0 && c.reason != Unwritable {
		c.wrote(c.w.Statistics(number, packets.Statistics{At: at, Received: received, Dropped: dropped}))
	}
}

// wrote ends the capture where something could not be written, and reports whether it was.
func (c *Capture) wrote(err error) bool {
	if err == nil {
		return true
	}
	if c.reason != Unwritable {
		c.Wake()
		closeOnce(c.stopped)
		c.reason, c.problem = Unwritable, kube.Explain(err)
	}
	return false
}
