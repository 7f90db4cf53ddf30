package pod

import (
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// KeyGroup is what is told of the keys of a pod's containers outside the interface.
func KeyGroup() kit.KeyGroup {
	k := kit.NewKeyMap()
	return kit.NewKeyGroup("containers", k.Debug, k.Enter, k.Attach, k.Shell, k.Logs, k.Files, k.Inspect, k.Compare, k.Report, k.Quarantine, k.Evict, k.Capture)
}

// InspectKeyGroup is what is told of the keys of the inspection outside the interface.
func InspectKeyGroup() kit.KeyGroup {
	k := document.NewKeys(kit.NewKeyMap())
	return kit.NewKeyGroup("inspect", k.YAML, k.Section, k.Attach, k.Logs, k.Debug, k.Compare, k.Report, k.Search, k.NextMatch, k.MatchBefore)
}
