package api_test

import (
	"net/http"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

const (
	jobsPath = "/apis/batch/v1/namespaces/shop/jobs"
	timer    = `{"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"timer"},"spec":{"parallelism":0,"backoffLimit":0,"activeDeadlineSeconds":60,
"ttlSecondsAfterFinished":0,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"none","image":"none"}]}}}}`
)

// job makes the Job that is a timer.
func (c *cluster) job(t *testing.T) (job batchv1.Job) {
	t.Helper()
	c.ask(t, call{method: "POST", path: jobsPath, body: timer}).into(t, http.StatusCreated, &job)
	return job
}

func TestCreateJob(t *testing.T) {
	c := serve(t)
	created := c.job(t)
	var stored batchv1.Job
	c.ask(t, call{path: jobsPath + "/timer"}).into(t, http.StatusOK, &stored)
	spec := stored.Spec
	switch {
	case stored.UID == "" || stored.UID != created.UID || stored.Generation != 1 || !stored.CreationTimestamp.Time.Equal(start):
		t.Errorf("the metadata is %+v", stored.ObjectMeta)
	case *spec.Parallelism != 0 || spec.Completions != nil || *spec.BackoffLimit != 0 || *spec.ActiveDeadlineSeconds != 60 || *spec.Suspend:
		t.Errorf("the spec is %+v", spec)
	case spec.Template.Labels[batchv1.JobNameLabel] != "timer" || spec.Selector.MatchLabels[batchv1.ControllerUidLabel] != string(stored.UID):
		t.Errorf("the template has the labels %v, the selector is %v", spec.Template.Labels, spec.Selector)
	case spec.Template.Spec.Containers[0].ImagePullPolicy != corev1.PullAlways || spec.Template.Spec.ServiceAccountName != "":
		t.Errorf("the template is %+v", spec.Template.Spec)
	}
	if heard := c.kubelet.heard(); heard != "jobs shop/timer" {
		t.Errorf("the kubelet heard of %q", heard)
	}
	var list batchv1.JobList
	c.ask(t, call{path: "/apis/batch/v1/jobs"}).into(t, http.StatusOK, &list)
	if len(list.Items) != 1 || list.Items[0].Name != "timer" {
		t.Errorf("the list is %+v", list.Items)
	}
}

func TestCreateJobRefusals(t *testing.T) {
	c := serve(t, mayRead()...)
	c.job(t)
	for _, test := range []struct {
		name, token, namespace, query, body string
		code                                int
		want                                string
	}{
		{"taken", "", "shop", "", timer, 409, `jobs.batch "timer" already exists`},
		{"taken, dry run", "", "shop", "?dryRun=All", timer, 409, `jobs.batch "timer" already exists`},
		{"no such namespace", "", "nope", "", timer, 404, `namespaces "nope" not found`},
		{"no restart policy", "", "shop", "", strings.Replace(timer, `"restartPolicy":"Never",`, "", 1), 422,
			`Job.batch "timer" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`},
		{"negative", "", "shop", "", strings.Replace(timer, `"activeDeadlineSeconds":60`, `"activeDeadlineSeconds":-1`, 1), 422,
			`Job.batch "timer" is invalid: spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0`},
		{"no containers", "", "shop", "", strings.Replace(timer, `{"name":"none","image":"none"}`, "", 1), 422,
			`Job.batch "timer" is invalid: spec.template.spec.containers: Required value`},
		{"long name", "", "shop", "", strings.Replace(timer, "timer", strings.Repeat("x", 64), 1), 422, `spec.template.labels: Invalid value`},
		{"not allowed", "Bearer viewer-token", "shop", "", timer, 403,
			`jobs.batch is forbidden: User "practice-viewer" cannot create resource "jobs" in API group "batch" in the namespace "shop"`},
		{"a pod", "", "shop", "", simple, 400, "Pod in version"},
	} {
		a := c.ask(t, call{token: test.token, method: "POST", path: "/apis/batch/v1/namespaces/" + test.namespace + "/jobs" + test.query, body: test.body})
		if got := a.status(t); a.code != test.code || !strings.Contains(got.Message, test.want) {
			t.Errorf("%s: %d %s, want %d %s", test.name, a.code, got.Message, test.code, test.want)
		}
	}
}

// TestCreateJobDry stores nothing, and warns of pods that the namespace would warn of.
func TestCreateJobDry(t *testing.T) {
	c := serve(t)
	body := strings.Replace(timer, `"containers"`, `"hostPID":true,"containers"`, 1)
	a := c.ask(t, call{method: "POST", path: "/apis/batch/v1/namespaces/warned/jobs?dryRun=All", body: body})
	if warning := a.header.Get("Warning"); a.code != http.StatusCreated || !strings.Contains(warning, "would violate PodSecurity") {
		t.Errorf("%d, warning %q, %s", a.code, warning, a.body)
	}
	if a := c.ask(t, call{method: "POST", path: "/apis/batch/v1/namespaces/restricted/jobs?dryRun=All", body: body}); a.code != http.StatusCreated {
		t.Errorf("pods are held against the level, Jobs are not: %d %s", a.code, a.body)
	}
	if heard := c.kubelet.heard(); heard != "" {
		t.Errorf("the kubelet heard of %q", heard)
	}
}

func TestPatchJob(t *testing.T) {
	for _, test := range []struct {
		name, content, query, body, want string // want: the refusal
		deadline, generation             int64
	}{
		{"merge", merge, "", `{"spec":{"activeDeadlineSeconds":3600}}`, "", 3600, 2},
		{"strategic", strategic, "", `{"spec":{"activeDeadlineSeconds":3600}}`, "", 3600, 2},
		{"JSON", jsonPatch, "", `[{"op":"replace","path":"/spec/activeDeadlineSeconds","value":3600}]`, "", 3600, 2},
		{"metadata", merge, "", `{"metadata":{"annotations":{"a":"b"}}}`, "", 60, 1},
		{"dry run", merge, "?dryRun=All", `{"spec":{"activeDeadlineSeconds":3600}}`, "", 60, 1},
		{"template", merge, "", `{"spec":{"template":{"spec":{"hostPID":true}}}}`, "spec.template: Invalid value", 60, 1},
		{"negative", merge, "", `{"spec":{"activeDeadlineSeconds":-1}}`, "must be greater than or equal to 0", 60, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t)
			c.job(t)
			a := c.ask(t, call{method: "PATCH", path: jobsPath + "/timer" + test.query, content: test.content, body: test.body})
			if test.want == "" && a.code != http.StatusOK || test.want != "" && !strings.Contains(a.status(t).Message, test.want) {
				t.Errorf("%d %s, want %q", a.code, a.body, test.want)
			}
			var job batchv1.Job
			c.ask(t, call{path: jobsPath + "/timer"}).into(t, http.StatusOK, &job)
			if *job.Spec.ActiveDeadlineSeconds != test.deadline || job.Generation != test.generation {
				t.Errorf("the deadline is %d in generation %d, want %d in %d", *job.Spec.ActiveDeadlineSeconds, job.Generation, test.deadline, test.generation)
			}
		})
	}
}

func TestDeleteJob(t *testing.T) {
	for _, test := range []struct {
		name, query, body string
		finalizer         string // "": it is gone
		warned            bool
	}{
		{"background", "?propagationPolicy=Background", "", "", false},
		{"foreground", "", `{"propagationPolicy":"Foreground"}`, metav1.FinalizerDeleteDependents, false},
		{"orphan", "?propagationPolicy=Orphan", "", metav1.FinalizerOrphanDependents, false},
		{"not said", "", "", metav1.FinalizerOrphanDependents, true},
		{"the old option", "?orphanDependents=false", "", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t)
			c.job(t)
			a := c.ask(t, call{method: "DELETE", path: jobsPath + "/timer" + test.query, body: test.body})
			if warned := a.header.Get("Warning") != ""; a.code != http.StatusOK || warned != test.warned {
				t.Errorf("%d %s, warning %q", a.code, a.body, a.header.Get("Warning"))
			}
			object, err := c.store.Get(store.Key{Resource: api.Jobs(), Namespace: "shop", Name: "timer"})
			if test.finalizer == "" {
				var status metav1.Status
				if a.into(t, http.StatusOK, &status); err == nil || status.Status != metav1.StatusSuccess || status.Details.Kind != "jobs" {
					t.Errorf("it is still there, or %s", a.body)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(object.GetFinalizers(), " "); got != test.finalizer || object.GetDeletionTimestamp() == nil {
				t.Errorf("its finalizers are %q, want %q", got, test.finalizer)
			}
		})
	}
}

func TestDeleteJobRefusals(t *testing.T) {
	c := serve(t)
	c.job(t)
	for _, test := range []struct {
		body, want string
		code       int
	}{
		{`{"propagationPolicy":"Background","preconditions":{"uid":"abc"}}`,
			`Operation cannot be fulfilled on Job.batch "timer": the UID in the precondition (abc) does not match the UID in record (`, 409},
		{`{"propagationPolicy":"Sideways"}`, `propagationPolicy: Unsupported value: "Sideways"`, 422},
	} {
		status := c.ask(t, call{method: "DELETE", path: jobsPath + "/timer", body: test.body}).status(t)
		if int(status.Code) != test.code || !strings.Contains(status.Message, test.want) {
			t.Errorf("%s: %d %s, want %d %s", test.body, status.Code, status.Message, test.code, test.want)
		}
	}
	if _, err := c.store.Get(store.Key{Resource: api.Jobs(), Namespace: "shop", Name: "timer"}); err != nil {
		t.Error(err)
	}
}

// TestPodDeadline can only come sooner.
func TestPodDeadline(t *testing.T) {
	limited := pod("limited", "app")
	limited.Spec.ActiveDeadlineSeconds = new(int64)
	*limited.Spec.ActiveDeadlineSeconds = 60
	c := serve(t, pod("web", "app"), limited)
	const path = "/api/v1/namespaces/shop/pods"
	for _, test := range []struct{ pod, value, want string }{
		{"web", "60", ""},
		{"web", "30", ""},
		{"web", "31", "spec.activeDeadlineSeconds: Invalid value: 31: must be less than or equal to previous value"},
		{"web", "null", "must not update from a positive integer to nil value"},
		{"web", "-1", "spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive"},
		{"limited", "61", "must be less than or equal to previous value"},
	} {
		a := c.ask(t, call{method: "PATCH", path: path + "/" + test.pod, content: strategic, body: `{"spec":{"activeDeadlineSeconds":` + test.value + `}}`})
		if test.want == "" && a.code != http.StatusOK || test.want != "" && (a.code != 422 || !strings.Contains(a.status(t).Message, test.want)) {
			t.Errorf("%s to %s: %d %s, want %q", test.pod, test.value, a.code, a.body, test.want)
		}
	}
	body := strings.Replace(simple, `"spec":{`, `"spec":{"activeDeadlineSeconds":0,`, 1)
	if a := c.ask(t, call{method: "POST", path: path, body: body}); a.code != 422 ||
		!strings.Contains(a.status(t).Message, "must be between 1 and 2147483647, inclusive") {
		t.Errorf("a new pod without any time: %d %s", a.code, a.body)
	}
}
