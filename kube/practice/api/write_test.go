package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

const simple = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"new"},"spec":{"containers":[{"name":"app","image":"busybox"}]}}`

func TestCreate(t *testing.T) {
	c := serve(t)
	var created, stored corev1.Pod
	c.ask(t, call{method: "POST", path: "/api/v1/namespaces/shop/pods", body: simple}).into(t, http.StatusCreated, &created)
	c.ask(t, call{path: "/api/v1/namespaces/shop/pods/new"}).into(t, http.StatusOK, &stored)
	app := stored.Spec.Containers[0]
	switch {
	case stored.UID == "" || stored.UID != created.UID || !stored.CreationTimestamp.Time.Equal(start):
		t.Errorf("the metadata is %+v", stored.ObjectMeta)
	case stored.Status.Phase != corev1.PodPending || stored.Status.QOSClass != corev1.PodQOSBestEffort:
		t.Errorf("the status is %+v", stored.Status)
	case stored.Spec.RestartPolicy != "Always" || *stored.Spec.TerminationGracePeriodSeconds != 30 || len(stored.Spec.Tolerations) != 2:
		t.Errorf("the spec is %+v", stored.Spec)
	case app.ImagePullPolicy != corev1.PullAlways || app.TerminationMessagePath != "/dev/termination-log" || len(app.VolumeMounts) != 1:
		t.Errorf("the container is %+v", app)
	}
	if heard := c.kubelet.heard(); heard != "shop/new" {
		t.Errorf("the kubelet heard of %q", heard)
	}
}

func TestCreateRefusals(t *testing.T) {
	c := serve(t, pod("web", "app"))
	spec := func(metadata, containers string) string {
		return `{"kind":"Pod","apiVersion":"v1","metadata":{` + metadata + `},"spec":{"containers":[` + containers + `]}}`
	}
	const app = `{"name":"app","image":"busybox:1.37"}`
	for _, test := range []struct {
		name, namespace, query, body string
		code                         int
		want                         string
	}{
		{"taken", "shop", "", spec(`"name":"web"`, app), 409, `pods "web" already exists`},
		{"no such namespace", "nope", "", spec(`"name":"x"`, app), 404, `namespaces "nope" not found`},
		{"other namespace", "shop", "", spec(`"name":"x","namespace":"y"`, app), 400,
			`the namespace of the provided object does not match the namespace sent on the request`},
		{"nothing", "shop", "", `{}`, 422,
			`Pod "" is invalid: [metadata.name: Required value: name or generateName is required, spec.containers: Required value]`},
		{"names", "shop", "", spec(`"name":"x"`, app+`,`+app), 422, `Pod "x" is invalid: spec.containers[1].name: Duplicate value: "app"`},
		{"restricted", "restricted", "", spec(`"name":"x"`, app), 403,
			`pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (`},
		{"unknown field", "shop", "?fieldValidation=Strict", strings.Replace(simple, `"image"`, `"imagine"`, 1), 400,
			`Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagine"`},
		{"other kind", "shop", "", `{"kind":"Service","apiVersion":"v1"}`, 400, `Service in version "v1" cannot be handled as a Pod: `},
		{"no JSON", "shop", "", `{bad`, 400, `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: `},
		{"dry run", "shop", "?dryRun=Some", simple, 400, `invalid dryRun value "Some"`},
		{"too large", "shop", "", strings.Repeat(" ", 3<<20+1), 413, `Request entity too large: limit is 3145728`},
	} {
		t.Run(test.name, func(t *testing.T) {
			status := c.ask(t, call{method: "POST", path: "/api/v1/namespaces/" + test.namespace + "/pods" + test.query, body: test.body}).status(t)
			if int(status.Code) != test.code || !strings.HasPrefix(status.Message, test.want) {
				t.Errorf("%d %s, want %d %s", status.Code, status.Message, test.code, test.want)
			}
		})
	}
	if heard := c.kubelet.heard(); heard != "" {
		t.Errorf("the kubelet heard of %q", heard)
	}
}

func TestCreateForms(t *testing.T) {
	c := serve(t)
	const pods = "/api/v1/namespaces/shop/pods"
	var generated corev1.Pod
	c.ask(t, call{method: "POST", path: pods, content: "application/yaml",
		body: "{kind: Pod, apiVersion: v1, metadata: {generateName: gen-}, spec: {containers: [{name: a, image: b}]}}"}).
		into(t, http.StatusCreated, &generated)
	if len(generated.Name) != len("gen-")+5 || !strings.HasPrefix(generated.Name, "gen-") {
		t.Errorf("the name is %q", generated.Name)
	}
	if a := c.ask(t, call{method: "POST", path: pods + "?dryRun=All", body: simple}); a.code != http.StatusCreated {
		t.Errorf("dry run: %d %s", a.code, a.body)
	}
	if a := c.ask(t, call{path: pods + "/new"}); a.code != http.StatusNotFound {
		t.Errorf("a dry run has stored %s", a.body)
	}
	warned := c.ask(t, call{method: "POST", path: "/api/v1/namespaces/warned/pods",
		body: strings.Replace(simple, `"image"`, `"securityContext":{"privileged":true},"foo":1,"image"`, 1)})
	want := []string{
		`299 - "unknown field \"spec.containers[0].foo\""`,
		`299 - "would violate PodSecurity \"baseline:latest\": privileged (container \"app\" must not set securityContext.privileged=true)"`,
	}
	if got := warned.header.Values("Warning"); warned.code != http.StatusCreated || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d with warnings %q, want %q", warned.code, got, want)
	}
	if a := c.ask(t, call{method: "POST", path: pods, content: "text/plain", body: simple}); a.code != http.StatusUnsupportedMediaType {
		t.Errorf("plain text: %d %s", a.code, a.body)
	}
}

func TestNoSuchThing(t *testing.T) {
	c := serve(t, pod("web", "app"))
	for _, test := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/", 404},
		{"GET", "/nope", 404},
		{"GET", "/api/v1/foos", 404},
		{"GET", "/api/v2/pods", 404},
		{"GET", "/apis/apps/v1/pods", 404},
		{"GET", "/apis/nope/v1", 404},
		{"GET", "/api/v1/namespaces/shop/nodes", 404},
		{"GET", "/api/v1/namespaces/shop/pods/web/nope", 404},
		{"GET", "/api/v1/namespaces/shop/pods/web/log/x", 404},
		{"GET", "/api/v1/namespaces/shop/pods/nope", 404},
		{"PUT", "/api/v1/namespaces/shop/pods", 405},
		{"POST", "/api/v1/pods", 405},
		{"POST", "/api/v1/namespaces/shop/pods/web/ephemeralcontainers", 405},
		{"DELETE", "/api/v1/nodes/node-1", 405},
		{"GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405},
	} {
		if a := c.ask(t, call{method: test.method, path: test.path}); a.code != test.code {
			t.Errorf("%s %s: %d %s, want %d", test.method, test.path, a.code, a.body, test.code)
		}
	}
}

func TestDelete(t *testing.T) {
	long, unscheduled, done := pod("long", "app"), pod("unscheduled", "app"), pod("done", "app")
	unscheduled.Spec.NodeName = ""
	done.Status.Phase = corev1.PodSucceeded
	for _, test := range []struct {
		name, pod, body string
		grace           int64 // of the pod that stays; 0: it goes at once
	}{
		{"with the pod's own grace", "long", ``, 30},
		{"with another grace", "long", `{"gracePeriodSeconds":5,"propagationPolicy":"Background"}`, 5},
		{"at once", "long", `{"gracePeriodSeconds":0}`, 0},
		{"without a node", "unscheduled", ``, 0},
		{"at its end", "done", ``, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t, long.DeepCopy(), unscheduled.DeepCopy(), done.DeepCopy())
			path := "/api/v1/namespaces/shop/pods/" + test.pod
			var deleted, stored corev1.Pod
			c.ask(t, call{method: "DELETE", path: path, body: test.body}).into(t, http.StatusOK, &deleted)
			if heard := c.kubelet.heard(); heard != "shop/"+test.pod {
				t.Errorf("the kubelet heard of %q", heard)
			}
			a := c.ask(t, call{path: path})
			if test.grace == 0 {
				if a.code != http.StatusNotFound {
					t.Errorf("it is still there: %s", a.body)
				}
				return
			}
			a.into(t, http.StatusOK, &stored)
			end := start.Add(time.Duration(test.grace) * time.Second)
			if *stored.DeletionGracePeriodSeconds != test.grace || !stored.DeletionTimestamp.Time.Equal(end) || stored.Generation != 2 {
				t.Errorf("it is to end at %v after %d s", stored.DeletionTimestamp, *stored.DeletionGracePeriodSeconds)
			}
		})
	}
}

// TestDeleteAgain can only shorten a grace.
func TestDeleteAgain(t *testing.T) {
	c := serve(t, pod("web", "app"))
	const path = "/api/v1/namespaces/shop/pods/web"
	for i, want := range []int64{30, 30, 10, 10} {
		body := []string{``, `{"gracePeriodSeconds":50}`, `{"gracePeriodSeconds":10}`, ``}[i]
		var p corev1.Pod
		c.ask(t, call{method: "DELETE", path: path, body: body}).into(t, http.StatusOK, &p)
		if *p.DeletionGracePeriodSeconds != want {
			t.Errorf("after %q the grace is %d, want %d", body, *p.DeletionGracePeriodSeconds, want)
		}
	}
	if heard := c.kubelet.heard(); heard != "shop/web shop/web" {
		t.Errorf("the kubelet heard of %q", heard)
	}
	if a := c.ask(t, call{method: "DELETE", path: path + "?gracePeriodSeconds=0"}); a.code != http.StatusOK {
		t.Errorf("%d %s", a.code, a.body)
	}
	if a := c.ask(t, call{path: path}); a.code != http.StatusNotFound {
		t.Errorf("it is still there: %s", a.body)
	}
}

func TestDeletePreconditions(t *testing.T) {
	c := serve(t, pod("web", "app"))
	status := c.ask(t, call{method: "DELETE", path: "/api/v1/namespaces/shop/pods/web", body: `{"preconditions":{"uid":"abc"}}`}).status(t)
	if status.Code != http.StatusConflict || !strings.HasPrefix(status.Message,
		`Operation cannot be fulfilled on Pod "web": the UID in the precondition (abc) does not match the UID in record (`) {
		t.Errorf("%d %s", status.Code, status.Message)
	}
}

func TestDeleteCollection(t *testing.T) {
	c := serve(t, pod("a", "app"), pod("b", "app"), pod("c", "app"))
	path := "/api/v1/namespaces/shop/pods"
	if a := c.ask(t, call{method: "DELETE", path: path + "?labelSelector=app+in+(a,c)", body: `{"gracePeriodSeconds":0}`}); a.code != 200 {
		t.Errorf("%d %s", a.code, a.body)
	}
	var list corev1.PodList
	c.ask(t, call{path: path}).into(t, http.StatusOK, &list)
	if got := names(list); got != "b" {
		t.Errorf("%q are left", got)
	}
}

func TestLabel(t *testing.T) {
	c := serve(t, pod("web", "app"))
	const path, merge = "/api/v1/namespaces/shop/pods/web", "application/merge-patch+json"
	var p corev1.Pod
	c.ask(t, call{method: "PATCH", path: path, content: merge, body: `{"metadata":{"labels":{"a":"b","app":null}}}`}).into(t, http.StatusOK, &p)
	if len(p.Labels) != 1 || p.Labels["a"] != "b" || p.Generation != 1 {
		t.Errorf("%+v", p.ObjectMeta)
	}
	refused := c.ask(t, call{method: "PATCH", path: path, content: merge, body: `{"spec":{"hostname":"x"}}`}).status(t)
	if refused.Code != 422 || !strings.Contains(refused.Message, "pod updates may not change fields other than") {
		t.Errorf("%d %s", refused.Code, refused.Message)
	}
}
