package tui

import (
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/paint"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// A new size has all drawn anew: a terminal that was smaller for a moment has lost a part of what was on it.
func TestNewSizeIsDrawnAnew(t *testing.T) {
	a := testApp(t)
	c := kittest.NewTerminal(80, 24)
	a.painter = paintOn(c, false)
	a.painter.Resume()
	size := tea.WindowSizeMsg{Width: 80, Height: 24}
	for range 2 {
		_, _ = io.WriteString(c, "\x1b[2J")
		a.do(t, size)
		a.View()
		a.painter.Step()
		if got := kittest.OnScreen(c.Text()); got != kittest.OnScreen(a.draw()) {
			t.Errorf("the terminal shows\n%s", got)
		}
	}
}

// buggyScreen has a bug.
type buggyScreen struct {
	kit.Screen
	update, view bool
}

func (s *buggyScreen) Update(tea.Msg) tea.Cmd {
	if s.update {
		panic("update")
	}
	return nil
}

func (s *buggyScreen) View(int, int) string {
	if s.view {
		panic("view")
	}
	return ""
}

// A bug is told where it can be read: the terminal is let go before.
func TestPanicLetsTheTerminalGo(t *testing.T) {
	for _, screen := range []*buggyScreen{{update: true}, {view: true}} {
		a := testApp(t)
		a.width, a.height = 80, 24
		screen.Screen = a.top()
		a.stack = append(a.stack, screen)
		var b strings.Builder
		a.painter = paintOn(&b, true)
		a.painter.Resume()
		a.painter.Step()
		done := make(chan struct{})
		go func() {
			defer close(done)
			a.painter.Run()
		}()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			a.do(t, kit.Tick{})
			a.View()
		}()
		a.painter.Stop()
		<-done
		if !isLeft(b.String()) || !strings.Contains(b.String(), "\x1b[?1002l") {
			t.Errorf("%+v: the terminal is left with %q", screen, b.String())
		}
	}
}

// A command runs elsewhere, and so do those that it brings.
func TestPanicOfACommandLetsTheTerminalGo(t *testing.T) {
	bug := func() tea.Msg { panic("command") }
	for name, run := range map[string]func(a *App){
		"a command": func(a *App) { a.guarded(bug)() },
		"one of several": func(a *App) {
			some, ok := a.guarded(tea.Batch(bug, func() tea.Msg { return nil }))().(tea.BatchMsg)
			if !ok {
				t.Fatal("several commands are no batch")
			}
			some[0]()
		},
	} {
		a := testApp(t)
		var b strings.Builder
		a.painter = paintOn(&b, false)
		a.painter.Resume()
		a.painter.Step()
		done := make(chan struct{})
		go func() {
			defer close(done)
			a.painter.Run()
		}()
		func() {
			defer func() {
				if recover() != "command" {
					t.Errorf("%s: the panic is swallowed", name)
				}
			}()
			run(a)
		}()
		a.painter.Stop()
		<-done
		if !isLeft(b.String()) {
			t.Errorf("%s: the terminal is not let go", name)
		}
	}
}

// Frames appear at once where the terminal says that it knows how, and only there.
func TestSynchronizedOutput(t *testing.T) {
	for _, test := range []struct {
		value ansi.ModeSetting
		want  bool
	}{
		{ansi.ModeNotRecognized, false}, {ansi.ModeSet, true}, {ansi.ModeReset, true}, {ansi.ModePermanentlySet, true}, {ansi.ModePermanentlyReset, false},
	} {
		a := testApp(t)
		var b strings.Builder
		a.painter = paintOn(&b, false)
		a.painter.Resume()
		a.do(t, tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: test.value})
		a.painter.Show("frame")
		a.painter.Step()
		got := strings.Contains(b.String(), "\x1b[?2026h") && strings.HasSuffix(b.String(), "\x1b[?2026l")
		if got != test.want {
			t.Errorf("answer %d: synchronized: %v, %q", test.value, got, b.String())
		}
	}
}

// paintOn paints as dayfly does.
func paintOn(out io.Writer, mouse bool) *paint.Painter {
	return paint.New(paint.Options{Out: out, Profile: colorprofile.TrueColor, Mouse: mouse, Questions: session.Questions, OneCell: kit.OneCell})
}

// isLeft reports whether the last that was written left the terminal to others.
func isLeft(written string) bool {
	return strings.LastIndex(written, "\x1b[?1049l") > strings.LastIndex(written, "\x1b[?1049h")
}
