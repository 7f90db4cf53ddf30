package cleanup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// cluster is an API server with pods and Jobs in the namespace shop, by name.
type cluster struct {
	mu         sync.Mutex
	pods       map[string]*corev1.Pod
	jobs       map[string]*batchv1.Job
	unreadable map[string]bool  // once it was to be deleted
	grace      map[string]int64 // that was given, by name
	refuse     map[string]int   // the code of the answer to a deletion, by name
	deleted    []string         // "pods/x", as they were asked for
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kind, name := path.Base(path.Dir(r.URL.Path)), path.Base(r.URL.Path)
	var uid types.UID
	pod, job := c.pods[name], c.jobs[name]
	switch {
	case kind == "pods" && pod != nil:
		uid = pod.UID
	case kind == "jobs" && job != nil:
		uid = job.UID
	default:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found", &metav1.StatusDetails{Name: name})
		return
	}
	switch {
	case r.Method == http.MethodGet && c.unreadable[name] && slices.Contains(c.deleted, "pods/"+name):
		apitest.Refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "not now", nil)
	case r.Method == http.MethodGet && kind == "pods":
		apitest.Answer(w, http.StatusOK, pod)
	case r.Method == http.MethodGet:
		apitest.Answer(w, http.StatusOK, job)
	case r.Method == http.MethodDelete:
		c.remove(w, r, kind, name, uid)
	}
}

func (c *cluster) remove(w http.ResponseWriter, r *http.Request, kind, name string, uid types.UID) {
	var options metav1.DeleteOptions
	if json.NewDecoder(r.Body).Decode(&options) != nil || options.Preconditions == nil || options.Preconditions.UID == nil {
		apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "by its name alone", nil)
		return
	}
	c.deleted = append(c.deleted, kind+"/"+name)
	if options.GracePeriodSeconds != nil && kind == "pods" {
		c.grace[name] = *options.GracePeriodSeconds
	}
	switch code := c.refuse[name]; {
	case *options.Preconditions.UID != uid:
		apitest.Refuse(w, http.StatusConflict, metav1.StatusReasonConflict, "the UID in the precondition does not match", nil)
		return
	case code == http.StatusForbidden:
		apitest.Refuse(w, code, metav1.StatusReasonForbidden, fmt.Sprintf(`%s %q is forbidden: User "ann" cannot delete resource %q in API group "" in the namespace "shop"`, kind, name, kind), nil)
		return
	case code != 0:
		apitest.Refuse(w, code, metav1.StatusReasonInternalError, "not now", nil)
		return
	case kind == "jobs":
		delete(c.jobs, name)
	case len(c.pods[name].Finalizers) > 0:
		c.pods[name].DeletionTimestamp = &metav1.Time{}
	default:
		delete(c.pods, name)
	}
	apitest.Answer(w, http.StatusOK, &metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess})
}

func podOf(name string, change func(*corev1.Pod)) *corev1.Pod {
	pod := apitest.RunningPod()
	pod.Name, pod.UID = name, types.UID("uid-"+name)
	if change != nil {
		change(pod)
	}
	return pod
}

// left is a pod that was found.
func left(name string, change func(*inventory.Item)) Step {
	i := inventory.Item{Kind: inventory.ToolPod, UID: "uid-" + name, Target: kube.Target{Namespace: "shop", Pod: name}, Danger: inventory.Running, Running: true}
	if change != nil {
		change(&i)
	}
	return Of(i, "prod")
}

// Each of many is taken away by its UID, and each failure is told of the one that it is about; the others go on.
func TestCarry(t *testing.T) {
	server := &cluster{
		grace: map[string]int64{},
		pods: map[string]*corev1.Pod{
			"tool": podOf("tool", nil), "held": podOf("held", func(p *corev1.Pod) { p.Finalizers = []string{"example.com/keep"} }), "refused": podOf("refused", nil),
			"replaced": podOf("replaced", func(p *corev1.Pod) { p.UID = "another" }), "broken": podOf("broken", nil),
			"unreadable": podOf("unreadable", func(p *corev1.Pod) { p.Finalizers = []string{"example.com/keep"} }),
			"copy":       podOf("copy", func(p *corev1.Pod) { p.Annotations = map[string]string{leftovers.SessionAnnotation: "debugger-1"} }),
		},
		jobs: map[string]*batchv1.Job{
			"agent": {TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: metav1.ObjectMeta{Name: "agent", UID: "uid-agent"}},
			"copy": {
				TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: metav1.ObjectMeta{Name: "copy", UID: "uid-job", Annotations: map[string]string{leftovers.SessionAnnotation: "debugger-1"}},
			},
		},
		unreadable: map[string]bool{"unreadable": true},
		refuse:     map[string]int{"refused": http.StatusForbidden, "broken": http.StatusInternalServerError},
	}
	c := kubetest.Serve(t, server)
	steps := []Step{
		left("tool", nil), left("held", nil), left("refused", nil), left("replaced", nil), left("broken", nil), left("gone", nil),
		left("copy", func(i *inventory.Item) { i.Kind, i.Session, i.Owned = inventory.Copy, "debugger-1", true }),
		left("agent", func(i *inventory.Item) { i.Kind = inventory.Job }),
		left("unreadable", nil),
		left("over", func(i *inventory.Item) { i.Kind, i.Danger, i.Running = inventory.DebugContainer, inventory.Over, false }),
	}
	results := make([]Result, len(steps))
	for r := range Carry(t.Context(), c, steps) {
		results[r.Step] = r
	}
	want := []struct{ words, err string }{
		{"deleted", ""}, {"is being deleted: finalizer example.com/keep holds it", ""}, {"", `cannot delete resource "pods"`}, {"was gone already", ""}, {"", "not now"},
		{"was gone already", ""}, {"deleted", ""}, {"deleted", ""}, {"is being deleted: whether it has gone could not be read", ""}, {"", "goes only with the pod"},
	}
	for i, w := range want {
		got := results[i]
		if got.Words != w.words || (got.Err != nil) != (w.err != "") || got.Err != nil && !strings.Contains(got.Err.Error(), w.err) || got.Lingers != strings.HasPrefix(w.words, "is being") {
			t.Errorf("%s: %+v, want %+v", steps[i].Item.Target.Pod, got, w)
		}
	}
	if p := kube.Explain(results[2].Err); !strings.Contains(p.RequiredRBAC, "delete") {
		t.Errorf("of a right that is missing it does not say what to ask for: %+v", p)
	}
	if len(server.grace) != 1 || server.grace["copy"] != 1 {
		t.Errorf("others than dayfly's own have so many seconds to end: %v", server.grace)
	}
	if server.pods["replaced"] == nil || slices.Contains(server.deleted, "pods/replaced") {
		t.Errorf("another pod of the name was to be deleted: %q", server.deleted)
	}
	if len(server.jobs) > 0 || server.pods["copy"] != nil {
		t.Errorf("the copy, or a Job, is still there: %v", server.jobs)
	}
}

// A rule of the configuration keeps everything, and nothing is sent; what was not begun in time is told as that.
func TestCarryRefused(t *testing.T) {
	guarded, wire := kubetest.ServeGuarded(t, kube.Guard{ReadOnly: true}, nil, "")
	for r := range Carry(t.Context(), guarded, []Step{left("tool", nil)}) {
		if !errors.Is(r.Err, kube.ErrGuarded) {
			t.Errorf("read-only: %+v", r)
		}
	}
	if len(wire.Requests()) > 0 {
		t.Errorf("read-only, and %q was sent", wire.Requests())
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	for r := range Carry(over, kubetest.Serve(t, &cluster{}), []Step{left("tool", nil)}) {
		if r.Err == nil || !strings.Contains(r.Err.Error(), "it was not begun") {
			t.Errorf("after the end: %+v", r)
		}
	}
}
