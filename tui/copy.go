package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// copied sends what a person wants to have elsewhere to the terminal's clipboard (OSC 52). Whether the terminal takes it cannot be
// known: many do, some ask, some must be told to, so the remark says what was done and no more.
func (a *App) copied(top kit.Screen, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if s, ok := top.(kit.TextCopier); ok && key.Matches(msg, a.keys.Copy) {
		text, what := s.CopyText()
		return a.send(text, what), true
	}
	s, ok := top.(kit.Copier)
	if !ok {
		return nil, false
	}
	text, what := s.CopyName(), "name"
	if key.Matches(msg, a.keys.CopyCommand) {
		text, what = s.CopyCommand(), "command"
	}
	if text == "" {
		return a.Flash("there is no " + what + " to copy here"), true
	}
	return a.send(text, kube.Sanitize(text)), true
}

// send puts a text into the terminal's clipboard, and says what it is.
func (a *App) send(text, what string) tea.Cmd {
	if a.painter != nil {
		a.painter.Send(ansi.SetSystemClipboard(text))
	}
	return a.Flash("sent to the terminal's clipboard: " + what)
}
