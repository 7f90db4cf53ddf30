package cleanup

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// item is something that runs; change makes another item of it.
func item(kind inventory.Kind, change func(*inventory.Item)) inventory.Item {
	i := inventory.Item{
		Kind: kind, Certain: true, UID: "uid-1", Target: kube.Target{Namespace: "shop", Pod: "web-copy"}, Danger: inventory.Running, State: "running", Running: true,
	}
	if kind == inventory.DebugContainer {
		i.Target.Container = "debugger-x"
	}
	if change != nil {
		change(&i)
	}
	return i
}

// What is done about each kind, with the command that does the same; and why nothing is.
func TestOf(t *testing.T) {
	const end = "--context=prod --namespace=shop"
	for name, c := range map[string]struct {
		item                    inventory.Item
		way                     Way
		does, why, stays, types string
	}{
		"a copy":          {item(inventory.Copy, nil), DeletePod, "delete pod web-copy", "", "", "kubectl delete pod web-copy " + end},
		"a copy of a Job": {item(inventory.Copy, func(i *inventory.Item) { i.Owned = true }), DeletePod, "delete pod web-copy and the Job that ends it", "", "", "kubectl delete job,pod web-copy " + end},
		"a node pod":      {item(inventory.NodePod, nil), DeletePod, "delete pod web-copy", "", "", "kubectl delete pod web-copy " + end},
		"one that is over": {
			item(inventory.NodePod, func(i *inventory.Item) { i.Running, i.Danger = false, inventory.Over }), DeletePod, "delete pod web-copy", "", "", "kubectl delete pod web-copy " + end,
		},
		"a Job":              {item(inventory.Job, nil), DeleteJob, "delete Job web-copy and its pods", "", "", "kubectl delete job web-copy " + end},
		"a debug container":  {item(inventory.DebugContainer, nil), EndProcesses, "end debugger-x in pod web-copy", "", "its entry stays", ""},
		"in a Deployment":    {item(inventory.DebugContainer, func(i *inventory.Item) { i.Controlled = "ReplicaSet web" }), EndProcesses, "end debugger-x", "", "its entry stays", ""},
		"it has ended":       {item(inventory.DebugContainer, func(i *inventory.Item) { i.Running, i.Danger = false, inventory.Over }), Nothing, "", "goes only with the pod", "", ""},
		"it has not started": {item(inventory.DebugContainer, func(i *inventory.Item) { i.Running = false }), Nothing, "", "has not started", "", ""},
		"made again":         {item(inventory.ToolPod, func(i *inventory.Item) { i.Controlled = "Job agent" }), Nothing, "", "Job agent would make it again", "", ""},
		"it goes already": {
			item(inventory.Copy, func(i *inventory.Item) { i.Terminating, i.Ending = true, "held by finalizer x" }), Nothing, "", "it is being deleted already: held by finalizer x", "", "",
		},
		"nobody knows which": {item(inventory.Copy, func(i *inventory.Item) { i.UID = "" }), Nothing, "", "another could be meant", "", ""},
	} {
		got := Of(c.item, "prod")
		if got.Way != c.way || !strings.HasPrefix(got.Does, c.does) || !strings.Contains(got.Why, c.why) || !strings.HasPrefix(got.Stays, c.stays) || got.Command != c.types {
			t.Errorf("%s: %+v", name, got)
		}
		if (got.Way == Nothing) != (got.Why != "") || (got.Way == Nothing) == (got.Does != "") {
			t.Errorf("%s: what is done, and why not, do not fit: %+v", name, got)
		}
	}
}

func TestWords(t *testing.T) {
	steps := func(ways ...Way) []Step {
		var list []Step
		for _, w := range ways {
			list = append(list, Step{Way: w})
		}
		return list
	}
	for want, some := range map[string][]Step{
		"":             steps(Nothing, Nothing),
		"delete 1 pod": steps(DeletePod, Nothing),
		"delete 2 pods, delete 1 Job and end 2 debug containers": steps(EndProcesses, DeletePod, DeleteJob, DeletePod, EndProcesses),
		"delete 2 Jobs and end 1 debug container":                steps(DeleteJob, EndProcesses, DeleteJob),
	} {
		if got := Words(some); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Doable(steps(Nothing, DeletePod, Nothing, EndProcesses)); len(got) != 2 || got[0].Way != DeletePod || got[1].Way != EndProcesses {
		t.Errorf("doable are %+v", got)
	}
}
