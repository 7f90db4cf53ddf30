package script

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// marks are the labels and annotations of a pod, byte for byte.
func marks(t *testing.T, pod string) string {
	t.Helper()
	return kubectl(t, here.kubeconfig, "get", "pod", pod, "-o", "jsonpath={.metadata.labels} {.metadata.annotations} ")
}

// twoServe is a Deployment of two pods behind a Service; both get requests.
func twoServe(t *testing.T, name string) *served {
	t.Helper()
	s := newServed(t, name)
	kubectl(t, here.kubeconfig, "scale", "deployment", name, "--replicas=2")
	kubectl(t, here.kubeconfig, "rollout", "status", "deployment", name, "--timeout=180s")
	s.reaches(name, s.pod, "begin")
	return s
}

// settles sends requests until none of a batch comes to a pod: kube-proxy follows the endpoints a moment later.
func (s *served) settles(pod string) {
	s.t.Helper()
	began := time.Now()
	for i := 0; ; i++ {
		path := fmt.Sprint("settle-", i)
		s.sends(20, s.name, path)
		if s.got(pod, path) == 0 {
			return
		}
		if time.Since(began) > soon {
			s.t.Fatalf("requests still come to pod %s", pod)
		}
	}
}

// While a pod is taken out of its Service no request fails; then none comes to it. Its controller has another in its place. Restored, it is served again, and
// has its labels and annotations byte for byte as before.
func TestQuarantineAndBack(t *testing.T) {
	t.Parallel()
	const requests = 200
	s := twoServe(t, "sick")
	// Of two pods that are as old in powers of two Kubernetes deletes any, when there is one too many: it is to be the other.
	kubectl(t, here.kubeconfig, "annotate", "pod", s.pod, "controller.kubernetes.io/pod-deletion-cost=100")
	before := marks(t, s.pod)

	p := sitDownAt(t, 80, 24, nil, s.pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("Q", "Take pod "+s.pod+" out of Service sick?", "It loses label app", "Service sick (port http 80) lets it go; 1 other pod serves",
		"of Deployment sick lets it go, and makes another pod", "cannot keep one without the other")
	var answered int
	var sending sync.WaitGroup
	sending.Go(func() { answered = s.sends(requests, s.name, "during") })
	p.goesOnTo("enter", "✓ It has lost label app", "✓ Service sick lets it go", "is ready in its place")
	sending.Wait()
	if answered != requests {
		t.Errorf("while it goes %d of %d requests are answered", answered, requests)
	}
	s.settles(s.pod)
	if answered := s.sends(requests, s.name, "after"); answered != requests {
		t.Errorf("without it %d of %d requests are answered", answered, requests)
	}
	if got := s.got(s.pod, "after"); got != 0 {
		t.Errorf("%d requests come to the pod in quarantine", got)
	}
	if list := kubectl(t, here.kubeconfig, "get", "pods", "-l", quarantine.Selector, "-o", "name"); !strings.HasPrefix(list, "pod/"+s.pod+"\n") {
		t.Errorf("by its label %q is found", list)
	}
	p.goesOnTo("u", "Restore pod "+s.pod+"?", "It gets back label app", "Service sick (port http 80) sends it traffic again", "adopts it again, and has one pod too many", " is deleted")
	p.goesOnTo("enter", "✓ It has label app again", "✓ Service sick sends it traffic", "and keeps this one")
	if after := marks(t, s.pod); after != before {
		t.Errorf("its labels and annotations are\n%s\nand were\n%s", after, before)
	}
	s.reaches(s.name, s.pod, "again")
	p.leaves()
	var actions []string
	for _, e := range p.journal() {
		actions = append(actions, e.Action+" "+e.Pod)
	}
	if want := []string{journal.Quarantined + " " + s.pod, journal.Restored + " " + s.pod}; strings.Join(actions, ", ") != strings.Join(want, ", ") {
		t.Errorf("the journal has %q, want %q", actions, want)
	}
}

// A pod that its Service selects by a label of its own stays with its controller, which makes no other; by choice it leaves that, too.
func TestQuarantineWithinItsController(t *testing.T) {
	t.Parallel()
	s := twoServe(t, "apart")
	kubectl(t, here.kubeconfig, "label", "pods", "-l", "app=apart", "role=serve")
	kubectl(t, here.kubeconfig, "patch", "service", "apart", "--type=merge", "-p", `{"spec":{"selector":{"app":null,"role":"serve"}}}`)
	before := marks(t, s.pod)
	owner := func() string {
		return kubectl(t, here.kubeconfig, "get", "pod", s.pod, "-o", "jsonpath={.metadata.ownerReferences[*].kind} ")
	}
	owned := owner()
	p := sitDownAt(t, 80, 24, nil, s.pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("Q", "It loses label role;", "of Deployment apart keeps it, and makes no other pod: one fewer serves", "c leave ReplicaSet apart-")
	p.goesOnTo("c", "It loses labels pod-template-hash and role;", "makes another pod in its place", "c keep ReplicaSet apart-")
	p.goesOnTo("c", "It loses label role;")
	p.goesOnTo("enter", "✓ It has lost label role", "✓ Service apart lets it go")
	s.settles(s.pod)
	if now := owner(); now != owned {
		t.Errorf("its owner is %q, and was %q", now, owned)
	}
	p.goesOnTo("u", "It gets back label role")
	p.goesOnTo("enter", "✓ Service apart sends it traffic")
	if after := marks(t, s.pod); after != before {
		t.Errorf("its labels and annotations are\n%s\nand were\n%s", after, before)
	}
	p.leaves()
}
