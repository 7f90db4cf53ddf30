package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// presetsMsg are the presets as their files are now.
type presetsMsg struct{ kit.Batch[presets.Loaded] }

// awaitPresets waits for a change of the user's presets.
func (a *App) awaitPresets() tea.Cmd {
	if a.reloaded == nil {
		return nil
	}
	return kit.Listen(a.reloaded, func(b kit.Batch[presets.Loaded]) tea.Msg { return presetsMsg{b} })
}

// reload takes the presets into all screens, and says what is wrong in them now.
func (a *App) reload(msg presetsMsg) tea.Cmd {
	var cmds []tea.Cmd
	if n := len(msg.Items); n > 0 {
		loaded := msg.Items[n-1]
		a.presets, a.wrong = loaded.Presets, nil
		for _, mistake := range loaded.Mistakes {
			a.wrong = append(a.wrong, mistake.Error())
		}
		a.tellMistakes()
		for _, s := range a.stack {
			cmds = append(cmds, s.Update(tools.PresetsChanged{}))
		}
	}
	if !msg.Ended {
		cmds = append(cmds, a.awaitPresets())
	}
	return tea.Batch(cmds...)
}

// tellMistakes puts the first mistake in the user's files into the footer, for long enough to be read. The help has all of them whole.
func (a *App) tellMistakes() {
	all := a.allNotices()
	if len(all) == 0 {
		return
	}
	const readable = 10 * time.Second
	a.flash, a.flashUntil = all[0], a.Now().Add(readable)
	a.flashMore = "  " + short(a.keys.Help.Help().Key) + " shows all"
	if n := len(all); n > 1 {
		a.flash = fmt.Sprintf("%d mistakes in your files: %s", n, all[0])
	}
}
