// Package paint brings frames to a terminal.
package paint

import (
	"io"
	"sync"
	"time"

	"github.com/charmbracelet/colorprofile"
)

// Painter brings frames to the terminal. It takes the place of Bubble Tea's renderer, which looks sixty times a second whether there
// is a new frame: a key would be answered after eight milliseconds on average, and an idle dayfly would never sleep. A frame here is on
// its way as soon as it is drawn. When the terminal is slower than the interface, frames between are left out.
//
// It can go when Bubble Tea (2.1.1 still has the ticker) offers three things: a renderer that is woken by a new view and sleeps otherwise,
// writes that neither Update nor Program.Send nor a quit ever waits for, and ReleaseTerminal and RestoreTerminal that work beside a
// renderer of its own without looking at the size of the output from another goroutine.
//
// Only run writes to the terminal. All other methods note what is wanted and return: a terminal that takes no output (Ctrl-S, a dead
// ssh) holds up run and nothing else. What is noted meanwhile replaces what was noted before, so that after the stall the last frame appears.
// The two that wait for run, pause and stop, say how long.
type Painter struct {
	options Options
	canvas  canvas // run's own

	mu      sync.Mutex // never held during a write
	want    wanted
	settled uint64        // the number of the last request that has been carried out
	change  chan struct{} // closed and replaced when settled changes

	news  chan struct{} // has something when want has changed
	ended chan struct{} // closed by stop
}

// wanted is what the terminal is to show and to be told.
type wanted struct {
	number uint64 // of the last request whose end somebody may wait for
	on     bool   // the terminal is the interface's
	over   bool   // and never again
	frame  string
	anew   bool   // what is on the terminal is not known any more
	synced bool   // the terminal knows synchronized output
	once   string // sequences to write once
	ask    bool   // the terminal is to be asked what it is
}

// Options are what a painter has to know of its terminal.
type Options struct {
	Out       io.Writer
	Profile   colorprofile.Profile // how many colours it has
	Mouse     bool                 // it is to tell of its mouse
	Questions string               // the sequences by which it is asked what it is
	Asked     func()               // is called before it is asked; it may be nil
	OneCell   func(rune) bool      // reports whether a symbol that is not ASCII takes one cell on every terminal
}

// New paints on a terminal.
func New(o Options) *Painter {
	out := o.Out
	if profile := o.Profile; profile != colorprofile.TrueColor {
		// Places are sequences too: a terminal that is said to have none gets no colours, and no less.
		out = &colorprofile.Writer{Forward: out, Profile: max(profile, colorprofile.ASCII)}
	}
	return &Painter{
		options: o, canvas: canvas{out: out, mouse: o.Mouse, oneCell: o.OneCell},
		change: make(chan struct{}), news: make(chan struct{}, 1), ended: make(chan struct{}),
	}
}

// Run writes until stop.
func (p *Painter) Run() {
	for {
		select {
		case <-p.news:
			p.Step()
		case <-p.ended:
			return
		}
	}
}

// Step writes what is wanted and not on the terminal yet, in one piece.
func (p *Painter) Step() {
	p.mu.Lock()
	w := p.want
	p.want.anew = false
	if w.on {
		p.want.once, p.want.ask = "", false
	}
	p.mu.Unlock()
	if w.on && w.ask {
		w.once += p.options.Questions
		if p.options.Asked != nil {
			p.options.Asked()
		}
	}
	p.canvas.write(w)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settled = w.number
	close(p.change)
	p.change = make(chan struct{})
}

// request changes what is wanted, and returns the number that settled has when it is so.
func (p *Painter) request(change func(*wanted)) uint64 {
	p.mu.Lock()
	p.want.number++
	change(&p.want)
	number := p.want.number
	p.mu.Unlock()
	p.wake()
	return number
}

func (p *Painter) wake() {
	select {
	case p.news <- struct{}{}:
	default: // run is about to look anyway
	}
}

// Show is called with each frame.
func (p *Painter) Show(frame string) { p.request(func(w *wanted) { w.frame = frame }) }

// Redraw has all of the next frame painted: another may have written on the terminal, or a new size has cut off what was on it.
func (p *Painter) Redraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.want.anew = true // the frame is on its way: one of the old size would only flash
}

// Ask asks the terminal for its background, whose answer is a [tea.BackgroundColorMsg], and whether it knows synchronized output.
func (p *Painter) Ask() { p.request(func(w *wanted) { w.ask = true }) }

// Send writes a sequence that shows nothing, behind what has been sent before.
func (p *Painter) Send(sequence string) { p.request(func(w *wanted) { w.once += sequence }) }

// Synchronize brackets frames from now on, so that the terminal shows each of them at once.
func (p *Painter) Synchronize() { p.request(func(w *wanted) { w.synced = true }) }

// Resume takes the terminal, and paints all of the last frame.
func (p *Painter) Resume() { p.request(func(w *wanted) { w.on, w.anew = !w.over, true }) }

// How long a terminal may take to be left: for a session, which must not write before, and at the end.
const (
	LeavePatience = 3 * time.Second
	StopPatience  = 500 * time.Millisecond
)

// Pause leaves the terminal as it was before resume. It reports whether that is done: then nothing is written until resume. It waits no
// longer than patience. Afterwards the terminal is left as soon as it takes output.
func (p *Painter) Pause(patience time.Duration) bool {
	number := p.request(func(w *wanted) { w.on = false })
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		p.mu.Lock()
		settled, changed := p.settled >= number, p.change
		p.mu.Unlock()
		if settled {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

// Stop ends run, and leaves the terminal as pause does.
func (p *Painter) Stop() {
	p.request(func(w *wanted) { w.over = true }) // a hand-over may be coming to its end
	p.Pause(StopPatience)
	close(p.ended)
}
