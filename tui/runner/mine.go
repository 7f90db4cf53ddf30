package runner

import (
	"context"
	"errors"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Mine tells which leftovers of a cluster this person has made with dayfly: they are marked so, or the journal in a folder has it. Where the journal cannot be
// read the marks count alone, and the error says why.
func Mine(ctx context.Context, cluster *kube.Cluster, folder string) (func(inventory.Item) bool, error) {
	entries, err := journal.Read(folder, journal.Filter{Context: cluster.Context})
	if errors.As(err, new(*journal.BrokenError)) { // the lines that can be read do
		err = nil
	}
	me := cluster.Who(ctx)
	return func(i inventory.Item) bool {
		return i.Tool == "dayfly" && me != "" && i.By == me || slices.ContainsFunc(entries, func(e journal.Entry) bool { return made(&e, &i) })
	}, err
}

// made reports whether an entry of the journal is about the making of a leftover.
func made(e *journal.Entry, i *inventory.Item) bool {
	switch {
	case e.Action != journal.Added && e.Action != journal.Started, e.Namespace != i.Target.Namespace, e.Pod != i.Target.Pod, e.UID != "" && e.UID != i.UID:
		return false
	case i.Kind == inventory.DebugContainer:
		return e.Container == i.Target.Container
	}
	return i.Tool == "dayfly" && (e.CopyOf != "" || e.Joins != "" || e.Node != "")
}
