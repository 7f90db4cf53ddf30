package files

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/fileopen"
	"github.com/dayfly-k8s/dayfly/tui/fileview"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of a folder: those in common, and its own.
type keyMap struct {
	kit.KeyMap
	View, Parent, Leaves                  key.Binding
	Download, Upload, Edit, Path, Changed key.Binding
	Usage, Again, Cancel, Beside          key.Binding
	TakePath                              key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:   common,
		View:     kit.Bind("↵ →", "view", "enter", "right"),
		Parent:   kit.Bind("← h", "up a folder", "left", "backspace", "h"),
		Leaves:   kit.Bind("esc", "back", "esc"),
		Download: kit.Bind("d", "download", "d"),
		Upload:   kit.Bind("u", "upload", "u"),
		Edit:     kit.Bind("e", "edit", "e"),
		Path:     kit.Bind("p", "go to a path", "p"),
		Changed:  kit.Bind("~", "only changed", "~"),
		Usage:    kit.Bind("U", "folder sizes", "U"),
		Again:    kit.Bind("r", "read again", "r"),
		Cancel:   kit.Bind("esc", "cancel", "esc"),
		Beside:   kit.Bind("b", "by a debug container", "b"),
		TakePath: kit.Bind("↵", "go there", "enter"),
	}
}

// KeyGroups are what is told of the keys of files outside the interface.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return []kit.KeyGroup{
		kit.NewKeyGroup("files", kit.Bind("↵ →", "open a folder, view a file"), k.Parent, k.Download, k.Upload, k.Edit, k.Mark, k.MarkAll, k.MarkRange, k.Path, k.Filter, k.Changed, k.Sort,
			k.Usage, k.Beside, k.Again),
		fileopen.KeyGroup(),
		fileview.KeyGroup(),
	}
}
