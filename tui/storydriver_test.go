package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	blink "charm.land/bubbles/v2/cursor"
	tea "charm.land/bubbletea/v2"
	"golang.org/x/tools/txtar"

	"github.com/dayfly-k8s/dayfly/testdata/manifests"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// How long a story waits for what it expects. It is much longer than anything takes: what waits so long has failed.
const storyPatience = time.Minute

// driver plays a story: it is the program around App. All of App's code runs on the goroutine of the test; the commands run
// on goroutines of their own and post what they bring. Time stands still but for the story's "advance".
//
// Nothing sleeps: a frame that is expected is waited for, and so is a word on the screen or in a session.
type driver struct {
	t        *testing.T
	story    *story
	update   bool // frames are not expected but written
	line     int  // of the script, that is being played
	careless bool // nothing is expected: the keys alone count
	world    *world
	app      *App
	host     *storyHost
	ctx      context.Context
	names    int     // of debug containers, so far
	strokes  int     // keys pressed, so far
	timers   []timer // in no order

	stopped atomic.Int64 // the time at which it stands, for the interface: not one of those that an advance passes through
	ended   bool

	running sync.WaitGroup // commands
	mu      sync.Mutex
	queue   []tea.Msg
	posted  chan struct{} // has an item when something is new in the queue, or in the session's output
}

// timer is a message that comes at a time.
type timer struct {
	at  time.Time
	msg tea.Msg
}

func newDriver(t *testing.T, s *story, update bool) *driver {
	t.Helper()
	d := &driver{t: t, story: s, update: update, posted: make(chan struct{}, 1)}
	var stop context.CancelFunc
	d.ctx, stop = context.WithCancel(t.Context())
	var more []fs.FS
	for name, files := range map[string]fs.FS{"nodes": manifests.Nodes(), "leftovers": manifests.Leftovers(), "rollout": manifests.Rollout()} {
		if slices.ContainsFunc(s.script, func(a action) bool { return a == action{a.line, "cluster", name} }) {
			more = append(more, files)
		}
	}
	d.world = newWorld(d.ctx, t, s.files, more)
	d.stopped.Store(d.world.cluster.Clock.Now().UnixNano())
	t.Cleanup(func() {
		stop()
		d.running.Wait()
	})
	return d
}

// play does what the script says.
func (d *driver) play() {
	d.t.Helper()
	for _, a := range d.story.script {
		do, ok := d.verbs()[a.verb]
		if !ok {
			d.t.Fatalf("line %d: %q is nothing that can be done", a.line, a.verb)
		}
		if d.app == nil && a.verb != "open" && a.verb != "cluster" && a.verb != "api" && a.verb != "advance" {
			d.t.Fatalf("line %d: %s before open", a.line, a.verb)
		}
		d.line = a.line
		if err := do(a.arg); err != nil && !d.careless {
			d.t.Fatalf("line %d: %s %s: %v", a.line, a.verb, a.arg, err)
		}
	}
	if d.update {
		d.story.frames = slices.DeleteFunc(d.story.frames, func(f txtar.File) bool {
			return !slices.ContainsFunc(d.story.script, func(a action) bool { return a.verb == "frame" && a.arg == f.Name })
		})
	}
}

// verbs are what a script can say.
func (d *driver) verbs() map[string]func(string) error {
	verbs := map[string]func(string) error{
		"cluster": func(string) error { return nil }, // [newDriver] looks at it
		"open":    d.open, "keys": d.keys, "type": d.typed, "paste": d.paste, "resize": d.resize, "advance": d.advance,
		"frame": d.frame, "header": d.header, "footer": d.footer, "wait": d.wait, "session": d.session, "quits": d.quits, "pressed": d.pressed,
		"api": d.world.request, "cut": d.world.wire.cut, "mend": d.world.wire.mend, "stall": d.world.wire.stall, "flow": d.world.wire.flow,
		"recorded": d.recorded, "gone": d.gone, "runs": d.runs,
	}
	if d.careless {
		for _, expects := range []string{"frame", "header", "footer", "wait", "session", "quits", "pressed", "recorded", "gone", "runs"} {
			verbs[expects] = func(string) error {
				d.quiet(glance)
				return nil
			}
		}
	}
	return verbs
}

// open starts dayfly with the arguments of a command line.
func (d *driver) open(arg string) error {
	d.host = newStoryStage(d)
	app, err := d.world.open(d.ctx, strings.Fields(arg), d.hold, d.host)
	if err != nil {
		return err
	}
	d.app = app
	d.run(app.Init())
	d.take(tea.WindowSizeMsg{Width: 80, Height: 24})
	return nil
}

// hold holds still what moves by itself.
func (d *driver) hold(k *services) {
	k.Now = d.now
	k.After = func(wait time.Duration, msg tea.Msg) tea.Cmd {
		d.timers = append(d.timers, timer{k.Now().Add(wait), msg})
		return nil
	}
	k.newBatch = func() string { return "k7f2q" }
	k.NewName = func() string {
		d.names++
		return fmt.Sprintf("debugger-%d", d.names)
	}
}

// run starts a command.
func (d *driver) run(cmd tea.Cmd) {
	if cmd != nil {
		d.running.Go(func() { d.post(cmd()) })
	}
}

// post brings a message, from any goroutine.
func (d *driver) post(msg tea.Msg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if msg != nil {
		d.queue = append(d.queue, msg)
	}
	d.wake()
}

func (d *driver) wake() {
	select {
	case d.posted <- struct{}{}:
	default:
	}
}

// take gives a message to App, as Bubble Tea would.
func (d *driver) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
		return
	case tea.QuitMsg:
		d.ended = true
		return
	case blink.BlinkMsg:
		return // it would go on for ever, and a frame of text does not have it
	case pingMsg:
		if msg.err == nil {
			msg.health.Took = 12 * time.Millisecond // a measurement
		}
		_, cmd := d.app.Update(msg)
		d.run(cmd)
		return
	}
	_, cmd := d.app.Update(msg)
	d.run(cmd)
}

// drain takes all that has been posted.
func (d *driver) drain() {
	for {
		d.mu.Lock()
		queue := d.queue
		d.queue = nil
		d.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, msg := range queue {
			d.take(msg)
		}
	}
}

// await takes messages until something is so and no message is left; an error when it takes too long.
func (d *driver) await(is func() bool) bool {
	late := time.NewTimer(storyPatience)
	defer late.Stop()
	for {
		d.drain()
		if is() {
			return true
		}
		select {
		case <-d.posted:
		case <-late.C:
			return false
		}
	}
}

// settle takes messages until none has come for a while. It is for people who rewrite frames, and read them afterwards.
func (d *driver) settle() { d.quiet(700 * time.Millisecond) }

// glance is how long a careless person looks at a screen that does not change.
const glance = 60 * time.Millisecond

// quiet takes messages until none has come for so long.
func (d *driver) quiet(quiet time.Duration) {
	for {
		d.drain()
		timer := time.NewTimer(quiet)
		select {
		case <-d.posted:
			timer.Stop()
		case <-timer.C:
			return
		}
	}
}

// advance lets time pass, second by second, for the cluster and for the screen. What the cluster does in it is seen by the
// screen at the end: a story that wants to see how long each of two things took waits for the first before it goes on.
func (d *driver) advance(arg string) error {
	left, err := time.ParseDuration(arg)
	if err != nil {
		return err
	}
	// A list that is being read as time passes would have the ages of no one moment.
	if d.app != nil && !d.await(d.read) {
		return errors.New("the list of pods is not read")
	}
	for left > 0 {
		step := min(left, time.Second)
		left -= step
		d.world.cluster.Clock.Advance(step)
		d.stopped.Store(d.world.cluster.Clock.Now().UnixNano())
		d.ring()
	}
	return nil
}

// read reports whether the list under all screens has been read, or cannot be.
func (d *driver) read() bool {
	list, ok := d.app.stack[0].(kit.Reader)
	return !ok || !list.Reading()
}

func (d *driver) now() time.Time { return time.Unix(0, d.stopped.Load()).UTC() }

// ring brings the messages whose time has come.
func (d *driver) ring() {
	now := d.now()
	timers := d.timers
	d.timers = nil
	for _, timer := range timers {
		if timer.at.After(now) {
			d.timers = append(d.timers, timer)
			continue
		}
		d.take(timer.msg)
	}
}
