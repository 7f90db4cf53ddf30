package debug

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// admitting is an API server that only judges: it allows what it is asked for by reviews, and judges the dry runs of Jobs and pods.
type admitting struct {
	apitest.Judging
	jobs string                                                   // why no Job is admitted; empty: all are
	pods func(pod *corev1.Pod) (answered *corev1.Pod, why string) // nil: all are admitted as they are

	mu    sync.Mutex
	tries int // dry runs of pods
}

func (a *admitting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if r.Method != http.MethodPost || resource != "jobs" && resource != "pods" || r.URL.Query().Get("dryRun") != "All" {
		a.Judging.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	refuse := func(why string) {
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, why, &metav1.StatusDetails{Kind: resource})
	}
	switch {
	case resource == "jobs" && a.jobs != "":
		refuse(a.jobs)
	case resource == "jobs":
		apitest.Answer(w, http.StatusCreated, json.RawMessage(body))
	default:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tries++
		pod := &corev1.Pod{}
		decode(body, pod)
		why := ""
		if a.pods != nil {
			pod, why = a.pods(pod)
		}
		if why != "" {
			refuse(why)
			return
		}
		apitest.Answer(w, http.StatusCreated, pod)
	}
}

// judged is a plan with what the cluster says of it, and the findings that come of that.
func judged(t *testing.T, c *kube.Cluster, pod *kube.Pod, r Request) (Plan, Preflight, []Finding) {
	t.Helper()
	plan, err := NewPlan(pod, r)
	if err != nil {
		t.Fatal(err)
	}
	f := RunPreflight(t.Context(), c, plan)
	return plan, f, Check(plan, f.Facts(Facts{Pod: pod, Copy: &CopyEnvironment{}}))
}

// findingOn is the first finding with words; nil: there is none.
func findingOn(found []Finding, words string) *Finding {
	for i := range found {
		if strings.Contains(found[i].Text, words) {
			return &found[i]
		}
	}
	return nil
}

// What the cluster adds to a copy is a finding, with the remedy that the mesh itself has for it. The answer is kept for plans that differ in nothing but
// names: then it is about their containers, and the tool's is none that the cluster adds.
func TestWhatTheClusterAddsIsAFinding(t *testing.T) {
	server := &admitting{pods: func(pod *corev1.Pod) (*corev1.Pod, string) {
		if pod.Labels["sidecar.istio.io/inject"] != "false" {
			pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "istio-proxy", Image: "istio/proxyv2:1"})
		}
		pod.Spec.Containers[1].Image = "mirror/busybox:1.37"
		return pod, ""
	}}
	cluster := kubetest.Serve(t, server)
	pod := cluster.NewPod(apitest.RunningPod())
	for i, name := range []string{"debugger-a2", "debugger-b3"} {
		_, f, found := judged(t, cluster, pod, timed(func(r *Request) { r.Name, r.Copy.Name = name, fmt.Sprintf("web-copy-%d", i) }))
		if f.Admission != kube.Yes || f.Blocks() {
			t.Fatalf("it is not admitted: %+v", f.Problem)
		}
		if one := findingOn(found, "the cluster replaces the image of "+name+": mirror/busybox:1.37 instead of busybox:1.37"); one == nil {
			t.Errorf("%s: the findings are %+v", name, found)
		}
		if one := findingOn(found, "the cluster adds"); one == nil || one.Text != "the cluster adds container istio-proxy (istio/proxyv2:1) to the copy: a webhook injects it" || one.Remedy == nil {
			t.Errorf("%s: %+v", name, one)
		}
	}
	if server.tries != 1 {
		t.Errorf("%d dry runs, want the answer kept", server.tries)
	}
	_, _, found := judged(t, cluster, pod, timed())
	plan, _, after := judged(t, cluster, pod, findingOn(found, "the cluster adds").Remedy.Apply(timed()))
	if one := findingOn(after, "the cluster adds"); one != nil || !strings.Contains(plan.Adds, `sidecar.istio.io/inject: "false"`) {
		t.Errorf("after the remedy: %+v\n%s", one, plan.Adds)
	}
}

// What an API server fills in by itself is no finding: of no pod that there is.
func TestDefaultsAreNoFindings(t *testing.T) {
	cluster := kubetest.Practise(t, "practice")
	tried := 0
	for _, namespace := range []string{"shop", "baseline", "restricted"} {
		var list corev1.PodList
		if err := cluster.Core().Get().Namespace(namespace).Resource("pods").Do(t.Context()).Into(&list); err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			pod := cluster.NewPod(&list.Items[i])
			plan, err := NewPlan(pod, Request{Way: Copy, Name: NewName(), Image: "busybox:1.37", Profile: kube.Restricted, EndsAfter: time.Hour})
			if err != nil {
				continue
			}
			f := RunPreflight(t.Context(), cluster, plan)
			if f.Admitted == nil {
				continue
			}
			tried++
			for _, one := range Check(plan, f.Facts(Facts{Pod: pod, Copy: &CopyEnvironment{}})) {
				if strings.HasPrefix(one.Text, "the cluster ") || strings.HasPrefix(one.Text, "a LimitRange") {
					t.Errorf("%s: %s", pod.Name, one.Text)
				}
			}
		}
	}
	if least := 10; tried < least {
		t.Errorf("only %d copies were admitted", tried)
	}
}
