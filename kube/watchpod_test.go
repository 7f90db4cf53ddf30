package kube

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

func TestWatchPod(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	cluster, requests := converse(t)
	updates := cluster.WatchPod(ctx, "shop", "web")
	state := func() string {
		t.Helper()
		n := apitest.Receive(t, updates, "news of the pod")
		switch {
		case n.Trouble != nil:
			return "trouble " + n.Trouble.Error()
		case n.Gone:
			return "gone"
		}
		return n.Pod.Containers[0].State
	}
	want := func(state, want string) {
		t.Helper()
		if state != want {
			t.Fatalf("the news is %q, want %q", state, want)
		}
	}

	apitest.TakePods(t, requests, apitest.PodsOf("100", apitest.RunningPod()))
	want(state(), "running")
	watch := apitest.TakeWatch(t, requests, "100")
	if q := watch.URL.Query(); q.Get("fieldSelector") != "metadata.name=web" || q.Get("timeoutSeconds") == "" || q.Get("allowWatchBookmarks") != "true" {
		t.Errorf("the watch is asked for as %s", watch.URL)
	}
	crash := func(p *corev1.Pod) { p.Status.ContainerStatuses[0].State = apitest.Terminated(3, "Error", "") }
	watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("101"), crash))
	want(state(), "ended: exit 3 Error")
	watch.Event(t, "DELETED", apitest.RunningPod(apitest.Version("102"), crash))
	want(state(), "gone")
	watch.Event(t, "ADDED", apitest.RunningPod(apitest.Version("103")))
	want(state(), "running")
	watch.Event(t, "BOOKMARK", &corev1.Pod{
		TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{ResourceVersion: "200"},
	})
	watch.Finish(t)

	watch = apitest.TakeWatch(t, requests, "200")
	watch.Event(t, "ERROR", apitest.RefusalStatus(http.StatusGone, metav1.StatusReasonExpired, "too old resource version", nil))
	watch.Finish(t)
	apitest.TakePods(t, requests, apitest.PodsOf("300"))
	want(state(), "gone")

	watch = apitest.TakeWatch(t, requests, "300")
	watch.Event(t, "ERROR", apitest.RefusalStatus(http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is unwell", nil))
	watch.Finish(t)
	want(state(), "trouble watch pod web: etcd is unwell")
	apitest.TakePods(t, requests, apitest.PodsOf("301", apitest.RunningPod(crash)))
	want(state(), "ended: exit 3 Error")

	stop()
	apitest.Drained(t, updates)
	apitest.GoroutinesEnd(t, "kube.Keep", "kube.(*onePod)")
}

func TestWatchPodForbidden(t *testing.T) {
	cluster, requests := converse(t)
	updates := cluster.WatchPod(t.Context(), "shop", "web")
	x := apitest.Receive(t, requests, "the list of one pod")
	x.Reply(t, http.StatusForbidden, apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, `pods "web" is forbidden: User "x" cannot list`, nil))
	n := apitest.Receive(t, updates, "trouble")
	wantProblem(t, n.Trouble, `watch pod web: pods "web" is forbidden`)
	if !apierrors.IsForbidden(n.Trouble) {
		t.Error("it is not known as forbidden")
	}
}

func TestReadPod(t *testing.T) {
	cluster, requests := converse(t)
	done := make(chan error, 1)
	var pod *Pod
	go func() {
		var err error
		pod, err = cluster.Pod(t.Context(), "shop", "web")
		done <- err
	}()
	apitest.Receive(t, requests, "the read").Reply(t, http.StatusOK, apitest.RunningPod())
	if err := apitest.Receive(t, done, "the pod"); err != nil || pod.Name != "web" || pod.Default != "app" || pod.Context != "test" {
		t.Fatalf("the pod is %+v, error %v", pod, err)
	}
	go func() {
		_, err := cluster.Pod(t.Context(), "shop", "web")
		done <- err
	}()
	apitest.Receive(t, requests, "the read").Reply(t, http.StatusNotFound, apitest.RefusalStatus(http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web", Kind: "pods"}))
	err := apitest.Receive(t, done, "the error")
	wantProblem(t, err, `read pod web: pods "web" not found`)
	if !IsNotFound(err) {
		t.Error("it is not known as not found")
	}
}

func TestAwaitExit(t *testing.T) {
	const name = "debugger-x2"
	on, off := apitest.Running(), apitest.Terminated(42, "Error", "")
	started := apitest.WithDebugger(name, &on)
	ended := apitest.WithDebugger(name, &off)
	tests := []struct {
		name  string
		after func(*testing.T, *apitest.Exchange)
		want  Ending
	}{
		{
			"it ends", func(t *testing.T, watch *apitest.Exchange) {
				watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("101"), started)) // some other change
				watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("102"), ended, func(p *corev1.Pod) {
					p.Status.EphemeralContainerStatuses[0].ImageID = "docker.io/busybox@sha256:ab"
				}))
			},
			Ending{ImageID: "docker.io/busybox@sha256:ab", Exit: &Exit{Code: 42, Reason: "Error", Started: time.Unix(1_700_000_000, 0), Finished: time.Unix(1_700_000_060, 0)}},
		},
		{
			"the pod is deleted", func(t *testing.T, watch *apitest.Exchange) {
				watch.Event(t, "DELETED", apitest.RunningPod(apitest.Version("101"), started))
			},
			Ending{Gone: true},
		},
		{
			"the pod is replaced", func(t *testing.T, watch *apitest.Exchange) {
				watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("101")))
			},
			Ending{Gone: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cluster, requests := converse(t)
			endings := make(chan Ending, 1)
			go func() {
				ending, err := cluster.AwaitExit(t.Context(), Target{Namespace: "shop", Pod: "web", Container: name})
				if err != nil {
					t.Error(err)
				}
				endings <- ending
			}()
			apitest.TakePods(t, requests, apitest.PodsOf("100", apitest.RunningPod(started)))
			tt.after(t, apitest.TakeWatch(t, requests, "100"))
			if diff := cmp.Diff(tt.want, apitest.Receive(t, endings, "the ending")); diff != "" {
				t.Errorf("ending (- want, + got):\n%s", diff)
			}
			apitest.GoroutinesEnd(t, "kube.Keep")
		})
	}
}

// A container that is killed by the end of its target can be reported before that.
func TestAwaitExitTellsTheTargetsEnd(t *testing.T) {
	const name = "debugger-x2"
	on, killed, off := apitest.Running(), apitest.Terminated(137, "Error", ""), apitest.Terminated(7, "Error", "")
	of := func(state *corev1.ContainerState) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			apitest.WithDebugger(name, state)(p)
			p.Spec.EphemeralContainers[0].TargetContainerName = "app"
		}
	}
	cluster, requests := converse(t)
	endings := make(chan Ending, 1)
	go func() {
		ending, err := cluster.AwaitExit(t.Context(), Target{Namespace: "shop", Pod: "web", Container: name})
		if err != nil {
			t.Error(err)
		}
		endings <- ending
	}()
	apitest.TakePods(t, requests, apitest.PodsOf("100", apitest.RunningPod(of(&on))))
	watch := apitest.TakeWatch(t, requests, "100")
	watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("101"), of(&killed)))
	watch.Event(t, "MODIFIED", apitest.RunningPod(apitest.Version("102"), of(&killed), func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].LastTerminationState = off
	}))
	if got := apitest.Receive(t, endings, "the ending").Exit.Words(); !strings.HasPrefix(got, "ended with its target, whose processes it shares; app exited with code 7") {
		t.Errorf("it is told as %q", got)
	}
}

// A node that does not answer is named beside its last word.
func TestAwaitExitTellsThatTheNodeIsLost(t *testing.T) {
	on := apitest.Running()
	cluster, requests := converse(t)
	ctx, stop := context.WithCancel(t.Context())
	endings := make(chan Ending, 1)
	go func() {
		ending, _ := cluster.AwaitExit(ctx, Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"})
		endings <- ending
	}()
	apitest.TakePods(t, requests, apitest.PodsOf("100", apitest.RunningPod(apitest.WithDebugger("debugger-x2", &on), func(p *corev1.Pod) {
		p.Spec.NodeName = "worker-2"
		p.Status.Conditions = []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionFalse}, {Type: corev1.ContainersReady, Status: corev1.ConditionTrue},
		}
	})))
	apitest.TakeWatch(t, requests, "100")
	stop()
	if got := apitest.Receive(t, endings, "the ending"); !got.Running || got.NodeLost != "worker-2" {
		t.Errorf("the ending is %+v", got)
	}
}

// When the time is over the container runs on if the cluster has said so; otherwise nobody knows.
func TestAwaitExitGivesUp(t *testing.T) {
	const name = "debugger-x2"
	for _, trouble := range []bool{false, true} {
		ctx, stop := context.WithCancel(t.Context())
		cluster, requests := converse(t)
		type result struct {
			ending Ending
			err    error
		}
		results := make(chan result, 1)
		go func() {
			ending, err := cluster.AwaitExit(ctx, Target{Namespace: "shop", Pod: "web", Container: name})
			results <- result{ending, err}
		}()
		if trouble {
			refused := apitest.RefusalStatus(http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
			apitest.Receive(t, requests, "the list").Reply(t, http.StatusForbidden, refused)
			apitest.Receive(t, requests, "the list again")
		} else {
			apitest.TakePods(t, requests, apitest.PodsOf("100", apitest.RunningPod(apitest.WithDebugger(name, new(apitest.Running())))))
			apitest.TakeWatch(t, requests, "100")
		}
		stop()
		r := apitest.Receive(t, results, "the ending")
		if r.ending != (Ending{Running: !trouble}) {
			t.Errorf("the ending is %+v", r.ending)
		}
		if trouble {
			wantProblem(t, r.err, "watch pod web: no")
		} else if r.err != nil {
			t.Errorf("there is trouble: %v", r.err)
		}
	}
}

func TestNamespacesAndPing(t *testing.T) {
	api := http.NewServeMux()
	api.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"major":"1","minor":"34","gitVersion":"v1.34.4"}`))
	})
	api.HandleFunc("GET /api/v1/namespaces", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Accept"), "application/json;as=PartialObjectMetadataList;") {
			t.Errorf("namespaces are asked for as %s", r.Header.Get("Accept"))
		}
		_, _ = w.Write([]byte(`{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{},"items":[
			{"metadata":{"name":"shop"}},{"metadata":{"name":"kube-system"}}]}`))
	})
	cluster := serve(t, api)
	health, err := cluster.Ping(t.Context())
	if err != nil || health.Version != "v1.34" || health.Took <= 0 {
		t.Errorf("the ping says %+v, %v", health, err)
	}
	names, err := cluster.Namespaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"kube-system", "shop"}, names); diff != "" {
		t.Errorf("namespaces (- want, + got):\n%s", diff)
	}

	odd := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	if _, err := odd.Ping(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "reach the cluster: the server at ") {
		t.Errorf("a ping of a web site: %v", err)
	}
	if _, err := odd.Namespaces(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "list the namespaces: the server at ") {
		t.Errorf("namespaces of a web site: %v", err)
	}
}

// A namespace is said not to exist only when the API server says so.
func TestCheckNamespace(t *testing.T) {
	api := http.NewServeMux()
	api.HandleFunc("GET /api/v1/namespaces/{name}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("name") {
		case "shop":
			apitest.Answer(w, http.StatusOK, &corev1.Namespace{TypeMeta: metav1.TypeMeta{Kind: "Namespace", APIVersion: "v1"}})
		case "secret":
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
		default:
			apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found", nil)
		}
	})
	cluster := serve(t, api)
	for _, name := range []string{"shop", "secret"} {
		if err := cluster.CheckNamespace(t.Context(), name); err != nil {
			t.Errorf("namespace %s: %v", name, err)
		}
	}
	wantProblem(t, cluster.CheckNamespace(t.Context(), "shpo"), `there is no namespace "shpo" in this cluster`)
}
