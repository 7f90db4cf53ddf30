package debug

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// timed is a request for a copy that lives for an hour.
func timed(changes ...func(*Request)) Request {
	return copied(append([]func(*Request){func(r *Request) { r.EndsAfter = time.Hour }}, changes...)...)
}

// creations is an API server that creates Jobs and pods, and keeps what was sent. refuses says which path it refuses.
type creations struct {
	refuses string
	jobs    []*batchv1.Job
	pods    []*corev1.Pod
	deleted []string // paths, with the UID that was named
	order   []string // resources, in the order in which they were created
}

func (s *creations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case r.Method == http.MethodPost && resource == s.refuses:
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, resource+` "web-copy" is forbidden: exceeded quota: small`, nil)
	case r.Method == http.MethodPost && resource == "jobs":
		job := &batchv1.Job{}
		decode(body, job)
		job.UID = "job-1"
		s.jobs, s.order = append(s.jobs, job), append(s.order, resource)
		apitest.Answer(w, http.StatusCreated, job)
	case r.Method == http.MethodPost && resource == "pods":
		pod := &corev1.Pod{}
		decode(body, pod)
		pod.UID = "pod-1"
		s.pods, s.order = append(s.pods, pod), append(s.order, resource)
		apitest.Answer(w, http.StatusCreated, pod)
	case r.Method == http.MethodDelete:
		var options metav1.DeleteOptions
		decode(body, &options)
		s.deleted = append(s.deleted, r.URL.Path+" "+string(*options.Preconditions.UID)+" "+string(*options.PropagationPolicy))
		apitest.Answer(w, http.StatusOK, &metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess})
	default:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no", &metav1.StatusDetails{Name: "web-copy"})
	}
}

func decode(body []byte, into any) {
	if err := json.Unmarshal(body, into); err != nil {
		panic(err)
	}
}

// A copy with a life time is owned by a Job that runs nothing, ends after that time, and is deleted then. Both say whose they are, and why.
func TestTimedCopyIsOwnedByAJob(t *testing.T) {
	server := &creations{}
	cluster := kubetest.Serve(t, server)
	own := func(p *corev1.Pod) { p.Spec.ActiveDeadlineSeconds = new(int64(60)) }
	plan, err := NewPlan(cluster.NewPod(apitest.RunningPod(own)), timed(func(r *Request) { r.Own.By = "ann" }))
	if err != nil {
		t.Fatal(err)
	}
	plan = plan.Because("ticket 7")
	before := cluster.Now().Add(time.Hour)
	made, err := plan.Change.Apply(t.Context(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(server.order, []string{"jobs", "pods"}) {
		t.Fatalf("created were %v", server.order)
	}
	job, pod := server.jobs[0], server.pods[0]
	spec := job.Spec
	if *spec.Parallelism != 0 || *spec.BackoffLimit != 0 || *spec.TTLSecondsAfterFinished != 0 || *spec.ActiveDeadlineSeconds != 3600 || spec.Suspend != nil {
		t.Errorf("the Job is %+v", spec)
	}
	if own := pod.OwnerReferences; len(own) != 1 || own[0].UID != "job-1" || own[0].Kind != "Job" || own[0].Name != job.Name || own[0].Controller != nil {
		t.Errorf("the pod's owners are %+v", own)
	}
	if *pod.Spec.TerminationGracePeriodSeconds != 1 || pod.Spec.ActiveDeadlineSeconds != nil {
		t.Errorf("it ends in %d s, and its own deadline is %v", *pod.Spec.TerminationGracePeriodSeconds, pod.Spec.ActiveDeadlineSeconds)
	}
	for name, meta := range map[string]metav1.ObjectMeta{"Job": job.ObjectMeta, "pod": pod.ObjectMeta} {
		a := meta.Annotations
		if meta.Labels[leftovers.ManagedByLabel] != "dayfly" || a[leftovers.CopyOfAnnotation] != "web" || a[leftovers.ByAnnotation] != "ann" || a[leftovers.ReasonAnnotation] != "ticket 7" || a[leftovers.SessionAnnotation] != "debugger-x2" {
			t.Errorf("the %s is marked with %v %v", name, meta.Labels, a)
		}
	}
	left := plan.Made(made)
	if len(left) != 1 || left[0].UID != "pod-1" || !left[0].Timed() {
		t.Fatalf("it leaves %+v", left)
	}
	if late := left[0].Until.Sub(before); late < -time.Second || late > apitest.Stuck {
		t.Errorf("it is there until %s, which is %s after an hour from now", left[0].Until, late)
	}
	if err := left[0].Remove(t.Context(), cluster); err != nil {
		t.Fatal(err)
	}
	want := []string{"/api/v1/namespaces/shop/pods/web-copy pod-1 Background", "/apis/batch/v1/namespaces/shop/jobs/web-copy job-1 Background"}
	if !slices.Equal(server.deleted, want) {
		t.Errorf("deleted were %v", server.deleted)
	}
	if got := left[0].Command("prod"); got != "kubectl delete job,pod web-copy --context=prod --namespace=shop" {
		t.Errorf("%q", got)
	}
}

// What is shown before is what is sent, but for what nobody can know then.
func TestTimedCopyIsShown(t *testing.T) {
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), timed())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kind: Job", "activeDeadlineSeconds: 3600", "parallelism: 0", "ttlSecondsAfterFinished: 0", "kind: Pod", "uid: the UID of that Job", "until: 1h after its creation"} {
		if !strings.Contains(plan.Adds, want) {
			t.Errorf("%q is not shown\n%s", want, plan.Adds)
		}
	}
	if want := "pod web-copy, the copy of web, runs until it is deleted: dayfly deletes it before exiting, and the cluster after 1h in any case"; plan.Leaves() != want {
		t.Errorf("it leaves: %s", plan.Leaves())
	}
	if rights := plan.Rights(); !slices.Contains(rights, kube.RightToTime()) || kube.RightToTime().Needed() {
		t.Errorf("its rights are %v", rights)
	}
}

// Where no Job may be created the copy ends by itself, and that it stays is told.
func TestCopyWithoutAJob(t *testing.T) {
	around := &CopyEnvironment{Jobs: kube.No}
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), timed().Fit(around))
	if err != nil {
		t.Fatal(err)
	}
	spec := plan.Change.Spec()
	if spec.ActiveDeadlineSeconds == nil || *spec.ActiveDeadlineSeconds != 3600 || strings.Contains(plan.Adds, "kind: Job") || slices.Contains(plan.Rights(), kube.RightToTime()) {
		t.Errorf("it is\n%s", plan.Adds)
	}
	if !strings.HasSuffix(plan.Leaves(), "; if it cannot, the pod ends after 1h, and its entry stays") {
		t.Errorf("it leaves: %s", plan.Leaves())
	}
	for verdict, want := range map[kube.Verdict]bool{kube.Yes: false, kube.Unknown: false, kube.No: true} {
		if got := timed().Fit(&CopyEnvironment{Jobs: verdict}); got.Own.NoTimer != want {
			t.Errorf("%s: without a Job: %v", verdict, got.Own.NoTimer)
		}
	}
}

// What cannot be created whole leaves nothing.
func TestTimedCopyIsRefused(t *testing.T) {
	for refuses, want := range map[string]struct {
		message string
		deleted []string
	}{
		"jobs": {"create Job web-copy, which ends the pod: ", nil},
		"pods": {"create pod web-copy, a copy of web: ", []string{"/apis/batch/v1/namespaces/shop/jobs/web-copy job-1 Background"}},
	} {
		server := &creations{refuses: refuses}
		cluster := kubetest.Serve(t, server)
		plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), timed())
		if err != nil {
			t.Fatal(err)
		}
		_, err = plan.Change.Apply(t.Context(), cluster)
		kubetest.WantProblem(t, err, want.message)
		if !slices.Equal(server.deleted, want.deleted) || len(server.pods) > 0 {
			t.Errorf("without %s: deleted are %v, pods are %d", refuses, server.deleted, len(server.pods))
		}
	}
}

// A copy that ends within a second has no hook that sleeps longer, which the API server would refuse; other hooks stay, and the pod keeps its own.
func TestTimedCopyDoesNotSleepBeforeItsEnd(t *testing.T) {
	sleeps := &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 5}}}
	runs := &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}}
	object := apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "beside", Lifecycle: sleeps.DeepCopy()}}
		p.Spec.Containers[0].Lifecycle = sleeps.DeepCopy()
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "other", Lifecycle: runs.DeepCopy()})
	})
	for life, want := range map[time.Duration]bool{time.Hour: false, 0: true} {
		plan, err := NewPlan(kube.NewPod(object), timed(func(r *Request) { r.EndsAfter = life }))
		if err != nil {
			t.Fatal(err)
		}
		spec := plan.Change.Spec()
		for _, one := range []corev1.Container{spec.InitContainers[0], spec.Containers[0]} {
			if got := one.Lifecycle.PreStop != nil; got != want {
				t.Errorf("a copy for %s sleeps before the end of %s: %t, want %t", life, one.Name, got, want)
			}
		}
		if spec.Containers[1].Lifecycle.PreStop == nil {
			t.Errorf("a copy for %s has lost the hook of other", life)
		}
	}
	if object.Spec.Containers[0].Lifecycle.PreStop == nil {
		t.Error("the pod has lost its hook")
	}
}
