package tui

import (
	"charm.land/bubbles/v2/key"
)

// inspectKeys are the keys of the inspection.
type inspectKeys struct {
	KeyMap
	YAML, Section, NextMatch, MatchBefore key.Binding
}

func newInspectKeys(common KeyMap) inspectKeys {
	return inspectKeys{
		KeyMap:      common,
		YAML:        bind("v", "YAML", "v"),
		Section:     bind("tab", "next section", "tab"),
		NextMatch:   bind("n", "next match", "n"),
		MatchBefore: bind("N", "previous match", "N"),
	}
}

// containersKeyGroup is what is told of the keys of a pod's containers outside the interface.
func containersKeyGroup() KeyGroup {
	k := newCommonKeys()
	return newKeyGroup("containers", k.Debug, k.Attach, k.Shell, k.Logs, k.Inspect)
}

// inspectKeyGroup is what is told of the keys of the inspection outside the interface.
func inspectKeyGroup() KeyGroup {
	k := newInspectKeys(newCommonKeys())
	return newKeyGroup("inspect", k.YAML, k.Section, k.Attach, k.Logs, k.Debug, k.Search, k.NextMatch, k.MatchBefore)
}
