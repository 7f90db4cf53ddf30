package images

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const testDelay = 300 * time.Millisecond

func testRegistry(t *testing.T) *httptest.Server {
	t.Helper()
	nixery := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "composed: "+r.URL.Path, http.StatusTeapot)
	})
	images, err := Catalogue(testTools())
	if err != nil {
		t.Fatal(err)
	}
	registry, err := NewRegistry(images, nixery, log.New(io.Discard, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	registry.delay = testDelay
	server := httptest.NewServer(registry)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

func TestRegistryAnswersAsContainerdAsks(t *testing.T) {
	server := testRegistry(t)
	for path, want := range map[string]int{
		"/v2/": 200,
		"/v2/library/busybox/manifests/1.37?ns=docker.io":  200,
		"/v2/library/busybox/manifests/0.1?ns=docker.io":   404,
		"/v2/library/busybox/manifests/1.37?ns=quay.io":    404,
		"/v2/shell/htop/manifests/latest?ns=nixery.dev":    418,
		"/v2/shell/broken/manifests/latest?ns=nixery.dev":  418,
		"/v2/demo/web/manifests/1?ns=registry.example":     200,
		"/v2/nosuch/thing/manifests/1?ns=docker.io":        404,
		"/v2/broken/thing/manifests/1?ns=docker.io":        500,
		"/v2/broken/thing/manifests/1?ns=registry.example": 500,
		"/v2/slow/nosuch/manifests/1?ns=docker.io":         404,
		"/v2/slow/busybox/manifests/1?ns=docker.io":        200,
	} {
		if got, body := get(t, server.URL+path); got != want {
			t.Errorf("%s: %d instead of %d: %s", path, got, want, body)
		}
	}
}

func TestSlowImageHasOneSlowLayerOfItsOwn(t *testing.T) {
	server := testRegistry(t)
	layers := func(tag string) []v1.Descriptor {
		_, body := get(t, server.URL+"/v2/slow/busybox/manifests/"+tag+"?ns=docker.io")
		var manifest v1.Manifest
		if err := json.Unmarshal(body, &manifest); err != nil {
			t.Fatal(err)
		}
		return manifest.Layers
	}
	one, two := layers("a"), layers("b")
	if len(one) != 2 || one[0].Digest != two[0].Digest || one[1].Digest == two[1].Digest {
		t.Fatalf("layers of two tags: %v and %v", one, two)
	}
	for i, slow := range []bool{false, true} {
		start := time.Now()
		code, _ := get(t, server.URL+"/v2/slow/busybox/blobs/"+one[i].Digest.String()+"?ns=docker.io")
		if took := time.Since(start); code != 200 || (took >= testDelay) != slow {
			t.Errorf("layer %d: %d after %s", i, code, took)
		}
	}
}

func TestSplitPath(t *testing.T) {
	for url, want := range map[string][3]string{
		"/v2/a/manifests/1":           {"a", "manifests", "1"},
		"/v2/a/b/blobs/sha256:00":     {"a/b", "blobs", "sha256:00"},
		"/v2/a/manifests/manifests/1": {"a/manifests", "manifests", "1"},
		"/v2/a/tags/list":             {"a", "tags", "list"},
		"/v2/":                        {}, "/v2/_catalog": {}, "/": {}, "/v2/manifests/1": {},
	} {
		repository, kind, item, ok := splitPath(url)
		if got := [3]string{repository, kind, item}; got != want || ok != (want != [3]string{}) {
			t.Errorf("%s: %v %v", url, got, ok)
		}
	}
}
