package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// ahead are keys that were typed while what they are about was still being read. They wait for it, in their order; the footer shows them, and
// esc discards them. Nothing is changed in a cluster by a key that has waited: its plan was not on the screen when it was pressed.
type ahead struct {
	keys    []tea.Msg  // presses and pastes
	on      kit.Screen // that the first of them is for
	acting  bool       // the keys have their effect now
	dropped bool       // there was no room for more
}

// mostAhead is how many keys wait. Who types more has not noticed that nothing happens.
const mostAhead = 32

// words are the keys as people read them.
func (h *ahead) words() string {
	var names []string
	for _, msg := range h.keys {
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			names = append(names, keyName(msg))
		case tea.PasteMsg:
			names = append(names, "a paste")
		}
	}
	return strings.Join(names, " ")
}

// keyName is a key as the footer writes it.
func keyName(press tea.KeyPressMsg) string {
	switch name := press.String(); name {
	case "enter":
		return "↵"
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	default:
		return name
	}
}
