package debug

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
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
		_, f, found := judged(t, cluster, pod, timed(func(r *Request) { r.Name, r.Own.Name = name, fmt.Sprintf("web-copy-%d", i) }))
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

// unspecified refuses a pod as a quota does that wants limits of CPU: it names the containers without one.
func unspecified(pod *corev1.Pod) (*corev1.Pod, string) {
	var names []string
	for _, c := range pod.Spec.Containers {
		if _, ok := c.Resources.Limits[corev1.ResourceCPU]; !ok {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return pod, ""
	}
	return nil, `pods "` + pod.Name + `" is forbidden: failed quota: small: must specify limits.cpu for: ` + strings.Join(names, ",")
}

// What the limits of a namespace refuse is said in words, once, with one key where a key helps; what that changes is shown before it is sent.
func TestLimitsOfTheNamespace(t *testing.T) {
	forbidden := func(why string) func(*corev1.Pod) (*corev1.Pod, string) {
		return func(pod *corev1.Pod) (*corev1.Pod, string) {
			return nil, `pods "` + pod.Name + `" is forbidden: ` + why
		}
	}
	ownLimit := func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}
	}
	const give = "give debugger-x2 small requests and limits (500m CPU and 256 MiB memory)"
	for name, c := range map[string]struct {
		server       *admitting
		pod          func(*corev1.Pod)
		text, remedy string
		hint         string
		after        []string // in the plan with the remedy; nil: the remedy does not make it pass
	}{
		"no limits": {
			&admitting{pods: unspecified}, ownLimit, "create pod web-copy, a copy of web: quota small wants what is not set: limits.cpu of debugger-x2", give, "",
			[]string{"cpu: 500m", "memory: 256Mi", "cpu: 10m", "memory: 32Mi"},
		},
		"no limits in the pod either": {
			&admitting{pods: unspecified}, func(*corev1.Pod) {}, "create pod web-copy, a copy of web: quota small wants what is not set: limits.cpu of app and debugger-x2", "", "ask whoever runs the namespace for a LimitRange", nil,
		},
		"used up": {
			&admitting{pods: forbidden("exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4")}, ownLimit,
			"create pod web-copy, a copy of web: quota small has too little left: 4 of 4 pods used, and this takes 1", "", "debugging in the pod itself needs no quota", nil,
		},
		"no more Jobs": {
			&admitting{jobs: `jobs.batch "web-copy" is forbidden: exceeded quota: small, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5`}, ownLimit,
			"create Job web-copy, which ends the pod: quota small has too little left: 5 of 5 count/jobs.batch used, and this takes 1",
			"end the copy by its own deadline (activeDeadlineSeconds), without a Job: its entry stays", "larger quota", []string{"activeDeadlineSeconds: 3600"},
		},
		"range": {
			&admitting{pods: forbidden("maximum memory usage per Pod is 512Mi, but limit is 640Mi")}, ownLimit,
			"create pod web-copy, a copy of web: a LimitRange of the namespace allows at most 512Mi memory per pod, and the limit is 640Mi", give, "its LimitRange", nil,
		},
		"range of the pod's own": {
			&admitting{pods: forbidden("maximum cpu usage per Container is 500m, but limit is 1")}, ownLimit,
			"create pod web-copy, a copy of web: a LimitRange of the namespace allows at most 500m cpu per container, and the limit is 1", "", "its LimitRange", nil,
		},
	} {
		cluster := kubetest.Serve(t, c.server)
		pod := cluster.NewPod(apitest.RunningPod(c.pod))
		_, f, found := judged(t, cluster, pod, timed())
		one := findingOn(found, c.text)
		if !f.Blocks() || f.Problem.Message != c.text || one == nil || one.Text != c.text || one.Severity != Blocking {
			t.Errorf("%s: %+v; the findings are %+v", name, f.Problem, found)
			continue
		}
		if !strings.Contains(f.Problem.Hint, c.hint) || (one.Remedy == nil) != (c.remedy == "") || one.Remedy != nil && one.Remedy.Words != c.remedy {
			t.Errorf("%s: hint %q, remedy %+v", name, f.Problem.Hint, one.Remedy)
		}
		if one.Remedy == nil {
			continue
		}
		plan, f, found := judged(t, cluster, pod, one.Remedy.Apply(timed()).Fit(&CopyEnvironment{Jobs: kube.Yes}))
		if f.Blocks() != (c.after == nil) {
			t.Errorf("%s: with the remedy %+v", name, f.Problem)
		}
		if again := findingOn(found, c.text); c.after == nil && (again == nil || again.Remedy != nil) {
			t.Errorf("%s: it is offered again: %+v", name, again)
		}
		for _, want := range c.after {
			if _, diff := plan.Difference(); !strings.Contains(plan.Adds, want) || !strings.Contains(diff, want) {
				t.Errorf("%s: %q is not shown\n%s", name, want, plan.Adds)
			}
		}
	}
}

// Where reviews say that Jobs may be created, and the API server says that they may not, that right is asked for and no other; one key does without the
// Job, and what that means is told.
func TestJobsAreForbidden(t *testing.T) {
	server := &admitting{jobs: `jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "shop"`}
	cluster := kubetest.Serve(t, server)
	pod := cluster.NewPod(apitest.RunningPod())
	for range 2 { // the second time the answer is remembered
		_, f, found := judged(t, cluster, pod, timed())
		if !f.Blocks() || !strings.HasPrefix(f.Problem.Message, "create Job web-copy, which ends the pod: jobs.batch is forbidden") {
			t.Fatalf("it is %+v", f.Problem)
		}
		role := f.Problem.RequiredRBAC
		for want, there := range map[string]bool{"resources: [jobs]": true, `apiGroups: ["batch"]`: true, "verbs: [create]": true, "[pods]": false, `name: "ann"`: true} {
			if strings.Contains(role, want) != there {
				t.Errorf("%q is in what is asked for: %t\n%s", want, !there, role)
			}
		}
		one := findingOn(found, f.Problem.Message)
		if one == nil || one.Remedy == nil {
			t.Fatalf("the findings are %+v", found)
		}
		if _, ok := WithoutJob(pod, Plan{Request: copied()}, f.Problem); ok {
			t.Error("a plan without a Job is made anew")
		}
		plan, after, _ := judged(t, cluster, pod, one.Remedy.Apply(timed()).Fit(&CopyEnvironment{Jobs: kube.Yes}))
		told := slices.ContainsFunc(plan.Notes, func(n Note) bool {
			return n.Text == "the copy ends 1h after its start, even if dayfly is gone; its entry stays, because no Job deletes it"
		})
		if after.Blocks() || !told || !strings.Contains(plan.Adds, "activeDeadlineSeconds: 3600") || strings.Contains(plan.Adds, "kind: Job") {
			t.Errorf("without the Job: %+v, notes %+v\n%s", after.Problem, plan.Notes, plan.Adds)
		}
	}
}

// A quota for Jobs that is used up keeps nobody from a copy: it is made without one, as where the right is missing.
func TestQuotaForJobsIsUsedUp(t *testing.T) {
	server := &admitting{jobs: `jobs.batch "web-copy" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, used: count/jobs.batch=4, limited: count/jobs.batch=4`}
	cluster := kubetest.Serve(t, server)
	pod := cluster.NewPod(apitest.RunningPod())
	plan, f, _ := judged(t, cluster, pod, timed())
	without, ok := WithoutJob(pod, plan, f.Problem)
	if !f.Blocks() || !ok || strings.Contains(without.Adds, "kind: Job") || !strings.Contains(without.Adds, "activeDeadlineSeconds: 3600") {
		t.Errorf("it is %+v; without the Job %t:\n%s", f.Problem, ok, without.Adds)
	}
}

// What was judged of one container is told of another that is alike by its own name, in the sentence and in what remedies are found by.
func TestRememberedRefusalIsRenamed(t *testing.T) {
	was := kube.Target{Namespace: "shop", Pod: "web-debug-x2", Container: "debugger-x2"}
	cause := errors.New(`pods "web-debug-x2" is forbidden: failed quota: small: must specify limits.cpu for: debugger-x2`)
	j := admissionResult{about: was, problem: &kube.Problem{Message: "limits.cpu of debugger-x2", Err: cause}}
	now := j.of(kube.Target{Namespace: "shop", Pod: "web-debug-x3", Container: "debugger-x3"})
	limited, ok := kube.LimitedBy(kube.RootText(now.problem.Err))
	if !ok || !slices.Equal(limited.Unspecified, []string{"debugger-x3"}) || now.problem.Message != "limits.cpu of debugger-x3" || !errors.Is(now.problem.Err, cause) {
		t.Errorf("it is told %+v, %v", now.problem, limited)
	}
	if j.problem.Message != "limits.cpu of debugger-x2" {
		t.Error("what was remembered has changed")
	}
}
