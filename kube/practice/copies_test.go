package practice_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/dayfly-k8s/dayfly/kube/practice"
)

const (
	jobs  = "/apis/batch/v1/namespaces/shop/jobs"
	pods  = "/api/v1/namespaces/shop/pods"
	timer = `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"timer"},"spec":{"parallelism":0,"backoffLimit":0,"activeDeadlineSeconds":60,
"ttlSecondsAfterFinished":0,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"none","image":"none"}]}}}}`
)

// admin is the client of a test, and the cluster whose time the test moves.
type admin struct {
	*practice.Cluster
	t      *testing.T
	client *http.Client
}

func newAdmin(t *testing.T) admin {
	t.Helper()
	c := start(t, practice.Options{Manual: true})
	return admin{c, t, client(t, c, "")}
}

// ask asks the API, and reads the answer into an object, unless it is nil. It returns the code.
func (a admin) ask(method, path, body string, into any) int {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.Server+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := a.client.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			a.t.Fatalf("%v: %s", err, text)
		}
	}
	return response.StatusCode
}

// must is ask, for what has to go well.
func (a admin) must(method, path, body string, into any) {
	a.t.Helper()
	var answer runtime.RawExtension
	if code := a.ask(method, path, body, &answer); code >= http.StatusBadRequest {
		a.t.Fatalf("%s %s: %d %s", method, path, code, answer.Raw)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Raw, into); err != nil {
			a.t.Fatal(err)
		}
	}
}

// own makes a Job that is a timer, and a pod that it owns.
func (a admin) own(more string) (job batchv1.Job) {
	a.t.Helper()
	a.must(http.MethodPost, jobs, timer, &job)
	a.must(http.MethodPost, pods, copied(job, more), nil)
	a.Clock.Advance(5 * time.Second)
	if left := a.left(); left != "job pod" {
		a.t.Fatalf("there are %q", left)
	}
	return job
}

func copied(job batchv1.Job, more string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"copy","ownerReferences":[
{"apiVersion":"batch/v1","kind":"Job","name":%q,"uid":%q%s}]},"spec":{"terminationGracePeriodSeconds":1,
"containers":[{"name":"app","image":"registry.example/demo/web:1"}]}}`, job.Name, job.UID, more)
}

// left is what there is of the Job and of its pod.
func (a admin) left() string {
	a.t.Helper()
	var left []string
	for path, what := range map[string]string{jobs + "/timer": "job", pods + "/copy": "pod"} {
		if a.ask(http.MethodGet, path, "", nil) == http.StatusOK {
			left = append(left, what)
		}
	}
	if len(left) == 2 {
		return "job pod"
	}
	return strings.Join(left, "")
}

// TestTimer lets a Job that has no pods take one with it, a minute after its start.
func TestTimer(t *testing.T) {
	a := newAdmin(t)
	a.own("")
	var job batchv1.Job
	a.must(http.MethodGet, jobs+"/timer", "", &job)
	if job.Status.StartTime == nil || job.Status.Active != 0 || len(job.Status.Conditions) != 0 {
		t.Errorf("its status is %+v", job.Status)
	}
	var list corev1.PodList
	if a.must(http.MethodGet, pods+"?labelSelector=job-name%3Dtimer", "", &list); len(list.Items) != 0 {
		t.Errorf("it has made %d pods", len(list.Items))
	}
	a.Clock.Advance(54 * time.Second)
	if left := a.left(); left != "job pod" {
		t.Errorf("after 59 s there are %q", left)
	}
	a.Clock.Advance(4 * time.Second)
	if left := a.left(); left != "" {
		t.Errorf("after 63 s there are %q", left)
	}
}

// TestDeadlineMoves keeps a pod for as long as its Job is told to.
func TestDeadlineMoves(t *testing.T) {
	a := newAdmin(t)
	a.own("")
	a.must(http.MethodPatch, jobs+"/timer", `{"spec":{"activeDeadlineSeconds":600}}`, nil)
	a.Clock.Advance(9 * time.Minute)
	if left := a.left(); left != "job pod" {
		t.Errorf("nine minutes later there are %q", left)
	}
	a.must(http.MethodPatch, jobs+"/timer", `{"spec":{"activeDeadlineSeconds":560}}`, nil)
	a.Clock.Advance(20 * time.Second)
	if left := a.left(); left != "" {
		t.Errorf("after the earlier deadline there are %q", left)
	}
}

// TestDeleteOwner takes the pod of a deleted Job with it, or leaves it.
func TestDeleteOwner(t *testing.T) {
	for _, test := range []struct {
		name, query, body string
		more              string // of the owner reference
		after             string // what there is at once
		left              string // what stays
	}{
		{"background", "?propagationPolicy=Background", "", "", "pod", ""},
		{"background in the body", "", `{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}`, "", "pod", ""},
		{"foreground", "?propagationPolicy=Foreground", "", "", "job pod", ""},
		{"foreground, blocking", "?propagationPolicy=Foreground", "", `,"blockOwnerDeletion":true`, "job pod", ""},
		{"orphan", "?propagationPolicy=Orphan", "", "", "job pod", "pod"},
		{"not said", "", "", "", "job pod", "pod"},
		{"dry run", "?propagationPolicy=Background&dryRun=All", "", "", "job pod", "job pod"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAdmin(t)
			a.own(test.more)
			a.must(http.MethodDelete, jobs+"/timer"+test.query, test.body, nil)
			if left := a.left(); left != test.after {
				t.Errorf("at once there are %q, want %q", left, test.after)
			}
			a.Clock.Advance(3 * time.Second)
			if left := a.left(); left != test.left {
				t.Errorf("later there are %q, want %q", left, test.left)
			}
			if test.left != "pod" {
				return
			}
			var pod corev1.Pod
			a.must(http.MethodGet, pods+"/copy", "", &pod)
			if len(pod.OwnerReferences) != 0 || pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning {
				t.Errorf("its owners are %v, it is %s", pod.OwnerReferences, pod.Status.Phase)
			}
		})
	}
}

// TestForegroundBlocks keeps a Job until the pod is gone that blocks its deletion.
func TestForegroundBlocks(t *testing.T) {
	a := newAdmin(t)
	a.must(http.MethodPost, jobs, timer, nil)
	var job batchv1.Job
	a.must(http.MethodGet, jobs+"/timer", "", &job)
	slow := strings.Replace(copied(job, `,"blockOwnerDeletion":true`), `"containers":[`, `"containers":[
{"name":"deaf","image":"docker.io/library/busybox:1.37","command":["sh","-c","echo sidecar is up"]},`, 1)
	a.must(http.MethodPost, pods, strings.Replace(slow, `"terminationGracePeriodSeconds":1`, `"terminationGracePeriodSeconds":20`, 1), nil)
	a.Clock.Advance(5 * time.Second)
	a.must(http.MethodDelete, jobs+"/timer?propagationPolicy=Foreground", "", nil)
	a.Clock.Advance(15 * time.Second)
	if left := a.left(); left != "job pod" {
		t.Errorf("while the pod ends there are %q", left)
	}
	a.Clock.Advance(10 * time.Second)
	if left := a.left(); left != "" {
		t.Errorf("after that there are %q", left)
	}
}

// TestOwnerIsGone collects a pod whose owner has never been there, and not one that somebody else owns, too.
func TestOwnerIsGone(t *testing.T) {
	a := newAdmin(t)
	job := a.own("")
	gone := job
	gone.UID = "1-2-3"
	other := strings.Replace(copied(gone, ""), `"copy"`, `"other"`, 1)
	a.must(http.MethodPost, pods, other, nil)
	second := strings.Replace(copied(job, `},{"apiVersion":"batch/v1","kind":"Job","name":"gone","uid":"4-5-6"`), `"copy"`, `"second"`, 1)
	a.must(http.MethodPost, pods, second, nil)
	a.Clock.Advance(5 * time.Second)
	if code := a.ask(http.MethodGet, pods+"/other", "", nil); code != http.StatusNotFound {
		t.Errorf("the pod without an owner: %d", code)
	}
	var pod corev1.Pod
	a.must(http.MethodGet, pods+"/second", "", &pod)
	if len(pod.OwnerReferences) != 1 || pod.OwnerReferences[0].UID != job.UID || pod.DeletionTimestamp != nil {
		t.Errorf("the pod of two owners has %v", pod.OwnerReferences)
	}
}

// TestAdopted puts a pod under a Job that it did not have, by a patch.
func TestAdopted(t *testing.T) {
	a := newAdmin(t)
	var job batchv1.Job
	a.must(http.MethodPost, jobs, timer, &job)
	a.must(http.MethodPatch, pods+"/crasher", fmt.Sprintf(`{"metadata":{"annotations":{"a":"b"},"ownerReferences":[
{"apiVersion":"batch/v1","kind":"Job","name":"timer","uid":%q}]}}`, job.UID), nil)
	a.Clock.Advance(64 * time.Second)
	if code := a.ask(http.MethodGet, pods+"/crasher", "", nil); code != http.StatusNotFound {
		t.Errorf("the pod is still there: %d", code)
	}
}
