package launch

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// silent is an API server that is asked to create a pod, and does not answer. keeps tells whether it creates it all the same.
type silent struct {
	keeps bool
	asked func() // is called when it is asked for one
	pod   *corev1.Pod
	posts int
}

func (s *silent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		s.posts++
		var pod corev1.Pod
		if json.NewDecoder(r.Body).Decode(&pod) == nil && s.keeps {
			s.pod = &pod
		}
		_, _ = io.Copy(io.Discard, r.Body)
		s.asked()
		<-r.Context().Done()
	case s.pod != nil:
		apitest.Answer(w, http.StatusOK, s.pod)
	default:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
	}
}

func copyPlan(t *testing.T) debug.Plan {
	t.Helper()
	r := debug.Request{Way: debug.Copy, Name: debugger, Image: "busybox:1.37", Profile: kube.General}
	r.Own.Name = "web-copy"
	plan, err := debug.NewPlan(kube.NewPod(apitest.RunningPod()), r)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Who gives a plan up is told what has been made until then, and what may have been.
func TestCarryOutIsGivenUpUnanswered(t *testing.T) {
	for there, want := range map[bool]Step{true: Accepted, false: Failed} {
		ctx, giveUp := context.WithCancel(t.Context())
		server := &silent{keeps: there, asked: giveUp}
		var first Progress
		for p := range CarryOut(ctx, kubetest.Serve(t, server), copyPlan(t)) {
			if first.Step == Asked {
				first = p
			}
		}
		if first.Step != want || len(first.Leftovers) != 1 || first.Leftovers[0].Target.Pod != "web-copy" || server.posts != 1 {
			t.Errorf("it comes to %+v, after %d requests", first, server.posts)
		}
		if want == Failed {
			if p := kubetest.WantProblem(t, first.Err, "create pod web-copy, a copy of web: stopped waiting before the cluster answered"); p != nil && p.Hint != "pod web-copy may have been created: look for it before you try again" {
				t.Errorf("the hint is %q", p.Hint)
			}
		}
	}
	over, end := context.WithCancel(t.Context())
	end()
	server := &silent{asked: func() {}}
	for p := range CarryOut(over, kubetest.Serve(t, server), copyPlan(t)) {
		if p.Step != Failed || len(p.Leftovers) > 0 {
			t.Errorf("of what was never sent is told %+v", p)
		}
	}
	if server.posts > 0 {
		t.Error("it was sent")
	}
}

// A copy that is deleted is not taken for the pod.
func TestCopyIsDeletedMeanwhile(t *testing.T) {
	plan := copyPlan(t)
	f := &follower{plan: plan}
	if p := f.gone("pod %s was deleted before %s started", plan.Debug.Pod, plan.Debug.Container); p.Hint != "do the same again: it makes a new copy" || len(p.Help) > 0 {
		t.Errorf("%+v", p)
	}
}

// What the cluster refuses is the first word and the last: there is nothing to follow.
func TestCarryOutRefused(t *testing.T) {
	const words = `pods "web" is forbidden: User "viewer" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`
	cluster, requests := kubetest.Converse(t)
	l := &launch{progress: CarryOut(t.Context(), cluster, debugPlan(t))}
	apitest.Receive(t, requests, "the patch").Reply(t, http.StatusForbidden, apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, words, nil))
	l.wantFailed(t, "add debugger-x2 to pod web: "+words)
}

// What a guard rail forbids is not sent, and is sent as soon as it is allowed.
func TestCarryOutIsGuarded(t *testing.T) {
	first := func(c *kube.Cluster, p debug.Plan) Progress {
		return apitest.Receive(t, CarryOut(t.Context(), c, p), "the first word")
	}
	plan := debugPlan(t)
	for sentence, guard := range map[string]kube.Guard{
		"read-only: nothing is changed in context prod-eu (config.yaml)":                                         {ReadOnly: true, Why: "config.yaml"},
		"the name of pod web has not been typed: nothing is changed in context prod-eu without it (config.yaml)": {Protected: true, Why: "config.yaml"},
	} {
		cluster, wire := kubetest.ServeGuarded(t, guard, nil, "")
		p := first(cluster, plan)
		if kubetest.WantGuarded(t, "the plan", p.Err, sentence); p.Step != Failed || len(p.Leftovers) > 0 {
			t.Errorf("%+v", p)
		}
		if seen := wire.Requests(); len(seen) > 0 {
			t.Errorf("the API server has seen %q", seen)
		}
	}
	plan.Typed = "web"
	cluster, _ := kubetest.ServeGuarded(t, kube.Guard{Protected: true}, nil, "")
	if p := first(cluster, plan); p.Step != Accepted {
		t.Errorf("with the name typed: %+v", p)
	}
}
