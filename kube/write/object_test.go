package write_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// A connection that breaks may be an old one that the server had closed: the deletion is sent once more, and not again. What has been answered is not.
func TestDeleteIsSentOnceMore(t *testing.T) {
	broken := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	refused := func(w http.ResponseWriter) {
		apitest.Refuse(w, http.StatusBadGateway, metav1.StatusReasonInternalError, "not now", nil)
	}
	deleted := func(w http.ResponseWriter) {
		apitest.Answer(w, http.StatusOK, &metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess})
	}
	for name, c := range map[string]struct {
		first, then func(http.ResponseWriter)
		sent        int32
		fails       bool
	}{
		"deleted":      {deleted, deleted, 1, false},
		"broken once":  {broken, deleted, 2, false},
		"broken twice": {broken, broken, 2, true},
		"refused":      {refused, deleted, 1, true},
	} {
		var sent atomic.Int32
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodDelete {
				deleted(w)
				return
			}
			if sent.Add(1) == 1 {
				c.first(w)
			} else {
				c.then(w)
			}
		}))
		o := write.Object{API: "/api/v1", Resource: "pods", Namespace: "shop", Name: "web"}
		err := write.Delete(t.Context(), cluster, o, "uid-1", metav1.DeletePropagationBackground)
		if (err != nil) != c.fails || sent.Load() != c.sent {
			t.Errorf("%s: %v, sent %d times", name, err, sent.Load())
		}
	}
}
