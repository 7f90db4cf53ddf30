package report

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

type keyMap struct {
	kit.KeyMap
	Write, Turn, Read, Cancel, CopyHead key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:   common,
		Write:    kit.Bind("↵", "write it", "enter"),
		Turn:     kit.Bind("space", "change", "space"),
		Read:     kit.Bind("↵ v", "read report.md", "enter", "v"),
		Cancel:   kit.Bind("esc", "cancel", "esc"),
		CopyHead: kit.Bind("y", "copy its head as Markdown", "y"),
	}
}

// KeyGroup is what is told of the keys of reports outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("report", k.Write, k.Turn, k.Cancel, k.Read, k.CopyHead)
}
