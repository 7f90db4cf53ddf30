package kube

import (
	"net/url"
	"strings"
	"testing"
)

// A URL that a server could read otherwise than we do is not taken for a harmless one.
func TestPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"/base/api/v1/namespaces/shop/pods/web/exec":        "/pods/shop/web/exec",
		"/base/api/v1/namespaces/shop":                      "/namespaces/shop/shop/",
		"/base/api/v1/namespaces/shop/pods":                 "/pods/shop//",
		"/base/api/v1/nodes/one/proxy/logs":                 "/nodes//one/proxy/logs",
		"/base/apis/apps/v1/namespaces/shop/deployments/x/": "apps/deployments/shop/x/",
		"/base/version": "////",
		"/base/api/v1/namespaces/shop/pods/web%2Fexec":   "/pods/shop/web/exec",
		"/base/api/v1/namespaces/a/../shop/pods":         "?",
		"/base//api/v1/namespaces/shop/pods":             "?",
		"/base/api/v1/watch/namespaces/shop/pods":        "?",
		"/base/api/v1/proxy/namespaces/shop/pods/web":    "?",
		"/api/v1/namespaces/shop/pods":                   "?",
		"/base/api/v1/namespaces/shop/pods/web/./exec/x": "?",
	} {
		u, err := url.Parse("https://h.example" + text)
		if err != nil {
			t.Fatal(err)
		}
		at, ok := Locate(u, "/base")
		got := strings.Join([]string{at.group, at.resource, at.namespace, at.name, at.sub}, "/")
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestOrigins(t *testing.T) {
	for a, b := range map[string]string{
		"https://API.example/x":     "https://api.example:443",
		"wss://api.example.":        "https://api.example",
		"https://[2001:DB8::1]:443": "https://[2001:db8::1]/",
		"ws://api:80/":              "http://api",
	} {
		if mustParse(t, a) != mustParse(t, b) {
			t.Errorf("%s is not %s", a, b)
		}
	}
	for a, b := range map[string]string{
		"https://api":               "http://api",
		"https://api:6443":          "https://api",
		"https://api:443":           "https://api.example",
		"https://user@evil.example": "https://user",
	} {
		if mustParse(t, a) == mustParse(t, b) {
			t.Errorf("%s is %s", a, b)
		}
	}
}

func mustParse(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return origin(u)
}
