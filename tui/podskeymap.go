package tui

import (
	"charm.land/bubbles/v2/key"
)

// podsKeys are the keys of the list of pods.
type podsKeys struct {
	KeyMap
	Sort, OnlySick key.Binding
}

func newPodsKeys(common KeyMap) podsKeys {
	return podsKeys{
		KeyMap:   common,
		Sort:     bind("o", "order", "o"),
		OnlySick: bind("!", "only sick", "!"),
	}
}

// podsKeyGroup is what is told of them outside the interface.
func podsKeyGroup() KeyGroup {
	k := newPodsKeys(newCommonKeys())
	return newKeyGroup("pods", k.Open, k.Debug, k.Logs, k.Inspect, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry)
}
