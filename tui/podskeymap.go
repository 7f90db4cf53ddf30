package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// podsKeys are the keys of the list of pods.
type podsKeys struct {
	kit.KeyMap
	Sort, OnlySick key.Binding
}

func newPodsKeys(common kit.KeyMap) podsKeys {
	return podsKeys{
		KeyMap:   common,
		Sort:     kit.Bind("o", "order", "o"),
		OnlySick: kit.Bind("!", "only sick", "!"),
	}
}

// podsKeyGroup is what is told of them outside the interface.
func podsKeyGroup() kit.KeyGroup {
	k := newPodsKeys(kit.NewKeyMap())
	return kit.NewKeyGroup("pods", k.Open, k.Debug, k.Logs, k.Inspect, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry)
}
