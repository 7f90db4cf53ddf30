package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// everywhere does what is the same on every screen.
func (a *App) everywhere(top kit.Screen, msg tea.KeyPressMsg) (cmd tea.Cmd, mine bool) {
	switch {
	case key.Matches(msg, a.keys.Quit):
		return a.quit(), true
	case key.Matches(msg, a.keys.Nodes):
		if listsNodes(top) {
			return nil, true
		}
		return a.pushOn(a.newNodes()), true
	case key.Matches(msg, a.keys.Leftovers):
		if listsLeftovers(top) {
			return nil, true
		}
		if a.reminded() {
			return a.pushOn(a.newLeftovers(true, false, a.earlier.items)), true
		}
		return a.pushOn(a.newLeftovers(false, false, nil)), true
	case key.Matches(msg, a.keys.Batches):
		return a.showBatch(), true
	case key.Matches(msg, a.keys.Sessions):
		if listsSessions(top) {
			return nil, true
		}
		return a.pushOn(a.newSessionList()), true
	case key.Matches(msg, a.keys.NextSession, a.keys.PrevSession):
		return a.toSessionBeside(key.Matches(msg, a.keys.NextSession)), true
	case key.Matches(msg, a.keys.Copy, a.keys.CopyCommand):
		return a.copied(top, msg)
	case key.Matches(msg, a.keys.Palette):
		return a.pushOn(newPalette(a.services, top, a.globals())), true
	case key.Matches(msg, a.keys.Theme):
		return a.pushOn(newThemePicker(a.services, top, a.themes)), true
	case key.Matches(msg, a.keys.Help):
		if _, open := top.(*helpScreen); !open {
			return a.pushOn(newHelpScreen(a.services, top)), true
		}
	case key.Matches(msg, a.keys.Hide) && a.reminded():
		a.earlier.hidden = true
		a.enableHide()
		return nil, true
	case key.Matches(msg, a.keys.Hide) && a.hinted():
		a.guide = false
		a.enableHide()
		return nil, true
	case key.Matches(msg, a.keys.Namespace):
		return a.pushOn(a.namespacePicker()), true
	case key.Matches(msg, a.keys.Context):
		return a.pushOn(a.contextPicker()), true
	}
	return nil, false
}
