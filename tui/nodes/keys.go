package nodes

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of the list of nodes: of those in common one leads elsewhere.
type keyMap struct {
	kit.KeyMap
	Pods key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{KeyMap: common, Pods: kit.Bind("↵ →", "pods", "enter", "right")}
}

// KeyGroups are what is told of the keys of nodes outside the interface.
func KeyGroups() []kit.KeyGroup {
	k, d := newKeyMap(kit.NewKeyMap()), document.NewKeys(kit.NewKeyMap())
	return []kit.KeyGroup{
		kit.NewKeyGroup("nodes", k.Pods, k.Debug, k.Inspect, k.Mark, k.MarkAll, k.MarkRange, k.Filter, k.OnlySick, k.Sort, k.Retry),
		kit.NewKeyGroup("inspect a node", d.YAML, d.Section, k.Pods, d.Debug, d.Search, d.NextMatch, d.MatchBefore),
	}
}
