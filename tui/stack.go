package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// repaint lets all screens be drawn in the theme that is worn.
func (a *App) repaint() { a.Styles = kit.NewStyles(a.themes.theme(), a.themes.depth) }

func (a *App) ping() tea.Cmd {
	a.link.asking, a.link.asked = true, a.Now()
	cluster, ctx := a.cluster, a.ctx
	return func() tea.Msg {
		health, err := cluster.Ping(ctx)
		return pingMsg{cluster, health, err}
	}
}

// flashTime is how long a remark stays in the footer.
const flashTime = 6 * time.Second

func (a *App) pushOn(s kit.Screen) tea.Cmd {
	a.flash = ""
	a.stack = append(a.stack, s)
	return s.Init()
}

// popTop ends the top screen with what runs in it. The first screen stays.
func (a *App) popTop() {
	if len(a.stack) == 1 {
		return
	}
	if c, ok := a.top().(kit.Closer); ok {
		c.Close()
	}
	a.flash = ""
	a.stack = a.stack[:len(a.stack)-1]
}

// leaveTop goes back, and looks what is left of earlier sessions where something of it may have been taken away.
func (a *App) leaveTop() tea.Cmd {
	was := a.top()
	if a.popTop(); listsLeftovers(was) {
		return a.lookEarlier()
	}
	return nil
}

// showInstead shows a screen, in the place of the top one if that makes way.
func (a *App) showInstead(s kit.Screen) tea.Cmd {
	if _, makesWay := a.top().(passing); makesWay {
		return a.replaceTop(s)
	}
	return a.pushOn(s)
}

func (a *App) replaceTop(s kit.Screen) tea.Cmd {
	a.popTop()
	return a.pushOn(s)
}
