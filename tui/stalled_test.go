package tui

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// stuck is when a test gives up; it says nothing about how long anything should take.
const stuckFor = time.Minute

// stalled is a terminal that takes nothing until it is let go, as after Ctrl-S or behind a dead ssh.
type stalled struct {
	*emulated
	goOn    chan struct{} // closed when it takes output
	waiting chan struct{} // closed when the first write waits
	once    sync.Once
}

func newStalled(width, height int) *stalled {
	s := &stalled{emulated: newEmulated(width, height), goOn: make(chan struct{}), waiting: make(chan struct{})}
	go func() { _, _ = io.Copy(io.Discard, s.screen) }() // its answers; they wait for who reads them
	return s
}

func (s *stalled) Write(b []byte) (int, error) {
	s.once.Do(func() { close(s.waiting) })
	<-s.goOn
	return s.emulated.Write(b)
}

// within fails when f does not return.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(stuckFor):
		t.Fatalf("%s waits for the terminal", what)
	}
}

// While the terminal takes nothing, the interface goes on: sizes, keys, frames, the clipboard. When it takes output again, the last frame is on
// it, whole.
func TestStalledTerminalStopsNothing(t *testing.T) {
	a := testApp(t)
	terminal := newStalled(100, 30)
	a.painter = newPainter(terminal, colorprofile.TrueColor, true)
	a.painter.resume()
	a.painter.ask()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.painter.run()
	}()
	<-terminal.waiting
	within(t, "the interface", func() {
		for range 50 {
			a.do(t, tea.WindowSizeMsg{Width: 80, Height: 24}, press("j"), press("y"), tickMsg{})
			a.View()
			a.do(t, tea.WindowSizeMsg{Width: 100, Height: 30}, press("?"), press("esc"))
			a.View()
		}
	})
	close(terminal.goOn)
	for want := onScreen(a.draw()); onScreen(terminal.text()) != want; {
		a.painter.mu.Lock()
		changed, settled := a.painter.change, a.painter.settled == a.painter.want.number
		a.painter.mu.Unlock()
		if got := onScreen(terminal.text()); settled && got != want {
			t.Fatalf("behind the stall the terminal shows\n%s\nwant\n%s", got, want)
		}
		select {
		case <-changed:
		case <-time.After(stuckFor):
			t.Fatal("the frame does not come")
		}
	}
	within(t, "stop", a.painter.stop)
	<-done
}

// A terminal that takes nothing is not waited for at the end, and is left when it takes output again. A hand-over that comes to its end
// meanwhile does not take it back.
func TestStalledTerminalIsLeft(t *testing.T) {
	var b strings.Builder
	goOn, waiting := make(chan struct{}), make(chan struct{}, 10)
	p := newPainter(writerFunc(func(text []byte) (int, error) {
		waiting <- struct{}{}
		<-goOn
		return b.Write(text)
	}), colorprofile.TrueColor, false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run()
	}()
	p.resume()
	<-waiting
	if p.pause(time.Millisecond) {
		t.Error("a terminal that takes nothing is left")
	}
	p.resume()
	close(goOn)
	within(t, "pause", func() {
		if !p.pause(stuckFor) {
			t.Error("the terminal is not left")
		}
	})
	if got := b.String(); !strings.HasSuffix(got, end) {
		t.Errorf("the terminal is left with %q", got)
	}
	p.stop()
	<-done
	p.resume()
	p.show("late")
	p.step()
	if got := b.String(); !strings.HasSuffix(got, end) {
		t.Errorf("written behind the end: %q", got)
	}
}
