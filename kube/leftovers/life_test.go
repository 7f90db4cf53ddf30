package leftovers

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// timed is a copy that the cluster deletes at noon.
func timed() Leftover {
	return Leftover{
		Target: kube.Target{Namespace: "shop", Pod: "web-copy"}, UID: "pod-1", Removable: true, Session: "debugger-x2", Owned: true, timer: "job-1",
		Until: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC),
	}
}

// jobServer has one Job and its pod, and keeps what is sent to change them.
type jobServer struct {
	uid, session string
	refuse       int          // the code of the answer to changes of the Job; 0: they are made
	going        *metav1.Time // since when the Job is being deleted
	sent         []string     // to the Job
	refusePod    int          // the code of the answer to changes of the pod; 0: they are made
	sentPod      []string     // also what is refused
}

func (s *jobServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.URL.Path == "/api/v1/namespaces/shop/pods/web-copy" && r.Method == http.MethodPatch:
		s.sentPod = append(s.sentPod, string(body))
		s.answerPod(w)
		return
	case r.URL.Path != "/apis/batch/v1/namespaces/shop/jobs/web-copy", s.uid == "":
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
		return
	case r.Method != http.MethodGet && s.refuse == http.StatusConflict:
		apitest.Refuse(w, s.refuse, metav1.StatusReasonConflict, "the object has been modified", nil)
		return
	case r.Method != http.MethodGet && s.refuse == http.StatusForbidden:
		apitest.Refuse(w, s.refuse, metav1.StatusReasonForbidden, `jobs.batch "web-copy" is forbidden: User "ann" cannot patch resource "jobs"`, nil)
		return
	case r.Method != http.MethodGet:
		s.sent = append(s.sent, r.Method+" "+string(body))
	}
	apitest.Answer(w, http.StatusOK, &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: "web-copy", UID: "job-1", ResourceVersion: "7", DeletionTimestamp: s.going, Annotations: map[string]string{SessionAnnotation: s.session}},
		Spec:       batchv1.JobSpec{ActiveDeadlineSeconds: new(int64(3600))},
		Status:     batchv1.JobStatus{StartTime: &metav1.Time{Time: timed().Until.Add(-time.Hour)}},
	})
}

func (s *jobServer) answerPod(w http.ResponseWriter) {
	switch s.refusePod {
	case 0:
		apitest.Answer(w, http.StatusOK, apitest.RunningPod())
	case http.StatusForbidden:
		apitest.Refuse(w, s.refusePod, metav1.StatusReasonForbidden, `pods "web-copy" is forbidden: User "ann" cannot patch resource "pods" in API group "" in the namespace "shop"`, nil)
	case http.StatusNotFound:
		apitest.Refuse(w, s.refusePod, metav1.StatusReasonNotFound, "gone", &metav1.StatusDetails{Name: "web-copy"})
	case http.StatusConflict:
		apitest.Refuse(w, s.refusePod, metav1.StatusReasonConflict, "the UID in the precondition", nil)
	default:
		apitest.Refuse(w, s.refusePod, metav1.StatusReasonInternalError, "not now", nil)
	}
}

// An hour more is an hour behind the deadline that the Job has now, and only if nobody changes that meanwhile.
func TestExtend(t *testing.T) {
	server := &jobServer{uid: "job-1", session: "debugger-x2"}
	left, err := timed().Extend(t.Context(), kubetest.Serve(t, server), time.Hour)
	if err != nil || !left.Until.Equal(timed().Until.Add(time.Hour)) || !left.Timed() {
		t.Errorf("%+v, %v", left, err)
	}
	for _, want := range []string{`"activeDeadlineSeconds":7200`, `"resourceVersion":"7"`, `"uid":"job-1"`, `"dayfly-k8s.github.io/until":"2026-11-30T13:00:00Z"`} {
		if len(server.sent) != 1 || !strings.HasPrefix(server.sent[0], "PATCH ") || !strings.Contains(server.sent[0], want) {
			t.Errorf("%s is not among what was sent: %q", want, server.sent)
		}
	}
	// The pod says it too, if it is still the same one.
	if want := `{"metadata":{"annotations":{"dayfly-k8s.github.io/until":"2026-11-30T13:00:00Z"},"uid":"pod-1"}}`; len(server.sentPod) != 1 || server.sentPod[0] != want {
		t.Errorf("to the pod was sent %q, want %s", server.sentPod, want)
	}
}

// The Job alone ends the pod: whatever becomes of the pod's annotation the time holds, and that the annotation does not say it is told. Where the pod
// is gone there is nothing to tell.
func TestLifeWithoutTheAnnotation(t *testing.T) {
	for code, want := range map[int]string{
		0:                              "",
		http.StatusNotFound:            "",
		http.StatusConflict:            "",
		http.StatusForbidden:           "annotation dayfly-k8s.github.io/until of the pod is out of date: you may not patch pods",
		http.StatusInternalServerError: "annotation dayfly-k8s.github.io/until of the pod is out of date: patch pod web-copy: ",
	} {
		stale := timed()
		stale.Misdated = "it was out of date before"
		for what, change := range map[string]func(*kube.Cluster) (Leftover, error){
			"extended": func(c *kube.Cluster) (Leftover, error) { return stale.Extend(t.Context(), c, time.Hour) },
			"kept":     func(c *kube.Cluster) (Leftover, error) { return stale.Keep(t.Context(), c) },
		} {
			server := &jobServer{uid: "job-1", session: "debugger-x2", refusePod: code}
			left, err := change(kubetest.Serve(t, server))
			if err != nil || left.Until.Equal(timed().Until) || len(server.sent) != 1 || len(server.sentPod) != 1 {
				t.Errorf("%s, %d: %+v, %v; sent was %q", what, code, left, err, server.sent)
			}
			if !strings.HasPrefix(left.Misdated, want) || (want == "") != (left.Misdated == "") {
				t.Errorf("%s, %d: %q is told", what, code, left.Misdated)
			}
		}
	}
}

func TestExtendRefused(t *testing.T) {
	for name, c := range map[string]struct {
		server jobServer
		want   string
	}{
		"gone":             {jobServer{}, "extend the lifetime of pod web-copy: the Job that ends it is gone"},
		"going":            {jobServer{uid: "job-1", session: "debugger-x2", going: &metav1.Time{Time: timed().Until}}, "extend the lifetime of pod web-copy: the Job that ends it is gone"},
		"another":          {jobServer{uid: "job-1", session: "debugger-y"}, "extend the lifetime of pod web-copy: the Job that ends it is gone"},
		"changed by other": {jobServer{uid: "job-1", session: "debugger-x2", refuse: http.StatusConflict}, "extend the lifetime of pod web-copy: somebody else has changed its Job"},
		"not allowed":      {jobServer{uid: "job-1", session: "debugger-x2", refuse: http.StatusForbidden}, "extend the lifetime of pod web-copy: jobs.batch"},
	} {
		left, err := timed().Extend(t.Context(), kubetest.Serve(t, &c.server), time.Hour)
		if p := kubetest.WantProblem(t, err, c.want); p == nil || !left.Until.Equal(timed().Until) || len(c.server.sentPod) > 0 {
			t.Errorf("%s: %v, until %s; to the pod was sent %q", name, err, left.Until, c.server.sentPod)
		}
	}
}

// What is kept for good loses its Job, and nothing else: that goes without what it owns.
func TestKeep(t *testing.T) {
	server := &jobServer{uid: "job-1", session: "debugger-x2"}
	left, err := timed().Keep(t.Context(), kubetest.Serve(t, server))
	if err != nil || left.Timed() || left.Owned || !left.Until.IsZero() || left.UID != "pod-1" {
		t.Errorf("%+v, %v", left, err)
	}
	if len(server.sent) != 1 || !strings.HasPrefix(server.sent[0], "DELETE ") || !strings.Contains(server.sent[0], `"propagationPolicy":"Orphan"`) || !strings.Contains(server.sent[0], `"uid":"job-1"`) {
		t.Errorf("sent was %q", server.sent)
	}
	if want := `{"metadata":{"annotations":{"dayfly-k8s.github.io/until":null},"uid":"pod-1"}}`; len(server.sentPod) != 1 || server.sentPod[0] != want {
		t.Errorf("to the pod was sent %q, want %s", server.sentPod, want)
	}
	for name, gone := range map[string]*jobServer{"gone": {}, "going": {uid: "job-1", session: "debugger-x2", going: &metav1.Time{Time: timed().Until}}} {
		left, err := timed().Keep(t.Context(), kubetest.Serve(t, gone))
		if p := kubetest.WantProblem(t, err, "keep pod web-copy: the Job that ends it is gone"); p == nil || !left.Timed() || len(gone.sent) > 0 {
			t.Errorf("%s: %+v, %v, sent %q", name, left, err, gone.sent)
		}
	}
	untimed := Leftover{Target: timed().Target, UID: "pod-1", Removable: true}
	if left, err := untimed.Keep(t.Context(), kubetest.Serve(t, &jobServer{})); err != nil || left.UID != "pod-1" {
		t.Errorf("what nothing ends: %+v, %v", left, err)
	}
}

// In read-only mode nothing of it is sent.
func TestLifeIsGuarded(t *testing.T) {
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{ReadOnly: true}, nil, "")
	_, extended := timed().Extend(t.Context(), cluster, time.Hour)
	_, kept := timed().Keep(t.Context(), cluster)
	if !errors.Is(extended, kube.ErrGuarded) || !errors.Is(kept, kube.ErrGuarded) || len(wire.Requests()) > 0 {
		t.Errorf("%v, %v, sent %q", extended, kept, wire.Requests())
	}
}
