package filecopy

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of questions about copies.
type keyMap struct{ GoOn, Replace, Write, Leave key.Binding }

func newKeyMap() keyMap {
	return keyMap{
		GoOn:    kit.Bind("↵", "go on", "enter"),
		Replace: kit.Bind("↵", "replace", "enter"),
		Write:   kit.Bind("↵", "write it", "enter"),
		Leave:   kit.Bind("esc", "back", "esc", "left", "backspace"),
	}
}
