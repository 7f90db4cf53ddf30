package stream_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Who may not run anything in a container is told what to ask for.
func TestExecIsRefused(t *testing.T) {
	const rbac = `pods "web" is forbidden: User "viewer" cannot create resource "pods/exec" in API group "" in the namespace "shop"`
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/pods/web/exec") || r.URL.Query()["command"][1] != "-c" {
			t.Errorf("%s is asked for", r.URL)
		}
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, rbac, nil)
	}))
	_, err := stream.Exec(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, []string{"sh", "-c", "id"}, stream.Streams{Out: io.Discard})
	if p := kubetest.WantProblem(t, err, "run sh in web/debugger-x2: "+rbac); !strings.Contains(p.RequiredRBAC, "resources: [pods/exec]\n  verbs: [create, get]") || !strings.Contains(p.RequiredRBAC, "name: \"viewer\"") {
		t.Errorf("what to ask for is\n%s", p.RequiredRBAC)
	}
	for _, right := range kube.ExecRights() {
		if right.Needed() != (right.Verb == "create") {
			t.Errorf("%s is needed: %v", right, right.Needed())
		}
	}
}
