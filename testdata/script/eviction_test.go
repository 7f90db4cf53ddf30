package script

import (
	"context"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// allStay is a budget that lets none of the pods go.
const allStay = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: NAME}
spec: {minAvailable: 1, selector: {matchLabels: {app: NAME}}}
`

// A budget that forbids to evict a pod answers in its words, before anything is asked of a person. When it is gone the pod is evicted, and another is
// ready in its place.
func TestEvictionAndABudget(t *testing.T) {
	t.Parallel()
	s := newServed(t, "recycled")
	makes(t, here.Name, strings.ReplaceAll(allStay, "NAME", s.name))
	kubectl(t, here.kubeconfig, "wait", "--for=jsonpath={.status.currentHealthy}=1", "pdb", s.name, "--timeout=60s")

	p := sitDownAt(t, 80, 24, nil, s.pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("E", "is not evicted: the disruption budget recycled needs 1 healthy pods and has 1 currently")
	kubectl(t, here.kubeconfig, "delete", "pdb", s.name)
	p.goesOnTo("r", "Evict pod "+s.pod+"?", "of Deployment recycled makes another in its place", "It is the last that serves Service recycled")
	p.goesOnTo("enter", "✓ The cluster has accepted it", "✓ Pod "+s.pod+" has gone, after", "is ready in its place, after")
	p.goesOnTo("enter", "CONTAINER", "running")
	p.leaves()
	if list := p.journal(); len(list) != 1 || list[0].Action != journal.Evicted || list[0].Pod != s.pod || list[0].UID == "" {
		t.Errorf("the journal has %+v", list)
	}
}

// A pod that nothing makes again goes only when its name has been typed.
func TestEvictionOfABarePod(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "bare-one")
	p := sitDownAt(t, 80, 24, nil, pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("E", "Evict pod "+pod+"?", "Nothing makes another pod in its place: it has no controller")
	p.goesOnTo("enter", "To continue, type the pod name: "+pod)
	p.types("bare")
	p.presses("enter")
	p.sees("that is not the pod name")
	p.types("-one")
	p.goesOnTo("enter", "✓ Pod "+pod+" has gone, after")
	p.leaves()
	if said := kubectl(t, here.kubeconfig, "get", "pod", pod); !strings.Contains(said, "NotFound") {
		t.Errorf("kubectl says %q", said)
	}
}

// What holds a pod that has ended is named, and when it lets go the pod has gone.
func TestEvictionThatAFinalizerHolds(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "held-one")
	patch := func(finalizers string) {
		kubectl(t, here.kubeconfig, "patch", "pod", pod, "--type=merge", "-p", `{"metadata":{"finalizers":`+finalizers+`}}`)
	}
	patch(`["dayfly.test/hold"]`)
	t.Cleanup(func() {
		kubectlWith(context.Background(), t, here.kubeconfig, "", "patch", "pod", pod, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
	p := sitDownAt(t, 80, 24, nil, pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("E", "! It has finalizer dayfly.test/hold: it stays until whoever set that lets it go")
	p.goesOnTo("enter", "type the pod name")
	p.types(pod)
	p.goesOnTo("enter", "! Pod "+pod+" has ended, and is held by finalizer dayfly.test/hold")
	patch("null")
	p.sees("✓ Pod " + pod + " has gone, after")
	p.leaves()
}

// Who may only look is told so, and whom to ask for what, before anything is sent.
func TestChangesOfAPodWithoutTheRight(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "not-yours")
	before := asItIs(t, here.Namespace, pod)
	p := sitDownAt(t, 80, 30, nil, "--context", scratch.Viewer, pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("E", "✗ you may not evict pod "+pod, "ask for this Role and RoleBinding", "pods/eviction", "create")
	p.presses("esc")
	p.sees("CONTAINER", "running")
	p.goesOnTo("Q", "✗ you may not change pod "+pod, "ask for this Role and RoleBinding", "patch")
	p.leaves()
	before.still(t)
}
