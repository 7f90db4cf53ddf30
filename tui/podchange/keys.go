package podchange

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of the screens of this room.
type keyMap struct {
	Do, Leave, Restore, Next key.Binding
}

func newKeyMap() keyMap {
	return keyMap{
		Do:      kit.Bind("↵", "do it", "enter"),
		Leave:   kit.Bind("c", "leave the controller too", "c"),
		Restore: kit.Bind("u", "restore", "u"),
		Next:    kit.Bind("↵", "open the new pod", "enter"),
	}
}

// KeyGroup is what is told of the keys of these screens outside the interface.
func KeyGroup() kit.KeyGroup {
	k, all := newKeyMap(), kit.NewKeyMap()
	return kit.NewKeyGroup("quarantine, evict", k.Do, k.Leave, k.Restore, k.Next, all.Debug, all.Retry)
}
