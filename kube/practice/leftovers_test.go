package practice_test

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// TestLeftovers has what tools have left, noted as theirs at its time, and running or ended as they left it.
func TestLeftovers(t *testing.T) {
	c := start(t, practice.Options{Manual: true, More: []fs.FS{manifests.Leftovers()}})
	a := admin{c, t, client(t, c, "")}
	now := a.Clock.Now()
	for _, test := range []struct {
		path, subresource, client string
		age                       time.Duration
	}{
		{"search/pods/reindex", "ephemeralcontainers", "kubectl-debug", 5 * time.Hour},
		{"search/pods/reindex", "", "kubectl-create", 5 * time.Hour},
		{"default/pods/node-debugger-n-1-q7wxm", "", "kubectl-debug", 74 * time.Hour},
		{"search/pods/suggest-debug", "", "kubectl-debug", 26 * time.Hour},
		{"kube-system/pods/nsenter-6k2d9x", "", "kubectl-run", 30 * time.Hour},
		{"search/pods/ksniff-5hc7d", "", "kubectl-sniff", 3 * time.Hour},
		{"search/pods/query-debug-m4zxt", "", "dayfly", 49 * time.Hour},
		{"search/pods/reindex-debug-7k2wq", "", "dayfly", 20 * time.Minute},
	} {
		var pod corev1.Pod
		a.must(http.MethodGet, "/api/v1/namespaces/"+test.path, "", &pod)
		if pod.Status.Phase != corev1.PodRunning {
			t.Errorf("%s is %s", test.path, pod.Status.Phase)
		}
		i := slices.IndexFunc(pod.ManagedFields, func(e metav1.ManagedFieldsEntry) bool { return e.Subresource == test.subresource })
		if i < 0 || pod.ManagedFields[i].Manager != test.client || now.Sub(pod.ManagedFields[i].Time.Time) != test.age {
			t.Errorf("%s has the notes %+v, want %s, %v old", test.path, pod.ManagedFields, test.client, test.age)
		}
	}
	var pod corev1.Pod
	a.must(http.MethodGet, "/api/v1/namespaces/search/pods/reindex", "", &pod)
	if s := pod.Status.EphemeralContainerStatuses; len(s) != 2 || s[0].State.Terminated == nil || s[0].State.Terminated.ExitCode != 1 || s[1].State.Running == nil {
		t.Errorf("its debug containers are %+v, want one ended and one running", s)
	}
	entries := string(pod.ManagedFields[1].FieldsV1.GetRawBytes())
	if !strings.Contains(entries, "debugger-8xk4w") || !strings.Contains(entries, "debugger-tz2lq") || strings.Contains(entries, "f:containers") {
		t.Errorf("its debug containers are noted as %s", entries)
	}
	if made := string(pod.ManagedFields[0].FieldsV1.GetRawBytes()); strings.Contains(made, "f:ephemeralContainers") {
		t.Errorf("who has made it is noted for its debug containers: %s", made)
	}
}

// TestTimedLeftover has a copy that goes when its Job does, at the time that both say, and one that stays.
func TestTimedLeftover(t *testing.T) {
	c := start(t, practice.Options{Manual: true, More: []fs.FS{manifests.Leftovers()}})
	a := admin{c, t, client(t, c, "")}
	const path = "/api/v1/namespaces/search/pods/"
	var pod corev1.Pod
	a.must(http.MethodGet, path+"reindex-debug-7k2wq", "", &pod)
	until, err := time.Parse(time.RFC3339, pod.Annotations["dayfly-k8s.github.io/until"])
	if left := until.Sub(a.Clock.Now()); err != nil || left != 40*time.Minute {
		t.Errorf("it has %v left: %v", left, err)
	}
	a.Clock.Advance(39 * time.Minute)
	if code := a.ask(http.MethodGet, path+"reindex-debug-7k2wq", "", nil); code != http.StatusOK {
		t.Errorf("a minute before: %d", code)
	}
	a.Clock.Advance(2 * time.Minute)
	for _, gone := range []string{path + "reindex-debug-7k2wq", "/apis/batch/v1/namespaces/search/jobs/reindex-debug-7k2wq"} {
		if code := a.ask(http.MethodGet, gone, "", nil); code != http.StatusNotFound {
			t.Errorf("%s a minute after: %d", gone, code)
		}
	}
	if code := a.ask(http.MethodGet, path+"query-debug-m4zxt", "", nil); code != http.StatusOK {
		t.Errorf("the one that was kept: %d", code)
	}
}

// TestBudgetForbids has a budget that lets no pod of query go, and nothing against one of suggest, though both are behind one Service.
func TestBudgetForbids(t *testing.T) {
	c := start(t, practice.Options{Manual: true, More: []fs.FS{manifests.Leftovers()}})
	a := admin{c, t, client(t, c, "")}
	for app, want := range map[string]int{"query": http.StatusTooManyRequests, "suggest": http.StatusCreated} {
		var list corev1.PodList
		a.must(http.MethodGet, "/api/v1/namespaces/search/pods?labelSelector=tier=front,app="+app, "", &list)
		name := list.Items[0].Name
		body := `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"` + name + `"}}`
		if code := a.ask(http.MethodPost, "/api/v1/namespaces/search/pods/"+name+"/eviction", body, nil); code != want {
			t.Errorf("%s: %d, want %d", app, code, want)
		}
	}
	var budget policyv1.PodDisruptionBudget
	a.must(http.MethodGet, "/apis/policy/v1/namespaces/search/poddisruptionbudgets/query", "", &budget)
	if s := budget.Status; s.DisruptionsAllowed != 0 || s.CurrentHealthy != 3 || s.ExpectedPods != 3 {
		t.Errorf("the budget is %+v", s)
	}
}
