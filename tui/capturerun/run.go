// Package capturerun captures packets from many pods at once: it adds the debug containers that tcpdump runs in, captures into one file until it is stopped, and
// ends what it has added. It is the engine under dayfly capture and under the screen, and knows neither.
//
//	live, err := capturerun.Start(ctx, capturerun.Options{Cluster: c, Runner: r, Items: b.Runs(), Capture: o, File: f})
//	live.Stop(capture.Person)
//	<-live.Done()
package capturerun

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options are what is captured, and how.
type Options struct {
	Cluster   *kube.Cluster
	Runner    *runner.Runner
	Items     []batch.Item // those that are captured: their plans make containers that sleep, or they join one that is there
	About     runner.About
	Confirmed bool // a person has confirmed how many pods it is about, where the context is protected
	Capture   capture.Options
	File      *File // nil: there is none
	Pipe      Pipe  // a program, or a stream, that gets it too; nil: there is none
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time // nil: [time.After]
}

// Live is a capture under way.
type Live struct {
	o       Options
	capture *capture.Capture
	pipe    *queue // nil: there is none
	began   time.Time
	done    chan struct{}

	mu     sync.Mutex
	live   time.Time // when all that can be captured were; zero: not yet
	last   time.Time // when nothing more was wanted; zero: more is
	ended  time.Time
	left   []*kube.Problem // what could not be ended
	lost   error           // why the pipe takes no more
	failed error           // how the program behind it has ended, if not well
	notes  []string
	none   bool // nothing could be captured, and the file was deleted
	ends   bool // what was added is being ended
}

// Look is how a capture is.
type Look struct {
	capture.Look
	Took   time.Duration // since all were captured; 0: they are not yet
	Since  time.Duration // since the beginning
	Ending bool          // nothing more is captured, and what was added is being ended
	Over   bool          // all is done
	Left   []*kube.Problem
	Notes  []string // what a person should know of it
	Failed error    // how the program that got it has failed
}

// Start begins. Ending ctx ends it as [Live.Stop] does.
func Start(ctx context.Context, o Options) (*Live, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	l := &Live{o: o, began: o.Now(), done: make(chan struct{})}
	to := &sinks{}
	if o.File != nil {
		to.file = o.File
	}
	if o.Pipe != nil {
		l.pipe = newQueue(o.Pipe, l.pipeGone)
		to.pipe = l.pipe
	}
	c, err := capture.New(o.Capture, to)
	if err != nil {
		l.closePipe(ctx)
		return nil, err
	}
	l.mu.Lock()
	l.capture = c
	if l.lost != nil {
		c.Stop(capture.Gone)
	}
	l.mu.Unlock()
	for i := range o.Items {
		l.capture.Add(o.Items[i].Name())
	}
	go l.run(ctx)
	return l, nil
}

// Capture is what is captured.
func (l *Live) Capture() *capture.Capture { return l.capture }

// Items are those that are captured from.
func (l *Live) Items() []batch.Item { return l.o.Items }

// File is where it is written; empty: nowhere, or nothing could be captured and none was left.
func (l *Live) File() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.o.File == nil || l.none {
		return ""
	}
	return l.o.File.Path()
}

// Stop ends the capture. What was added is ended then, until [Live.Done].
func (l *Live) Stop(why capture.Reason) { l.capture.Stop(why) }

// Done is closed when all is over: the file is whole, and what was added has been ended.
func (l *Live) Done() <-chan struct{} { return l.done }

// Look tells how it is.
func (l *Live) Look() Look {
	now := l.capture.Look()
	l.mu.Lock()
	defer l.mu.Unlock()
	look := Look{Look: now, Since: l.o.Now().Sub(l.began), Ending: l.ends, Over: !l.ended.IsZero(), Left: slices.Clone(l.left), Notes: slices.Clone(l.notes), Failed: l.failed}
	until := l.o.Now()
	if !l.last.IsZero() {
		until = l.last
	}
	if look.Over {
		look.Since = l.ended.Sub(l.began)
	}
	if !l.live.IsZero() {
		look.Took = until.Sub(l.live)
	}
	return look
}

// pipeGone ends the capture when the program that gets it has left.
func (l *Live) pipeGone(err error) {
	l.mu.Lock()
	l.lost = err
	c := l.capture
	l.mu.Unlock()
	if c != nil {
		c.Stop(capture.Gone)
	}
}

// closePipe lets the program that gets the capture have the rest, and waits for it until ctx ends.
func (l *Live) closePipe(ctx context.Context) {
	if l.pipe == nil {
		return
	}
	if err := l.pipe.finish(ctx); err != nil && ctx.Err() == nil {
		l.note(func() { l.failed = err })
	}
}

// run captures from all, and ends what was added.
func (l *Live) run(ctx context.Context) {
	defer close(l.done)
	defer context.AfterFunc(ctx, func() { l.capture.Stop(capture.Person) })()
	// What starts is given up as soon as it is over; what captures ends by itself.
	starting, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	var watching sync.WaitGroup
	over := make(chan struct{})
	watching.Go(func() {
		select {
		case <-l.capture.Stopped():
			l.note(func() { l.last = l.o.Now() })
			giveUp()
		case <-over:
		}
	})
	watching.Go(func() { l.clock(over) })
	watching.Go(func() { l.capture.Name(capture.ReadNames(starting, l.o.Cluster, l.namespaces())) })
	surroundings := capture.ReadSurroundings(starting, l.o.Cluster)
	helpers := newHelpers(l.o.Items)
	var all sync.WaitGroup
	for i := range l.o.Items {
		all.Go(func() { l.one(starting, surroundings, helpers, i) })
	}
	all.Wait()
	l.capture.Stop(capture.Nobody)
	close(over)
	watching.Wait()
	l.finish(ctx, helpers)
}

// namespaces are those that are captured in.
func (l *Live) namespaces() []string {
	all := map[string]bool{}
	for i := range l.o.Items {
		all[l.o.Items[i].Namespace] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// startTime is the longest that those that capture wait for one that has not begun.
const startTime = 2 * time.Minute

// clock ends the capture when its time is over, which begins when all are captured, or will never be.
func (l *Live) clock(over <-chan struct{}) {
	select {
	case <-l.capture.First():
	case <-over:
		return
	}
	select {
	case <-l.capture.Begun():
	case <-l.o.After(startTime):
	case <-over:
		return
	}
	l.note(func() { l.live = l.o.Now() })
	select {
	case <-l.o.After(l.o.Capture.For):
		l.capture.Stop(capture.Time)
	case <-over:
	}
}

// one captures from the item with a number.
func (l *Live) one(ctx context.Context, s capture.Surroundings, helpers map[string]*shared, i int) {
	item := &l.o.Items[i]
	except, why := s.Except(item.Pod)
	if why != "" {
		l.note(func() { l.notes = append(l.notes, why) })
	}
	command := l.o.Capture.Command(except)
	at := item.Target
	if !item.Joins {
		h := helpers[key(item)]
		h.begin.Do(func() { h.start(ctx, l, i) })
		if h.problem != nil {
			l.capture.Fail(i, h.problem)
			return
		}
		at = h.helper.Target()
		if item.Shares() { // it joins the pod from there
			command = append(slices.Clone(item.Plan.Exec[:len(item.Plan.Exec)-len(l.o.Capture.Command(""))]), command...)
		}
	}
	entry := journal.Entry{
		Action: journal.Attached, Namespace: at.Namespace, Pod: at.Pod, Container: at.Container, Preset: "capture", Reason: l.o.About.Reason,
	}
	if object := item.Pod.Object(); object != nil && !item.Shares() {
		entry.UID = string(object.UID)
	}
	l.o.Runner.Record(l.o.Cluster, entry) //nolint:contextcheck // an entry outlives the request
	problem := l.capture.From(context.WithoutCancel(ctx), l.o.Cluster, i, capture.Source{
		Name: item.Name(), Description: "interface " + l.o.Capture.Interface + " of " + item.Pod.IP, Runs: at, Command: command, Filter: filterOf(command),
	})
	entry.Action = journal.Ended
	if problem != nil {
		entry.Action, entry.Why = journal.Failed, kube.Reason(problem)
	}
	l.o.Runner.Record(l.o.Cluster, entry) //nolint:contextcheck // an entry outlives the request
}

// filterOf is the filter that a command captures with.
func filterOf(command []string) string { return command[len(command)-2] }

// finish makes the file whole, and ends what was added.
func (l *Live) finish(ctx context.Context, helpers map[string]*shared) {
	l.note(func() { l.ends = true })
	var left []*kube.Problem
	if l.o.File != nil {
		now := l.capture.Look()
		if err := l.o.File.close(now.Written); err != nil {
			left = append(left, kube.Explain(err))
		}
		if !slices.ContainsFunc(now.Sources, func(s capture.Status) bool { return s.State != capture.Failed || s.Packets > 0 }) && l.o.File.discard() {
			l.note(func() { l.none = true })
		}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	all.Go(func() { l.closePipe(ctx) }) // beside the rest: a program may take its time, and what was added does not wait for it
	for _, h := range helpers {
		if h.helper == nil {
			continue
		}
		all.Go(func() {
			if p := h.helper.End(ctx); p != nil {
				mu.Lock()
				defer mu.Unlock()
				left = append(left, p)
			}
		})
	}
	all.Wait()
	l.note(func() { l.left, l.ended = left, l.o.Now() })
}

// note changes what is known of it.
func (l *Live) note(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	l.capture.Wake()
}

// News has an item when something is new. One reader is told.
func (l *Live) News() <-chan struct{} { return l.capture.News() }
