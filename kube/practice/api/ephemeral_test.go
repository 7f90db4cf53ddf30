package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

const (
	strategic = "application/strategic-merge-patch+json"
	merge     = "application/merge-patch+json"
	jsonPatch = "application/json-patch+json"
)

// debugged is a cluster with a pod that has an ephemeral container already, and the path to it.
func debugged(t *testing.T) (c *cluster, path string) {
	t.Helper()
	web := pod("web", "app", "sidecar")
	web.Spec.EphemeralContainers = []corev1.EphemeralContainer{
		{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "old", Image: "busybox:1.37"}},
	}
	static := pod("static", "app")
	static.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
	safe := pod("safe", "app")
	safe.Namespace = "restricted"
	return serve(t, web, static, safe), "/api/v1/namespaces/shop/pods/web/ephemeralcontainers"
}

func TestAddEphemeral(t *testing.T) {
	for _, test := range []struct{ content, body string }{
		{strategic, `{"spec":{"ephemeralContainers":[{"name":"new","image":"busybox:1.37","targetContainerName":"app","tty":true}]}}`},
		{merge, `{"spec":{"ephemeralContainers":[{"name":"old","image":"busybox:1.37"},{"name":"new","image":"busybox:1.37","targetContainerName":"app","tty":true}]}}`},
		{jsonPatch, `[{"op":"add","path":"/spec/ephemeralContainers/-","value":{"name":"new","image":"busybox:1.37","targetContainerName":"app","tty":true}}]`},
	} {
		t.Run(test.content, func(t *testing.T) {
			c, path := debugged(t)
			if a := c.ask(t, call{method: "PATCH", path: path + "?dryRun=All", content: test.content, body: test.body}); a.code != http.StatusOK {
				t.Fatalf("dry run: %d %s", a.code, a.body)
			}
			if heard := c.kubelet.heard(); heard != "" {
				t.Errorf("the kubelet heard of a dry run: %s", heard)
			}
			var before, after corev1.Pod
			c.ask(t, call{path: path}).into(t, http.StatusOK, &before)
			c.ask(t, call{method: "PATCH", path: path, content: test.content, body: test.body}).into(t, http.StatusOK, &after)
			if len(before.Spec.EphemeralContainers) != 1 || len(after.Spec.EphemeralContainers) != 2 || after.Generation != 2 {
				t.Fatalf("%d and then %d containers", len(before.Spec.EphemeralContainers), len(after.Spec.EphemeralContainers))
			}
			for _, e := range after.Spec.EphemeralContainers {
				if e.ImagePullPolicy != corev1.PullIfNotPresent || e.TerminationMessagePolicy != corev1.TerminationMessageReadFile {
					t.Errorf("%s has no defaults: %+v", e.Name, e)
				}
			}
			if heard := c.kubelet.heard(); heard != "shop/web" {
				t.Errorf("the kubelet heard of %q", heard)
			}
		})
	}
}

// TestUnchanged patches what is so already: nothing is stored, and nobody hears of it.
func TestUnchanged(t *testing.T) {
	c, path := debugged(t)
	version := c.store.Version()
	a := c.ask(t, call{method: "PATCH", path: path, content: strategic, body: `{"spec":{"ephemeralContainers":[{"name":"old","image":"busybox:1.37"}]}}`})
	if a.code != http.StatusOK || c.store.Version() != version || c.kubelet.heard() != "" {
		t.Errorf("%d %s", a.code, a.body)
	}
}

// TestPut changes the ephemeral containers of the pod, whatever else the body differs in.
func TestPut(t *testing.T) {
	c, path := debugged(t)
	body := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","labels":{"x":"y"}},"spec":{"nodeName":"other","containers":[],
		"ephemeralContainers":[{"name":"old","image":"busybox:1.37"},{"name":"new","image":"busybox"}]}}`
	var after corev1.Pod
	c.ask(t, call{method: "PUT", path: path, body: body}).into(t, http.StatusOK, &after)
	if len(after.Spec.EphemeralContainers) != 2 || after.Spec.NodeName != "node-1" || after.Labels["app"] != "web" {
		t.Errorf("%+v", after.Spec)
	}
}

func TestEphemeralRefusals(t *testing.T) {
	c, path := debugged(t)
	add := func(container string) string { return `{"spec":{"ephemeralContainers":[` + container + `]}}` }
	invalid := `Pod "web" is invalid: spec.ephemeralContainers[`
	for _, test := range []struct {
		name, content, body string
		code                int
		want                string
	}{
		{"change", strategic, add(`{"name":"old","image":"other"}`), 422,
			"Pod \"web\" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers \"old\" may not be changed\n"},
		{"removal", merge, `{"spec":{"ephemeralContainers":null}}`, 422,
			"Pod \"web\" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers \"old\" may not be removed\n"},
		{"name of a container", strategic, add(`{"name":"sidecar","image":"b"}`), 422, invalid + `0].name: Duplicate value: "sidecar"`},
		{"no label", strategic, add(`{"name":"A_b","image":"b"}`), 422, invalid + `0].name: Invalid value: "A_b": a lowercase RFC 1123 label must`},
		{"no image", strategic, add(`{"name":"new"}`), 422, invalid + `0].image: Required value`},
		{"no target", strategic, add(`{"name":"new","image":"b","targetContainerName":"old"}`), 422, invalid + `0].targetContainerName: Not found: "old"`},
		{"ports", strategic, add(`{"name":"new","image":"b","ports":[{"containerPort":80}]}`), 422, invalid + `0].ports: Forbidden: cannot be set for an Ephemeral Container`},
		{"resources", strategic, add(`{"name":"new","image":"b","resources":{"limits":{"cpu":"1"}}}`), 422, invalid + `0].resources: Forbidden: cannot be set for an`},
		{"probe", strategic, add(`{"name":"new","image":"b","startupProbe":{"exec":{"command":["a"]}}}`), 422, invalid + `0].startupProbe: Forbidden: cannot be`},
		{"lifecycle", strategic, add(`{"name":"new","image":"b","lifecycle":{"preStop":{"exec":{"command":["a"]}}}}`), 422, invalid + `0].lifecycle: Forbidden: cannot`},
		{"pull policy", strategic, add(`{"name":"new","image":"b","imagePullPolicy":"Sometimes"}`), 422,
			invalid + `0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`},
		{"message policy", strategic, add(`{"name":"new","image":"b","terminationMessagePolicy":"x"}`), 422,
			invalid + `0].terminationMessagePolicy: Unsupported value: "x": supported values: "File", "FallbackToLogsOnError"`},
		{"no volume", strategic, add(`{"name":"new","image":"b","volumeMounts":[{"name":"v","mountPath":"/v"}]}`), 422, invalid + `0].volumeMounts[0].name: Not found: "v"`},
		{"other UID", strategic, `{"metadata":{"uid":"abc"}}`, 422, `Pod "web" is invalid: metadata.uid: Invalid value: "abc": field is immutable`},
		{"other version", strategic, `{"metadata":{"resourceVersion":"1"}}`, 409,
			`Operation cannot be fulfilled on pods "web": the object has been modified; please apply your changes to the latest version and try again`},
		{"other name", strategic, `{"metadata":{"name":"x"}}`, 400, `the name of the object (x) does not match the name on the URL (web)`},
		{"no merge key", strategic, add(`{"image":"b"}`), 500, `map: map[image:b] does not contain declared merge key: name`},
		{"number as string", strategic, add(`{"name":"new","image":3}`), 422,
			` "" is invalid: patch: Invalid value: "map[spec:map[ephemeralContainers:[map[image:3 name:new]]]]": cannot convert int64 to string`},
		{"no JSON", strategic, `{bad`, 400, `invalid character 'b' looking for beginning of object key string`},
		{"no path", jsonPatch, `[{"op":"remove","path":"/spec/nope"}]`, 422, `the server rejected our request due to an error in our request`},
		{"no patch", jsonPatch, `{}`, 400, `error decoding patch: `},
		{"no content type", "", `{}`, 415, `415: Unsupported Media Type`},
		{"apply", "application/apply-patch+yaml", `{}`, 415, `415: Unsupported Media Type`},
		{"too large", strategic, strings.Repeat(" ", 3<<20+1), 413, `Request entity too large: limit is 3145728`},
	} {
		t.Run(test.name, func(t *testing.T) {
			status := c.ask(t, call{method: "PATCH", path: path, content: test.content, body: test.body}).status(t)
			if int(status.Code) != test.code || !strings.HasPrefix(status.Message, test.want) {
				t.Errorf("%d %s, want %d %s", status.Code, status.Message, test.code, test.want)
			}
		})
	}
	if heard := c.kubelet.heard(); heard != "" {
		t.Errorf("the kubelet heard of %q", heard)
	}
}

func TestEphemeralInOtherPods(t *testing.T) {
	c, _ := debugged(t)
	for _, test := range []struct {
		path string
		code int
		want string
	}{
		{"shop/pods/nope", 404, `pods "nope" not found`},
		{"shop/pods/static", 422, `Pod "static" is invalid: []: Forbidden: static pods do not support ephemeral containers`},
		{"restricted/pods/safe", 403, `pods "safe" is forbidden: violates PodSecurity "restricted:latest": `},
	} {
		status := c.ask(t, call{
			method: "PATCH", path: "/api/v1/namespaces/" + test.path + "/ephemeralcontainers?dryRun=All", content: strategic,
			body: `{"spec":{"ephemeralContainers":[{"name":"new","image":"b"}]}}`,
		}).status(t)
		if int(status.Code) != test.code || !strings.HasPrefix(status.Message, test.want) {
			t.Errorf("%s: %d %s, want %d %s", test.path, status.Code, status.Message, test.code, test.want)
		}
	}
}

// TestAtOnce has many clients add a container each at the same time: none is lost.
func TestAtOnce(t *testing.T) {
	c, path := debugged(t)
	const clients = 20
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			body := fmt.Sprintf(`{"spec":{"ephemeralContainers":[{"name":"d%d","image":"b"}]}}`, i)
			if a := c.ask(t, call{method: "PATCH", path: path, content: strategic, body: body}); a.code != http.StatusOK {
				t.Errorf("%d %s", a.code, a.body)
			}
			c.ask(t, call{path: "/api/v1/pods", accept: "application/json;as=Table;v=v1;g=meta.k8s.io"})
		})
	}
	all.Wait()
	var after corev1.Pod
	c.ask(t, call{path: path}).into(t, http.StatusOK, &after)
	if n := len(after.Spec.EphemeralContainers); n != clients+1 {
		t.Errorf("there are %d containers, want %d", n, clients+1)
	}
}
