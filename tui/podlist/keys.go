package podlist

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of the list of pods.
type keyMap struct {
	kit.KeyMap
	Sort, OnlySick key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:   common,
		Sort:     kit.Bind("o", "order", "o"),
		OnlySick: kit.Bind("!", "only sick", "!"),
	}
}

// KeyGroup is what is told of them outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("pods", k.Open, k.Debug, k.Logs, k.Inspect, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry)
}
