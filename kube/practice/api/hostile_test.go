package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// TestHostile asks for what no client would: each is refused with a Status, and the server goes on.
func TestHostile(t *testing.T) {
	running := pod("web", "app")
	running.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "app", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
	c := serve(t, running)
	const web = "/api/v1/namespaces/shop/pods/web"
	bomb := []string{fmt.Sprintf(`{"op": "add", "path": "/metadata/annotations", "value": {"a": %q}}`, strings.Repeat("x", 1000))}
	for i := range 40 {
		bomb = append(bomb, fmt.Sprintf(`{"op": "copy", "from": "/metadata/annotations", "path": "/metadata/annotations/x%d"}`, i))
	}
	for name, test := range map[string]struct {
		call call
		code int
	}{
		"a watch in YAML":             {call{path: "/api/v1/pods?watch=1", accept: "application/yaml"}, http.StatusNotAcceptable},
		"a watch from the future":     {call{path: "/api/v1/pods?watch=1&resourceVersion=18446744073709551615"}, http.StatusGatewayTimeout},
		"an exec of nothing":          {call{path: web + "/exec?stdout=true&container=app"}, http.StatusBadRequest},
		"a patch that doubles itself": {call{method: "PATCH", path: web, content: string(types.JSONPatchType), body: "[" + strings.Join(bomb, ",") + "]"}, http.StatusRequestEntityTooLarge},
		"a patch that is null":        {call{method: "PATCH", path: web, content: string(types.MergePatchType), body: "null"}, http.StatusBadRequest},
		"a patch without end":         {call{method: "PATCH", path: web, content: string(types.JSONPatchType), body: "[" + strings.Repeat(`{"op": "test", "path": "/kind", "value": "Pod"},`, 10001) + `{"op": "test", "path": "/kind", "value": "Pod"}]`}, http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if a := c.ask(t, test.call); a.code != test.code || !strings.Contains(string(a.body), "message") {
				t.Errorf("%d %.300s, want %d", a.code, a.body, test.code)
			}
		})
	}
}

// TestPatchTellsItsVersion, so that who patches again is not told of a conflict with themselves.
func TestPatchTellsItsVersion(t *testing.T) {
	c := serve(t, pod("web", "app"))
	const web = "/api/v1/namespaces/shop/pods/web"
	version := func(a answer) string {
		var object struct {
			Metadata struct{ ResourceVersion string }
		}
		if err := json.Unmarshal(a.body, &object); err != nil || object.Metadata.ResourceVersion == "" {
			t.Fatalf("%d %s: %v", a.code, a.body, err)
		}
		return object.Metadata.ResourceVersion
	}
	before := version(c.ask(t, call{path: web}))
	patched := version(c.ask(t, call{method: "PATCH", path: web, content: string(types.MergePatchType), body: `{"metadata": {"labels": {"new": "yes"}}}`}))
	if now := version(c.ask(t, call{path: web})); patched != now || patched == before {
		t.Errorf("before %s, the answer says %s, now %s", before, patched, now)
	}
	deleted := version(c.ask(t, call{method: "DELETE", path: web}))
	if now := version(c.ask(t, call{path: web})); deleted != now || deleted == patched {
		t.Errorf("the answer to the deletion says %s, now %s", deleted, now)
	}
}
