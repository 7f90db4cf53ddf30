package podlist

import "github.com/dayfly-k8s/dayfly/tui/kit"

// KeyGroup is what is told of the keys of the list of pods outside the interface.
func KeyGroup() kit.KeyGroup {
	k := kit.NewKeyMap()
	return kit.NewKeyGroup("pods", k.Open, k.Debug, k.Enter, k.Logs, k.Files, k.Inspect, k.Compare, k.Report, k.Mark, k.MarkAll, k.MarkRange, k.Quarantine, k.Evict, k.Capture, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry)
}
