package capture

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of captures: those in common, and their own.
type keyMap struct {
	kit.KeyMap
	Start, Expression, Interface, Time, Way key.Binding // before
	Stop, Next, Previous, Details, CopyPath key.Binding // while it goes on, and after
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:     common,
		Start:      kit.Bind("↵", "capture", "enter"),
		Expression: kit.Bind("f", "filter", "f"),
		Interface:  kit.Bind("i", "interface", "i"),
		Time:       kit.Bind("T", "time limit", "T"),
		Way:        kit.Bind("w", "way", "w"),

		Stop:     kit.Bind("esc q", "stop", "q", "esc", "left", "backspace"),
		Next:     kit.Bind("tab", "packets, talkers, DNS, …", "tab"),
		Previous: kit.Bind("shift+tab", "the one before", "shift+tab"),
		Details:  kit.Bind("↵ →", "the whole packet", "enter", "right"),
		CopyPath: kit.Bind("y", "copy the path", "y"),
	}
}

// KeyGroups are what is told of the keys of captures outside the interface.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return []kit.KeyGroup{
		kit.NewKeyGroup("before a capture", k.Start, k.Expression, k.Interface, k.Time, k.Way),
		kit.NewKeyGroup("capture", k.Stop, k.Next, k.Previous, k.Filter, k.Details, k.CopyPath),
	}
}
