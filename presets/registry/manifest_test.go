package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestManyManifests refuses lists that no image has, of manifests and of layers, before they take memory.
func TestManyManifests(t *testing.T) {
	for _, test := range []struct {
		key   string
		count int
		ok    bool
	}{{"manifests", mostEntries, true}, {"manifests", mostEntries + 1, false}, {"layers", mostEntries + 1, false}, {"Manifests", 200_000, false}} {
		text := `{"schemaVersion":2,"` + test.key + `":[{}` + strings.Repeat(",{}", test.count-1) + "]}"
		var m manifest
		err := json.Unmarshal([]byte(text), &m)
		var other *notImageError
		if (err == nil) != test.ok || err != nil && !errors.As(err, &other) {
			t.Errorf("%d %s: %v", test.count, test.key, err)
		}
		if len(m.Manifests) > mostEntries || len(m.Layers) > mostEntries {
			t.Errorf("%d %s were read", len(m.Manifests)+len(m.Layers), test.key)
		}
		if test.key != "layers" && !test.ok {
			w := serve(t, pages(map[string]http.HandlerFunc{"/v2/tools/manifests/latest": says(200, text)}))
			if p := problemOf(t, w.registry(), "a.b/tools", amd64); p.Kind != NotAnImage || !strings.Contains(p.Message, "more than 1000") {
				t.Errorf("kind %d: %q", p.Kind, p.Message)
			}
		}
	}
	for text, index := range map[string]bool{`{"manifests":[]}`: true, `{"manifests":null}`: false, `{}`: false} {
		var m manifest
		if err := json.Unmarshal([]byte(text), &m); err != nil || m.isIndex() != index {
			t.Errorf("%s: %v, an index: %v", text, err, m.isIndex())
		}
	}
	for _, text := range []string{`{"manifests":{}}`, `{"manifests":[1]}`, `{"manifests":"x"}`} {
		if json.Unmarshal([]byte(text), new(manifest)) == nil {
			t.Errorf("%s is read", text)
		}
	}
}

// TestManyPlatforms lists the first platforms once each, and finds the node's behind them.
func TestManyPlatforms(t *testing.T) {
	one := func(arch string) string {
		return `{"digest":"sha256:` + digest64 + `","platform":{"os":"linux","architecture":"` + arch + `"}}`
	}
	var entries []string
	for i := range 300 {
		entries = append(entries, one(fmt.Sprint("a", i/2)))
	}
	var m manifest
	if err := json.Unmarshal([]byte(`{"schemaVersion":2,"manifests":[`+strings.Join(append(entries, one("arm64")), ",")+`]}`), &m); err != nil {
		t.Fatal(err)
	}
	id, all, err := m.choose(arm64)
	if err != nil || id != "sha256:"+digest64 || len(all) != mostPlatforms {
		t.Errorf("%q, %d platforms, %v", id, len(all), err)
	}
	if diff := cmp.Diff([]Platform{{"linux", "a0"}, {"linux", "a1"}, {"linux", "a2"}}, all[:3]); diff != "" {
		t.Error(diff)
	}
	var wrong *platformError
	if _, _, err := m.choose(amd64); !errors.As(err, &wrong) || len(wrong.platforms) != mostPlatforms {
		t.Errorf("%v", err)
	}
}
