package logs

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of logs.
type keyMap struct {
	kit.KeyMap
	Follow, Previous, AllContainers, NextContainer, Times, Wrap key.Binding
	OlderMatch, NewerMatch, FoundUp, FoundDown                  key.Binding
	Older, Save, ScrollSide                                     key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:        common,
		Follow:        kit.Bind("f", "follow", "f"),
		Previous:      kit.Bind("p", "previous", "p"),
		AllContainers: kit.Bind("a", "all", "a"),
		NextContainer: kit.Bind("tab", "next container", "tab"),
		Times:         kit.Bind("T", "times", "T"),
		Wrap:          kit.Bind("w", "wrap", "w"),
		OlderMatch:    kit.Bind("n", "older match", "n"),
		NewerMatch:    kit.Bind("N", "newer match", "N"),
		FoundUp:       kit.Bind("↑", "older match", "up", "ctrl+p"),
		FoundDown:     kit.Bind("↓", "newer match", "down", "ctrl+n"),
		Older:         kit.Bind("o", "older lines", "o"),
		Save:          kit.Bind("s", "save", "s"),
		ScrollSide:    kit.Bind("← →", "scroll sideways", "left", "right"),
	}
}

// KeyGroup is what is told of them outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("logs", k.Search, k.OlderMatch, k.NewerMatch, k.Follow, k.Previous, k.AllContainers, k.NextContainer,
		k.Times, k.Wrap, k.ScrollSide, k.Older, k.Save)
}
