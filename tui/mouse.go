package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// wheelStep is how many lines one notch of the wheel moves.
const wheelStep = 3

// mouse gives clicks of the left button and turns of the wheel to the top screen. It is called for what no session is to get: reports of
// the mouse are never typed for one.
func (a *App) mouse(msg tea.MouseMsg) tea.Cmd {
	if a.typed != nil || a.playing || a.tooSmall() || a.launching() {
		return nil
	}
	top := a.top()
	if s, ok := top.(kit.Settler); ok && s.Settling() {
		return nil
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		switch at.Button { //nolint:exhaustive // those of a wheel that turns two ways
		case tea.MouseWheelUp:
			return a.wheel(top, -wheelStep)
		case tea.MouseWheelDown:
			return a.wheel(top, wheelStep)
		}
	case tea.MouseClickMsg:
		if at.Button != tea.MouseLeft {
			return nil
		}
		if s, ok := top.(kit.Clickable); ok && at.Y >= 1 && at.Y <= a.body() {
			return s.Click(at.X, at.Y-1)
		}
	}
	return nil
}

// wheel scrolls a screen.
func (a *App) wheel(s kit.Screen, lines int) tea.Cmd {
	if w, ok := s.(kit.Wheeled); ok {
		return w.Wheel(lines)
	}
	arrow := tea.KeyPressMsg{Code: tea.KeyDown}
	if lines < 0 {
		arrow.Code, lines = tea.KeyUp, -lines
	}
	var cmds []tea.Cmd
	for range lines {
		cmds = append(cmds, s.Update(arrow))
	}
	return tea.Batch(cmds...)
}
