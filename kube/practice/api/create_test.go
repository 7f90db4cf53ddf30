package api_test

import (
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A client's event is among those of its pod.
func TestCreateEvent(t *testing.T) {
	c := serve(t, append(mayRead(), pod("web", "app"))...)
	const path = "/api/v1/namespaces/shop/events"
	const body = `{"apiVersion":"v1","kind":"Event","metadata":{"name":"web.1"},"reason":"DebugSession","message":"ann debugs","type":"Normal",
"involvedObject":{"kind":"Pod","namespace":"shop","name":"web","uid":"u-1"}}`
	var created, stored corev1.Event
	if a := c.ask(t, call{method: "POST", path: path + "?dryRun=All", body: body}); a.code != http.StatusCreated {
		t.Errorf("dry run: %d %s", a.code, a.body)
	}
	c.ask(t, call{method: "POST", path: path, body: body}).into(t, http.StatusCreated, &created)
	c.ask(t, call{path: path + "/web.1"}).into(t, http.StatusOK, &stored)
	if stored.Message != "ann debugs" || stored.UID == "" || stored.UID != created.UID || stored.CreationTimestamp.IsZero() {
		t.Errorf("stored is %+v", stored)
	}
	for _, test := range []struct {
		token, path, body string
		code              int
		message           string
	}{
		{"", path, body, http.StatusConflict, `events "web.1" already exists`},
		{"", path, strings.Replace(body, "web.1", "", 1), http.StatusUnprocessableEntity, "metadata.name: Required value"},
		{"", path, strings.Replace(body, `"namespace":"shop"`, `"namespace":"ops"`, 1), http.StatusUnprocessableEntity, "does not match event.namespace"},
		{"", "/api/v1/namespaces/nope/events", body, http.StatusNotFound, `namespaces "nope" not found`},
		{"Bearer viewer-token", path, body, http.StatusForbidden, `User "practice-viewer" cannot create resource "events"`},
	} {
		a := c.ask(t, call{token: test.token, method: "POST", path: test.path, body: test.body})
		if got := a.status(t); a.code != test.code || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %s: %d %s, want %d %s", test.token, test.path, a.code, got.Message, test.code, test.message)
		}
	}
}
