package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Pipe is what a session is connected with that has no terminal of a person's.
type Pipe struct {
	// In is what the program reads; its end is the end of the program's input where that can end (Options.InputOnce), and nothing
	// elsewhere. A Read may be left behind when the session is over. Nil: there is no input.
	In io.Reader
	// Out takes what the program prints, from one goroutine. It is waited for as long as it takes.
	Out io.Writer
	// Screen tells that Out is shown on a terminal: whatever that would answer, or do besides showing, is left out, since nobody here would
	// take the answer. Otherwise every byte goes there as it is.
	Screen bool
	// Note takes lines of dayfly's own, such as that the link is lost. It may be nil.
	Note func(words string)
}

// Stream is Show for programs instead of people: it connects a session that is Options.Piped with p until the session is over, which
// [Session.Leave] brings about too, and everything it has received is written. It is called at once when the session has begun, and only once.
//
// The error says why not all was read or written: Out's or In's own, or that ctx has ended, until which Out is waited for; the session goes on
// then, unless it is over. How the program has ended is not its matter: [Session.Look] tells.
func (s *Session) Stream(ctx context.Context, p Pipe) error {
	out := &pipeEnd{w: p.Out, failed: make(chan struct{})}
	screen := newScreen(out)
	screen.still, screen.note = 0, func(string) {}
	if p.Note != nil {
		screen.note = p.Note
	}
	if !p.Screen {
		screen.pass = func(b []byte) []byte { return b }
	} else {
		replayed := vt.NewReplayFilter()
		screen.pass = replayed.Filter.Pass
	}
	go screen.run()
	defer screen.abandon()
	defer context.AfterFunc(ctx, screen.abandon)()
	var in input
	if p.In != nil && !s.opts.ReadOnly {
		go s.feed(&in, p.In)
	}
	defer s.keys.close()
	s.event(Shows)
	defer s.event(Hides)
	s.out.appear(screen, 0)
	s.shows.Do(func() { close(s.front) })
	select {
	case <-s.done:
		s.flush(screen)
	case <-out.failed:
	case <-ctx.Done():
	}
	s.out.vanish(screen)
	if isClosed(out.failed) {
		return fmt.Errorf("write the output: %w", out.err)
	}
	return errors.Join(ctx.Err(), in.trouble())
}

// flush waits until all is written: of a session that has been left, not long.
func (s *Session) flush(screen *screen) {
	if s.Look().Left {
		screen.drain(lastOutput, lastOutputStill)
		return
	}
	screen.idle()
}

// feed brings what is read to the program.
func (s *Session) feed(in *input, from io.Reader) {
	b := make([]byte, screenChunk)
	for {
		n, err := from.Read(b)
		if n > 0 {
			s.keys.push(b[:n])
			s.mu.Lock()
			s.state.BytesIn += int64(n)
			s.mu.Unlock()
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				in.fail(fmt.Errorf("read the input: %w", err))
			}
			s.keys.end()
			return
		}
	}
}

// input is how the reading of a pipe's input has gone.
type input struct {
	mu  sync.Mutex
	err error
}

func (i *input) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = err
}

func (i *input) trouble() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.err
}

// pipeEnd tells of the first write that fails; behind that nothing is written.
type pipeEnd struct {
	w      io.Writer
	failed chan struct{} // closed when err is known
	err    error
}

func (p *pipeEnd) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if err != nil && !isClosed(p.failed) {
		p.err = err
		close(p.failed)
	}
	return n, err
}
