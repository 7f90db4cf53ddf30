package tui

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
)

// painter brings frames to the terminal. It takes the place of Bubble Tea's renderer, which looks sixty times a second whether there
// is a new frame: a key would be answered after eight milliseconds on average, and an idle dayfly would never sleep. A frame here is on
// its way as soon as it is drawn. Lines that have not changed are not written, and when the terminal is slower than the
// interface, frames between are left out.
//
// Frames are exactly as large as the terminal and no style reaches over the end of a line: that is what all screens draw, and why a line
// is what is compared.
type painter struct {
	out   io.Writer
	mouse bool

	turn  sync.Mutex // held while something is written
	shown []string   // the lines on the terminal; nil: not known
	on    bool       // the terminal is the interface's

	mu    sync.Mutex
	next  string // the frame to show
	news  chan struct{}
	ended chan struct{}
}

// newPainter paints on a terminal with a number of colours.
func newPainter(out io.Writer, profile colorprofile.Profile, mouse bool) *painter {
	if profile != colorprofile.TrueColor {
		// Places are sequences too: a terminal that is said to have none gets no colours, and no less.
		out = &colorprofile.Writer{Forward: out, Profile: max(profile, colorprofile.ASCII)}
	}
	return &painter{out: out, mouse: mouse, news: make(chan struct{}, 1), ended: make(chan struct{})}
}

// run paints until stop.
func (p *painter) run() {
	for {
		select {
		case <-p.news:
			p.turn.Lock()
			p.paint()
			p.turn.Unlock()
		case <-p.ended:
			return
		}
	}
}

// show is called with each frame. It does not wait for the terminal.
func (p *painter) show(frame string) {
	p.mu.Lock()
	p.next = frame
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default: // the painter is about to look anyway
	}
}

// paint writes the lines of the next frame that are not on the terminal yet, in one piece. The turn is the caller's.
func (p *painter) paint() {
	p.mu.Lock()
	frame := p.next
	p.mu.Unlock()
	if !p.on || frame == "" {
		return
	}
	lines := strings.Split(frame, "\n")
	var b strings.Builder
	if len(p.shown) != len(lines) {
		b.WriteString("\x1b[m\x1b[2J")
		p.shown = make([]string, len(lines))
	}
	for i, line := range lines {
		if line == p.shown[i] {
			continue
		}
		b.WriteString("\x1b[")
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString(";1H")
		if doubtful(line) {
			b.WriteString("\x1b[2K")
		}
		b.WriteString(line)
		b.WriteString("\x1b[m")
	}
	p.shown = lines
	if b.Len() > 0 {
		// A character may be wider than one thinks: nothing wraps. The cursor is left where a shell can write below, should the process
		// be stopped without a word.
		p.write("\x1b[?7l" + b.String() + "\x1b[?7h\x1b[" + strconv.Itoa(len(lines)) + ";1H")
	}
}

// doubtful tells a line that a terminal may draw narrower than it has been counted: what was there before would be left at its end.
func doubtful(line string) bool {
	for i := 0; i < len(line); {
		if line[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if !ours(r) {
			return true
		}
		i += size
	}
	return false
}

func (p *painter) write(s string) {
	_, _ = io.WriteString(p.out, s) // a terminal that is gone is found by who reads it
}

// The modes that the interface works in: the other screen, no cursor, pastes marked as such, keys told apart where the terminal can
// (kitty's protocol: esc need not be waited for), a title.
const (
	begin      = "\x1b[22;2t\x1b]2;dayfly\x07\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[>1u"
	end        = "\x1b[<u\x1b[?2004l\x1b[?25h\x1b[?1049l\x1b[23;2t"
	beginMouse = "\x1b[?1002h\x1b[?1006h"
	endMouse   = "\x1b[?1006l\x1b[?1002l"
)

// ask asks the terminal for its background; the answer is a [tea.BackgroundColorMsg].
func (p *painter) ask() {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.write("\x1b]11;?\x07")
}

// resume takes the terminal, and paints all of the last frame.
func (p *painter) resume() {
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.on {
		return
	}
	p.on, p.shown = true, nil
	modes := begin
	if p.mouse {
		modes += beginMouse
	}
	p.write(modes)
	p.paint()
}

// pause leaves the terminal as it was before resume. Nothing is written from when it returns.
func (p *painter) pause() {
	p.turn.Lock()
	defer p.turn.Unlock()
	if !p.on {
		return
	}
	p.on = false
	modes := end
	if p.mouse {
		modes = endMouse + modes
	}
	p.write(modes)
}

// anew paints all of the last frame again: another may have written on the terminal, or a new size has cut off what was on it.
func (p *painter) anew() {
	p.turn.Lock()
	p.shown = nil
	p.turn.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// stop ends run, and leaves the terminal as pause does; one that takes no output is not waited for.
func (p *painter) stop() {
	const patience = 500 * time.Millisecond
	close(p.ended)
	paused := make(chan struct{})
	go func() {
		defer close(paused)
		p.pause()
	}()
	select {
	case <-paused:
	case <-time.After(patience):
	}
}
