package session

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/session/ring"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Recorder is where a session's output is written down. Its methods do not block and their errors are its own matter.
type Recorder interface {
	Output(p []byte)
	Resize(cols, rows uint16)
	Mark(label string)
}

// inputRecorder is a recorder that is given what is typed, too. Whether it keeps that is its own matter.
type inputRecorder interface{ Input(p []byte) }

// stallPatience is how long a terminal that takes nothing may hold up the link. Behind it a WebSocket that is not read is dead after 61 s.
const stallPatience = 15 * time.Second

// output is where the output of a session comes out: always into its ring and its recording, and onto the screen of the
// terminal when the session is shown. Bytes are kept as the program has printed them; what may not reach a terminal is
// taken out on the way there.
type output struct {
	// turn is held while the terminal is written to, so that what is shown is in order. mu is never held while something is waited for.
	turn sync.Mutex

	mu      sync.Mutex
	ring    ring.Ring // what a screen is shown: with dayfly's own notes
	end     ring.Ring // the end of what the program has printed, to find it in its log
	chars   int64     // bytes that the program has printed, but for CR
	modes   *vt.ModeTracker
	past    *vt.ReplayFilter // of the log
	piped   bool             // its screen is none: what is shown is what the program prints, and nothing else
	record  Recorder         // nil: nothing is recorded
	screen  *screen          // nil: in the background
	stalled bool             // the screen takes nothing: what comes is only kept, until it does
	shown   int64            // the place in the stream up to which it has been given to a screen
	begun   bool             // a screen has shown something
	ended   bool             // the last byte was the end of a line
	unread  func()           // is told of the first output that nobody sees
	board   *vt.Clipboard
	redraw  func() // asks the program to draw itself anew; nil: nobody does
}

func newOutput(size int, record Recorder, unread func()) *output {
	return &output{ring: ring.Ring{Size: size}, end: ring.Ring{Size: resumeSeen}, modes: vt.NewModeTracker(), past: vt.NewReplayFilter(), record: record, unread: unread, ended: true, board: &vt.Clipboard{}}
}

// Write takes what the program has just printed.
func (o *output) Write(p []byte) (int, error) {
	o.put(p, func(s *screen) error { return s.writeWithin(p, s.still) })
	return len(p), nil
}

// Past takes what the program had printed before: on the screen its questions are not asked again.
func (o *output) Past(p []byte) {
	o.put(p, func(s *screen) error {
		if o.piped {
			return s.writeWithin(p, s.still)
		}
		return s.writeWithin(o.past.Pass(p), s.still)
	})
}

// Note takes a line of dayfly's own, such as that the link was lost. Where the program has the whole screen it would be drawn into a
// picture, so it is left out.
func (o *output) Note(words string) {
	o.turn.Lock()
	defer o.turn.Unlock()
	o.mu.Lock()
	full, line := o.modes.Alt != 0, "\x1b[2m"+words+"\x1b[m\r\n"
	if !o.ended {
		line = "\r\n" + line
	}
	if o.record != nil {
		o.record.Mark(words)
	}
	if o.piped || full {
		screen := o.screen
		o.mu.Unlock()
		if o.piped && screen != nil {
			screen.note(words)
		}
		return
	}
	o.ended = true
	o.show([]byte(line), func(s *screen) error { return s.writeWithin([]byte(line), s.still) })
}

// front is the screen that output is to be written to now, or nil. The lock is held.
func (o *output) front() *screen {
	if o.stalled {
		return nil
	}
	return o.screen
}

func (o *output) put(p []byte, show func(*screen) error) {
	if len(p) == 0 {
		return
	}
	o.turn.Lock()
	defer o.turn.Unlock()
	o.mu.Lock()
	o.end.Write(p)
	o.chars += int64(len(p) - bytes.Count(p, []byte{'\r'}))
	o.modes.Listen(p)
	o.ended = p[len(p)-1] == '\n'
	if o.record != nil {
		o.record.Output(p)
	}
	o.show(p, show)
}

// show keeps p and brings it to the screen there is. Both locks are held; it gives mu back.
func (o *output) show(p []byte, write func(*screen) error) {
	o.ring.Write(p)
	screen, first := o.front(), o.shown == o.ring.Total-int64(len(p))
	if screen != nil {
		o.shown = o.ring.Total
	}
	o.mu.Unlock()
	if screen == nil {
		if first {
			o.unread()
		}
		return
	}
	if err := write(screen); err != nil {
		o.missed(screen, len(p), errors.Is(err, errStalled))
	}
}

// missed notes that a screen has not taken the last n bytes. When it is only stalled, they are shown when it takes output again.
func (o *output) missed(screen *screen, n int, stalled bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shown -= int64(n)
	if o.screen != screen || !stalled {
		return
	}
	o.stalled = true
	go func() {
		if screen.idle() {
			o.catchUp(screen)
		}
	}()
}

// catchUp shows a screen that has been stalled what it has missed.
func (o *output) catchUp(screen *screen) {
	o.turn.Lock()
	defer o.turn.Unlock()
	o.mu.Lock()
	if o.screen != screen {
		o.mu.Unlock()
		return
	}
	from := o.shown
	kept, lost := o.ring.Since(from)
	text := append([]byte(nil), kept...)
	if lost > 0 { // among it what the program has turned on or off
		text = append([]byte(vt.ResetSequence(screen.state.Modes())), o.missing(0)...)
	}
	o.shown, o.stalled = o.ring.Total, false
	missed := int(o.shown - from)
	o.mu.Unlock()
	if err := screen.writeWithin(text, screen.still); err != nil { // it has nothing before it, so it does not stall
		o.missed(screen, missed, false)
	} else if lost > 0 && o.redraw != nil {
		o.redraw()
	}
}

// skipped says how much cannot be shown.
func skipped(lost int64) string {
	if lost == 0 {
		return ""
	}
	return fmt.Sprintf("\r\n\x1b[2mdayfly: %d bytes are not shown: they are no longer in memory\x1b[m\r\n", lost)
}

// appear shows what was missed on a screen, behind so many lines of what was seen, as the terminal has to know it, and from there on what
// comes. It returns how many bytes had come until then, and whether the program has to be asked to draw itself again: the session had been on a
// screen before, or what it has drawn is a picture.
func (o *output) appear(screen *screen, lines int) (printed int64, again bool) {
	o.turn.Lock()
	defer o.turn.Unlock()
	o.mu.Lock()
	again = o.begun || o.modes.Alt != 0 && !o.piped
	text, printed := o.missing(lines), o.end.Total
	if o.piped {
		kept, _ := o.ring.Since(o.shown)
		text = append([]byte(nil), kept...)
	}
	screen.state.Clipboard.Store(o.board)
	o.screen, o.stalled, o.begun = screen, false, true
	o.shown = o.ring.Total
	o.mu.Unlock()
	_ = screen.writeWithin(text, screen.still)
	return printed, again
}

// missing is what a screen needs to show the session as it is. The lock is held.
func (o *output) missing(lines int) []byte {
	if o.modes.Alt != 0 { // a picture: what was drawn before does not matter, and the program draws it anew
		return []byte(o.modes.Restore() + "\x1b[H\x1b[2J")
	}
	from := o.shown
	if o.begun {
		from = o.ring.LineAt(from, lines) // with its prompt
	}
	kept, lost := o.ring.Since(from)
	replay := vt.NewReplayFilter()
	text := append([]byte(skipped(lost)), replay.Pass(kept)...)
	return append(text, o.modes.Restore()...)
}

// vanish takes the screen away: what is on its way there, and what it has not written, counts as not seen.
func (o *output) vanish(screen *screen) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.screen == screen {
		o.screen, o.stalled = nil, false
		o.shown = max(0, o.shown-screen.leave())
	}
}

// tail is the end of what there is to show, n bytes at most.
func (o *output) tail(n int64) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, _ := o.ring.Since(max(o.ring.Total-n, 0))
	return append([]byte(nil), kept...)
}

// seen is the end of what the program has printed, and how many bytes all of that are, but for CR.
func (o *output) seen() (end []byte, chars int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, _ := o.end.Since(0)
	return append([]byte(nil), kept...), o.chars
}

// counts are how many bytes have come, and how many nobody has seen; full tells whether the program has the whole screen.
func (o *output) counts() (total, unread int64, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.end.Total, o.ring.Total - o.shown, o.modes.Alt != 0
}
