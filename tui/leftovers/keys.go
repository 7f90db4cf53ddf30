package leftovers

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of the list of leftovers: those in common, and its own.
type keyMap struct {
	kit.KeyMap
	CleanUp, Do, Mine, Again key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:  common,
		CleanUp: kit.Bind("e", "clean up", "e"),
		Do:      kit.Bind("↵", "do it", "enter"),
		Mine:    kit.Bind("m", "only mine", "m"),
		Again:   kit.Bind("r", "look again", "r"),
	}
}

// KeyGroup is what is told of the keys of leftovers outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("leftovers", k.CleanUp, k.Do, k.Mark, k.MarkAll, k.MarkRange, k.Open, k.Inspect, k.Evict, k.Mine, k.AllNamespaces, k.Filter, k.Sort, k.Again)
}
