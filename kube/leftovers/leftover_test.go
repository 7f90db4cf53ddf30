package leftovers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// A copy is deleted by its UID: another pod that has come under its name stays.
func TestLeftoverIsRemoved(t *testing.T) {
	for name, c := range map[string]struct {
		left Leftover
		code int
		want string
		sent bool
	}{
		"deleted":       {Leftover{Removable: true, UID: "1"}, 200, "", true},
		"gone":          {Leftover{Removable: true, UID: "1"}, 404, "", true},
		"another":       {Leftover{Removable: true, UID: "1"}, 409, "", true},
		"not allowed":   {Leftover{Removable: true, UID: "1"}, 403, "delete pod web-copy: ", true},
		"unknown":       {Leftover{Removable: true}, 200, "delete pod web-copy: it is not known to be dayfly's", false},
		"by its name":   {Leftover{Removable: true, Session: "debugger-x"}, 200, "", true},
		"another there": {Leftover{Removable: true, Session: "debugger-y"}, 200, "", false},
		"not removable": {Leftover{UID: "1"}, 200, "delete pod web-copy: it is not known to be dayfly's", false},
	} {
		var options metav1.DeleteOptions
		sent := false
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet && r.URL.Path == "/api/v1/namespaces/shop/pods/web-copy":
				apitest.Answer(w, http.StatusOK, apitest.RunningPod(func(p *corev1.Pod) {
					p.UID, p.Annotations = "1", map[string]string{SessionAnnotation: "debugger-x"}
				}))
				return
			case r.Method != http.MethodDelete:
				apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", nil)
				return
			}
			sent = r.URL.Path == "/api/v1/namespaces/shop/pods/web-copy"
			if err := json.NewDecoder(r.Body).Decode(&options); err != nil {
				t.Error(err)
			}
			switch c.code {
			case 200:
				apitest.Answer(w, c.code, apitest.RunningPod())
			case 403:
				apitest.Refuse(w, c.code, metav1.StatusReasonForbidden, `pods "web-copy" is forbidden: User "ann" cannot delete resource "pods"`, nil)
			case 404:
				apitest.Refuse(w, c.code, metav1.StatusReasonNotFound, "gone", nil)
			default:
				apitest.Refuse(w, c.code, metav1.StatusReasonConflict, "the UID in the precondition", nil)
			}
		}))
		c.left.Target = kube.Target{Namespace: "shop", Pod: "web-copy"}
		err := c.left.Remove(t.Context(), cluster)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "":
			kubetest.WantProblem(t, err, c.want)
		}
		if sent != c.sent || sent && (options.Preconditions == nil || options.Preconditions.UID == nil || *options.Preconditions.UID != "1") {
			t.Errorf("%s: sent %v, with %+v", name, sent, options.Preconditions)
		}
	}
	guarded, wire := kubetest.ServeGuarded(t, kube.Guard{ReadOnly: true}, nil, "")
	if err := (Leftover{Removable: true, UID: "1"}).Remove(t.Context(), guarded); !errors.Is(err, kube.ErrGuarded) || len(wire.Requests()) > 0 {
		t.Errorf("read-only: %v, and %q was sent", err, wire.Requests())
	}
}

// The command that is told deletes it.
func TestLeftoverCommand(t *testing.T) {
	at := kube.Target{Namespace: "shop", Pod: "web-copy"}
	if got := (Leftover{Target: at, Removable: true}).Command("prod"); got != "kubectl delete pod web-copy --context=prod --namespace=shop" {
		t.Errorf("%q", got)
	}
	if got := (Leftover{Target: at}).Command("prod"); got != "" {
		t.Errorf("%q for what cannot be deleted", got)
	}
}

// What has not come while somebody waited, and may come yet, does not count as taken away.
func TestWhatMayComeIsNotTakenAway(t *testing.T) {
	ctx, giveUp := context.WithTimeout(t.Context(), latePause/2) // between two looks
	defer giveUp()
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
	}))
	left := Leftover{Target: kube.Target{Namespace: "shop", Pod: "web-copy"}, Removable: true, Session: "debugger-x2"}
	if err := left.Remove(ctx, cluster); err == nil {
		t.Error("it counts as taken away")
	}
}

// The pod is what matters: a Job that may not be deleted goes by itself. Any other failure is told.
func TestTimerThatStays(t *testing.T) {
	for code, want := range map[int]string{http.StatusOK: "", http.StatusForbidden: "", http.StatusInternalServerError: "delete Job web-copy: "} {
		deleted := map[string]bool{}
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			resource := path.Base(path.Dir(r.URL.Path))
			switch deleted[resource] = r.Method == http.MethodDelete; {
			case resource == "pods" || code == http.StatusOK:
				apitest.Answer(w, http.StatusOK, &metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess})
			case code == http.StatusForbidden:
				apitest.Refuse(w, code, metav1.StatusReasonForbidden, `jobs.batch "web-copy" is forbidden: User "ann" cannot delete resource "jobs"`, nil)
			default:
				apitest.Refuse(w, code, metav1.StatusReasonInternalError, "not now", nil)
			}
		}))
		err := timed().Remove(t.Context(), cluster)
		if want == "" && err != nil {
			t.Errorf("%d: %v", code, err)
		} else if want != "" {
			kubetest.WantProblem(t, err, want)
		}
		if !deleted["pods"] || !deleted["jobs"] {
			t.Errorf("%d: deleted were %v", code, deleted)
		}
	}
}
