package debug

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// forgetful is an API server of one pod, whose answers to its creation get lost.
type forgetful struct {
	pod    *corev1.Pod
	posts  int
	keeps  int            // from which creation on it takes it; 0: never
	before func(post int) // is called when one comes
	lose   func(http.ResponseWriter, *http.Request)
}

func (s *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost && s.pod != nil:
		apitest.Refuse(w, http.StatusConflict, metav1.StatusReasonAlreadyExists, "there is one", &metav1.StatusDetails{Name: "web-copy"})
	case r.Method == http.MethodPost:
		s.posts++
		if s.before != nil {
			s.before(s.posts)
		}
		var pod corev1.Pod
		if json.NewDecoder(r.Body).Decode(&pod) == nil && s.keeps > 0 && s.posts >= s.keeps {
			s.pod = &pod
		}
		_, _ = io.Copy(io.Discard, r.Body)
		s.lose(w, r)
	case s.pod != nil:
		apitest.Answer(w, http.StatusOK, s.pod)
	default:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
	}
}

// An answer that is lost is no reason for a second copy, nor to say that there is none: one that may come yet is told.
func TestCopyWhoseAnswerIsLost(t *testing.T) {
	breaks := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		server forgetful
		posts  int
		there  bool
	}{
		"it is there":         {forgetful{keeps: 1, lose: breaks}, 1, true},
		"it is at the second": {forgetful{keeps: 2, lose: breaks}, 2, true},
		"it is not":           {forgetful{lose: breaks}, 3, false},
	} {
		server := &c.server
		cluster := kubetest.Serve(t, server)
		plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied())
		if err != nil {
			t.Fatal(err)
		}
		pod, err := plan.Change.Apply(t.Context(), cluster)
		if c.there && (err != nil || pod.Name != "web-copy") || !c.there && !write.IsUnsure(err) {
			t.Errorf("%s: %v, %v", name, pod, err)
		}
		if !c.there {
			p := kubetest.WantProblem(t, err, "create pod web-copy, a copy of web: ")
			if p != nil && p.Hint == "" {
				t.Errorf("%s: no hint", name)
			}
		}
		if server.posts != c.posts {
			t.Errorf("%s: it was sent %d times", name, server.posts)
		}
	}
}

// A copy that was made late, by a request that seemed to have failed, is not taken for another's where it cannot be read at the moment.
func TestCopyThatWasMadeLate(t *testing.T) {
	posts, reads := 0, 0
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if posts++; posts == 1 {
				panic(http.ErrAbortHandler)
			}
			apitest.Refuse(w, http.StatusConflict, metav1.StatusReasonAlreadyExists, "there is one", &metav1.StatusDetails{Name: "web-copy"})
			return
		}
		if reads++; reads == 1 {
			apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
			return
		}
		apitest.Refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "not now", nil)
	}))
	plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied())
	if err != nil {
		t.Fatal(err)
	}
	if pod, err := plan.Change.Apply(t.Context(), cluster); !write.IsUnsure(err) || posts != 2 {
		t.Errorf("%v, %v, after %d requests", pod, err, posts)
	}
}

// Another pod of that name is not taken for the copy.
func TestCopyWhoseNameIsTaken(t *testing.T) {
	server := &forgetful{pod: apitest.RunningPod()}
	cluster := kubetest.Serve(t, server)
	plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied())
	if err != nil {
		t.Fatal(err)
	}
	_, err = plan.Change.Apply(t.Context(), cluster)
	kubetest.WantProblem(t, err, "create pod web-copy, a copy of web: there is a pod of that name already")
	if write.IsUnsure(err) {
		t.Error("it is not sure")
	}
}
