package runner

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// What a person has made is known from their journal where no mark says it.
func TestMade(t *testing.T) {
	entry := inventory.Item{Kind: inventory.DebugContainer, Tool: "dayfly", UID: "u", Target: kube.Target{Namespace: "shop", Pod: "web", Container: "x"}}
	copied := inventory.Item{Kind: inventory.Copy, Tool: "dayfly", UID: "u", Target: kube.Target{Namespace: "shop", Pod: "web"}}
	said := journal.Entry{Action: journal.Added, Namespace: "shop", Pod: "web", Container: "x", UID: "u"}
	with := func(change func(*journal.Entry)) journal.Entry {
		e := said
		change(&e)
		return e
	}
	for name, test := range map[string]struct {
		entry journal.Entry
		item  inventory.Item
		want  bool
	}{
		"added":                   {said, entry, true},
		"of another pod":          {with(func(e *journal.Entry) { e.Pod = "cart" }), entry, false},
		"of an earlier pod":       {with(func(e *journal.Entry) { e.UID = "old" }), entry, false},
		"of another namespace":    {with(func(e *journal.Entry) { e.Namespace = "x" }), entry, false},
		"another container":       {with(func(e *journal.Entry) { e.Container = "y" }), entry, false},
		"attached to":             {with(func(e *journal.Entry) { e.Action = journal.Attached }), entry, false},
		"a container in the copy": {said, copied, false},
		"the copy":                {with(func(e *journal.Entry) { e.CopyOf, e.UID = "original", "" }), copied, true},
	} {
		if got := made(&test.entry, &test.item); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
