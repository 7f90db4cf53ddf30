package tui

import (
	"charm.land/bubbles/v2/key"
)

// logsKeys are the keys of logs.
type logsKeys struct {
	KeyMap
	Follow, Previous, AllContainers, NextContainer, Times, Wrap key.Binding
	OlderMatch, NewerMatch, FoundUp, FoundDown                  key.Binding
	Older, Save, ScrollSide                                     key.Binding
}

func newLogsKeys(common KeyMap) logsKeys {
	return logsKeys{
		KeyMap:        common,
		Follow:        bind("f", "follow", "f"),
		Previous:      bind("p", "previous", "p"),
		AllContainers: bind("a", "all", "a"),
		NextContainer: bind("tab", "next container", "tab"),
		Times:         bind("T", "times", "T"),
		Wrap:          bind("w", "wrap", "w"),
		OlderMatch:    bind("n", "older match", "n"),
		NewerMatch:    bind("N", "newer match", "N"),
		FoundUp:       bind("↑", "older match", "up", "ctrl+p"),
		FoundDown:     bind("↓", "newer match", "down", "ctrl+n"),
		Older:         bind("o", "older lines", "o"),
		Save:          bind("s", "save", "s"),
		ScrollSide:    bind("← →", "scroll sideways", "left", "right"),
	}
}

// logsKeyGroup is what is told of them outside the interface.
func logsKeyGroup() KeyGroup {
	k := newLogsKeys(newCommonKeys())
	return newKeyGroup("logs", k.Search, k.OlderMatch, k.NewerMatch, k.Follow, k.Previous, k.AllContainers, k.NextContainer,
		k.Times, k.Wrap, k.ScrollSide, k.Older, k.Save)
}
