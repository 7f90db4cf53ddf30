package debug

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// What is shown is what is sent, to the last field that can be known; and nothing else is: the pod that is debugged is not touched.
func TestNodePodIsSentAsShown(t *testing.T) {
	for name, r := range map[string]Request{"join": joins(), "node": onItsNode(), "shell": onItsNode(func(r *Request) { r.Node.Shell = true }), "without a Job": joins(func(r *Request) { r.Own.NoTimer = true })} {
		server := &creations{}
		witness := &apitest.Witness{Next: server}
		cluster := kubetest.Serve(t, witness)
		plan := mustPlan(t, cluster.NewPod(joinable().Object()), r)
		plan.Request.Own.By = "ann"
		made, err := plan.Apply(t.Context(), cluster)
		if err != nil {
			t.Fatal(err)
		}
		pod := server.pods[0]
		shown := plan.Adds[strings.LastIndex(plan.Adds, "---\n")+1:]
		if timed := len(server.jobs) == 1; timed == (name == "without a Job") {
			t.Errorf("%s: %d Jobs", name, len(server.jobs))
		} else if timed {
			shown = strings.TrimPrefix(shown, "--\n")
			shown = strings.Replace(shown, "the UID of that Job", string(server.jobs[0].UID), 1)
		}
		until := pod.Annotations[leftovers.UntilAnnotation]
		shown = strings.Replace(shown, "1h after its creation", until, 1)
		var want corev1.Pod
		if err := yaml.Unmarshal([]byte(shown), &want); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, shown)
		}
		want.UID = pod.UID // which the server gives
		if diff := cmp.Diff(text(t, want), text(t, *pod)); diff != "" {
			t.Errorf("%s (- shown, + sent):\n%s", name, diff)
		}
		if _, err := time.Parse(time.RFC3339, until); err != nil {
			t.Errorf("%s: it is there until %q", name, until)
		}
		about := pod.Annotations[leftovers.NodeAnnotation] + " " + pod.Annotations[leftovers.JoinsAnnotation]
		if wanted := map[bool]string{true: "node-1 shop/web/app", false: "node-1 "}[r.Way == Join]; about != wanted || pod.Annotations[leftovers.SessionAnnotation] != "debugger-x2" {
			t.Errorf("%s: it is marked with %v", name, pod.Annotations)
		}
		for _, request := range witness.Requests() {
			if !strings.HasPrefix(request, "POST ") || strings.Contains(request, "shop") {
				t.Errorf("%s: %s", name, request)
			}
		}
		if left := plan.Made(made); len(left) != 1 || left[0].UID != string(pod.UID) || !left[0].Removable {
			t.Errorf("%s: it leaves %+v", name, left)
		}
		if !strings.Contains(plan.Change.Done(), "pod "+pod.Name) || !slices.Contains(plan.Rights(), kube.RightToCreate()) || slices.Contains(plan.Rights(), kube.RightToAdd()) {
			t.Errorf("%s: done is %q, by %v", name, plan.Change.Done(), plan.Rights())
		}
	}
}

func text(t *testing.T, pod corev1.Pod) string {
	t.Helper()
	body, err := json.MarshalIndent(pod, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A guard rail keeps it from being sent, and so does a name that has not been typed.
func TestNodePodIsNotSent(t *testing.T) {
	for name, guard := range map[string]kube.Guard{"way": {Ways: []string{"join"}}, "rights": {Profiles: []kube.Profile{kube.Sysadmin}}, "typed": {Protected: true}} {
		witness := &apitest.Witness{Next: http.NotFoundHandler()}
		cluster, _ := kubetest.ServeGuarded(t, guard, witness, "")
		plan := mustPlan(t, cluster.NewPod(joinable().Object()), joins())
		if _, err := plan.Apply(t.Context(), cluster); err == nil || len(witness.Requests()) > 0 {
			t.Errorf("%s: %v, sent is %q", name, err, witness.Requests())
		}
	}
}
