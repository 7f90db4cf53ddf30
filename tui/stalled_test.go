package tui

import (
	"io"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// stuck is when a test gives up; it says nothing about how long anything should take.
const stuckFor = time.Minute

// stalled is a terminal that takes nothing until it is let go, as after Ctrl-S or behind a dead ssh.
type stalled struct {
	*kittest.Terminal
	goOn    chan struct{} // closed when it takes output
	waiting chan struct{} // closed when the first write waits
	more    chan struct{} // has an item when something has been written
	once    sync.Once
}

func newStalled(width, height int) *stalled {
	s := &stalled{Terminal: kittest.NewTerminal(width, height), goOn: make(chan struct{}), waiting: make(chan struct{}), more: make(chan struct{}, 1)}
	go func() { _, _ = io.Copy(io.Discard, s.Screen) }() // its answers; they wait for who reads them
	return s
}

func (s *stalled) Write(b []byte) (int, error) {
	s.once.Do(func() { close(s.waiting) })
	<-s.goOn
	defer func() {
		select {
		case s.more <- struct{}{}:
		default:
		}
	}()
	return s.Terminal.Write(b)
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
	a.painter = paintOn(terminal, true)
	a.painter.Resume()
	a.painter.Ask()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.painter.Run()
	}()
	<-terminal.waiting
	within(t, "the interface", func() {
		for range 50 {
			a.do(t, tea.WindowSizeMsg{Width: 80, Height: 24}, press("j"), press("y"), kit.Tick{})
			a.View()
			a.do(t, tea.WindowSizeMsg{Width: 100, Height: 30}, press("?"), press("esc"))
			a.View()
		}
	})
	close(terminal.goOn)
	want := kittest.OnScreen(a.draw())
	for late := time.After(stuckFor); kittest.OnScreen(terminal.Text()) != want; {
		select {
		case <-terminal.more:
		case <-late:
			t.Fatalf("behind the stall the terminal shows\n%s\nwant\n%s", kittest.OnScreen(terminal.Text()), want)
		}
	}
	within(t, "stop", a.painter.Stop)
	<-done
}
