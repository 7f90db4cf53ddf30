package session

import (
	"errors"
	"io"
)

// Show gives the session a terminal, until its person leaves it, the terminal ends, or the session does. What was missed is shown first,
// behind so many lines of what was seen before, for a terminal that has shown something else since. The program is asked to draw itself anew. The error is the foreground's cause: nil when the session has ended, [ErrDetached], a
// [*SignalError] or [ErrTerminalLost]. What was typed before the detach key is the program's, also when its link is lost just now.
func (s *Session) Show(fg *Foreground, lines int) error {
	stop, mirrored := make(chan struct{}), make(chan struct{})
	now, _, _ := fg.size.get()
	s.size.set(now)
	go func() {
		defer close(mirrored)
		s.size.mirror(fg.size, stop)
	}()
	keys, sent := fg.keys.open(), make(chan struct{})
	go func() {
		defer close(sent)
		s.typed(keys)
	}()
	s.event(Shows)
	typed := s.Look().BytesIn
	printed, again := s.out.appear(fg.screen, lines)
	if again {
		s.size.redraw()
	}
	if _, _, full := s.out.counts(); full && again { // the screen is blank until it has
		go s.repaint(stop, func() bool { now, _, _ := s.out.counts(); return now > printed }, typed)
	}
	s.shows.Do(func() { close(s.front) })
	select {
	case <-s.done:
	case <-fg.Done():
		closedWithin(sent, cancelPatience) // longer only for a program that reads nothing
	}
	_ = keys.Close()
	close(stop)
	<-mirrored
	fg.screen.drain(lastOutput, lastOutputStill)
	s.out.vanish(fg.screen)
	s.event(Hides)
	cause := fg.Cause()
	if s.opts.Record != nil && errors.Is(cause, ErrDetached) {
		s.opts.Record.Mark("detached")
	}
	return cause
}

// typed brings keys to the program.
func (s *Session) typed(keys io.Reader) {
	b := make([]byte, pumpChunk)
	for {
		n, err := keys.Read(b)
		if n > 0 && !s.opts.ReadOnly {
			if r, ok := s.opts.Record.(inputRecorder); ok {
				r.Input(b[:n])
			}
			s.keys.push(b[:n])
			s.mu.Lock()
			s.state.BytesIn += int64(n)
			s.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}
