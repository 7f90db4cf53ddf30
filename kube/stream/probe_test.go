package stream

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

func TestAlive(t *testing.T) {
	status := func(code int, reason metav1.StatusReason, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { apitest.Refuse(w, code, reason, message, nil) }
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	fine := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }
	for name, test := range map[string]struct {
		log, version http.HandlerFunc
		heard        probeResult
		problem      string // "" is none
	}{
		"a byte":             {fine, hang, soundNode, ""},
		"forbidden":          {status(403, metav1.StatusReasonForbidden, "no"), hang, soundNever, ""},
		"no such container":  {status(400, metav1.StatusReasonBadRequest, "no"), hang, soundNever, ""},
		"no such pod":        {status(404, metav1.StatusReasonNotFound, "no"), hang, soundNever, ""},
		"login has expired":  {status(401, metav1.StatusReasonUnauthorized, "no"), hang, soundNothing, "the cluster does not accept your credentials"},
		"the server is busy": {status(503, metav1.StatusReasonServiceUnavailable, "later"), hang, soundNothing, "overloaded or starting"},
		"node is taken out of the cluster": {
			func(w http.ResponseWriter, _ *http.Request) {
				apitest.Refuse(w, 404, metav1.StatusReasonNotFound, `pods "node-1" not found`, &metav1.StatusDetails{Name: "node-1", Kind: "pods"})
			},
			hang, soundSilence, kube.ErrLinkLost.Error() + `: the API server does not reach the node: pods "node-1" not found`,
		},
		"node refuses": {
			status(500, "", dialRefused), hang, soundSilence,
			kube.ErrLinkLost.Error() + ": the API server does not reach the node: dial tcp 10.0.0.4:10250: connect: connection refused",
		},
		"node is silent":           {hang, fine, soundSilence, kube.ErrLinkLost.Error() + ": the API server answers, the node behind it does not"},
		"node is silent, narrow":   {hang, status(403, metav1.StatusReasonForbidden, "no"), soundSilence, kube.ErrLinkLost.Error()},
		"the API server is silent": {hang, hang, soundNothing, "no answer from http://"},
	} {
		t.Run(name, func(t *testing.T) {
			c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/version":
					test.version(w, r)
				case r.URL.Path != "/api/v1/namespaces/shop/pods/web/log" || r.URL.RawQuery != "container=app&limitBytes=1&tailLines=1":
					t.Errorf("%s is asked for", r.URL)
				default:
					test.log(w, r)
				}
			}))
			remembered(c).vigilance.answer = 200 * time.Millisecond
			target := kube.Target{Namespace: "shop", Pod: "web", Container: "app"}
			if heard, _ := probe(t.Context(), c, target, remembered(c).vigilance.answer); heard != test.heard {
				t.Errorf("heard is %d, want %d", heard, test.heard)
			}
			err := Alive(t.Context(), c, target)
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), "reach web/app: ") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("the error is %v", err)
			}
			if errors.Is(err, kube.ErrLinkLost) != (test.heard == soundSilence) {
				t.Errorf("a lost link is %v", errors.Is(err, kube.ErrLinkLost))
			}
		})
	}
}
