package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/leftovers"
)

// someLeftovers is the list of leftovers with long words in it.
func someLeftovers(t *testing.T, k *kit.Kit, cluster *kube.Cluster) kit.Screen {
	t.Helper()
	s := leftovers.New(t.Context(), k, leftovers.Options{Cluster: cluster, Namespace: "shop"})
	long := strings.Repeat("long-", 60)
	s.Update(s.Brings(inventory.Update{Done: true, Unread: []string{"Jobs: you may not list them " + long}, Items: []inventory.Item{
		{
			Kind: inventory.NodePod, Tool: "kubectl debug", Certain: true, Because: "label x", UID: "1", Danger: inventory.NodeRoot, Gives: []string{"privileged", "hostPID", long},
			Target: kube.Target{Namespace: "shop", Pod: "node-debugger-" + long, Node: "n-1"}, Since: time.Unix(1e9, 0), State: "running", Running: true, By: long, Reason: long,
		},
		{Kind: inventory.DebugContainer, Because: long, UID: "2", Target: kube.Target{Namespace: long, Pod: "web", Container: "debugger-x"}, State: "ended: exit 0"},
	}}))
	return s
}
