package debug

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// applied is the request of a plan that is being applied, with the test in the place of the API server, and what comes of it.
func applied(t *testing.T) (*apitest.Exchange, <-chan error) {
	t.Helper()
	cluster, requests := kubetest.Converse(t)
	plan, answer := planOf(t, func(r *Request) { r.Target = "app" }), make(chan error, 1)
	go func() {
		_, err := plan.Apply(t.Context(), cluster)
		answer <- err
	}()
	return apitest.Receive(t, requests, "the patch"), answer
}

// What the API server answers a patch with that it does not take.
func TestPatchRefused(t *testing.T) {
	const (
		op    = "add debugger-x2 to pod web: "
		rbac  = `pods "web" is forbidden: User "viewer" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`
		level = `pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "debugger-x2" must set securityContext.allowPrivilegeEscalation=false)`
		hook  = `admission webhook "policy.example" denied the request: you cannot debug on a Friday`
		older = `pods "web" is forbidden: violates PodSecurity "baseline:latest": privileged (container "debugger-old" must not set securityContext.privileged=true)`
		uid   = `Pod "web" is invalid: metadata.uid: Invalid value: "0f1e2d3c-0000-4000-8000-00000000000a": field is immutable`
	)
	pod := &metav1.StatusDetails{Name: "web", Kind: "pods"}
	tests := []struct {
		name       string
		status     *metav1.Status
		what, hint string
		role       bool
	}{
		{
			"RBAC", apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, rbac, pod),
			op + rbac, "ask for this Role in namespace shop", true,
		},
		{
			"Pod Security", apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, level, pod),
			op + "refused by admission control: " + level, "the namespace allows no more than profile restricted", false,
		},
		{
			"Pod Security, for another container", apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, older, pod),
			op + "refused by admission control: " + older, "something else in the pod breaks the rules of its namespace", false,
		},
		{
			"webhook", apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, hook, nil),
			op + "refused by admission control: " + hook, "that webhook has rules of its own: ask whoever runs the cluster what passes, or use a profile with fewer rights", false,
		},
		{
			"no such subresource",
			apitest.RefusalStatus(http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource", &metav1.StatusDetails{}),
			op + "this cluster does not support ephemeral containers", "upgrade to Kubernetes 1.25 or later", false,
		},
		{
			"no such pod", apitest.RefusalStatus(http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, pod),
			op + `pods "web" not found`, "it may have been deleted", false,
		},
		{
			"another UID", apitest.RefusalStatus(http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, uid, &metav1.StatusDetails{
				Name: "web", Kind: "Pod",
				Causes: []metav1.StatusCause{{Type: metav1.CauseTypeFieldValueInvalid, Message: "field is immutable", Field: "metadata.uid"}},
			}),
			op + "the pod has been replaced by another of the same name", "debug the new pod", false,
		},
		{
			"conflict", apitest.RefusalStatus(http.StatusConflict, metav1.StatusReasonConflict, `Operation cannot be fulfilled on pods "web": the object has been modified`, pod),
			op + "the pod is being changed by others at the same time: Operation cannot be fulfilled", "", false,
		},
		{
			"invalid", apitest.RefusalStatus(http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, "Pod \"web\" is invalid: spec.ephemeralContainers[0].resources: Forbidden:\x1b[2J", pod),
			op + `the cluster refuses it: Pod "web" is invalid: spec.ephemeralContainers[0].resources: Forbidden:␛[2J`, "", false,
		},
		{
			"expired", apitest.RefusalStatus(http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized", nil),
			op + "the cluster does not accept your credentials", "they may have expired", false,
		},
	}
	help := map[string][]kube.Help{"Pod Security": {kube.AdmittedProfile, kube.ChooseProfile}, "another UID": {kube.ListPods}, "conflict": {kube.Retry}, "invalid": {kube.ChooseTool, kube.ChooseProfile}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			patch, answer := applied(t)
			patch.Reply(t, int(tt.status.Code), tt.status)
			p := kubetest.WantProblem(t, apitest.Receive(t, answer, "the refusal"), tt.what)
			if want, ok := help[tt.name]; ok && !slices.Equal(p.Help, want) {
				t.Errorf("what helps is %v, want %v", p.Help, want)
			}
			if !strings.HasPrefix(p.Hint, tt.hint) {
				t.Errorf("the hint is %q, want %q", p.Hint, tt.hint)
			}
			if got := strings.Contains(p.RequiredRBAC, "kind: Role\n") && strings.Contains(p.RequiredRBAC, "namespace: shop\n") &&
				strings.Contains(p.RequiredRBAC, "resources: [pods/ephemeralcontainers]\n  verbs: [patch]"); got != tt.role {
				t.Errorf("what to ask for is\n%s", p.RequiredRBAC)
			}
		})
	}
}

// The patch says which pod was looked at and that it is ours.
func TestPatchOnTheWire(t *testing.T) {
	x, _ := applied(t)
	if got := x.URL.Query().Get("fieldManager"); got != "dayfly" {
		t.Errorf("the field manager is %q", got)
	}
	if got := x.Header.Get("Content-Type"); got != "application/strategic-merge-patch+json" {
		t.Errorf("the patch is %q", got)
	}
	if got := x.Header.Get("User-Agent"); got != "dayfly" {
		t.Errorf("it comes from %q", got)
	}
	var patch corev1.Pod
	if err := json.NewDecoder(x.Body).Decode(&patch); err != nil {
		t.Fatal(err)
	}
	if patch.UID != apitest.RunningPod().UID || patch.Spec.EphemeralContainers[0].TargetContainerName != "app" {
		t.Errorf("the patch is %+v", patch)
	}
}
