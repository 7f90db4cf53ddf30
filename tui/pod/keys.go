package pod

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// inspectKeys are the keys of the inspection.
type inspectKeys struct {
	kit.KeyMap
	YAML, Section, NextMatch, MatchBefore key.Binding
}

func newInspectKeys(common kit.KeyMap) inspectKeys {
	return inspectKeys{
		KeyMap:      common,
		YAML:        kit.Bind("v", "YAML", "v"),
		Section:     kit.Bind("tab", "next section", "tab"),
		NextMatch:   kit.Bind("n", "next match", "n"),
		MatchBefore: kit.Bind("N", "previous match", "N"),
	}
}

// KeyGroup is what is told of the keys of a pod's containers outside the interface.
func KeyGroup() kit.KeyGroup {
	k := kit.NewKeyMap()
	return kit.NewKeyGroup("containers", k.Debug, k.Attach, k.Shell, k.Logs, k.Inspect)
}

// InspectKeyGroup is what is told of the keys of the inspection outside the interface.
func InspectKeyGroup() kit.KeyGroup {
	k := newInspectKeys(kit.NewKeyMap())
	return kit.NewKeyGroup("inspect", k.YAML, k.Section, k.Attach, k.Logs, k.Debug, k.Search, k.NextMatch, k.MatchBefore)
}
