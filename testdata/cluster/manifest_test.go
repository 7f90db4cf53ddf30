package main

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dayfly-k8s/dayfly/testdata/cluster/images"
)

func manifests(t *testing.T) (namespaces, others []Object) {
	t.Helper()
	files, err := manifestFiles()
	if err != nil {
		t.Fatal(err)
	}
	namespaces, others, err = readManifests(files)
	if err != nil {
		t.Fatal(err)
	}
	return namespaces, others
}

func TestManifestsCanBeApplied(t *testing.T) {
	namespaces, others := manifests(t)
	known := []string{"default"}
	for _, o := range namespaces {
		known = append(known, o.Metadata.Name)
	}
	seen := map[string]bool{}
	for _, o := range others {
		path, err := o.path()
		if err != nil || seen[path] {
			t.Errorf("%s is there twice, or %v", path, err)
		}
		seen[path] = true
		if o.Metadata.Namespace != "" && !slices.Contains(known, o.Metadata.Namespace) {
			t.Errorf("%s is in a namespace that no manifest makes", path)
		}
	}
	for _, path := range []string{
		"/apis/apps/v1/namespaces/shop/deployments/web", "/api/v1/namespaces/restricted/pods/safe",
		"/apis/rbac.authorization.k8s.io/v1/clusterroles/viewer",
	} {
		if !seen[path] {
			t.Errorf("nothing is at %s", path)
		}
	}
}

// Every image that manifests name must be in the catalogue, but for the one that is missing on purpose.
func TestManifestsUseImagesOfTheCatalogue(t *testing.T) {
	catalogue, err := images.Catalogue(images.Tools{Web: []byte("web"), Busybox: []byte("busybox"), Applets: []string{"bin/sh"}})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"registry.example/demo/missing:1"}
	for _, image := range catalogue {
		names = append(names, image.Names...)
	}
	_, others := manifests(t)
	for _, o := range others {
		for line := range strings.Lines(string(o.text)) {
			if _, ref, ok := strings.Cut(line, "image: "); ok && !slices.Contains(names, strings.TrimSpace(ref)) {
				t.Errorf("%s %s uses %s", o.Kind, o.Metadata.Name, ref)
			}
		}
	}
}

func TestManifestMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"kind: [":                          "document 1",
		"apiVersion: v1\nkind: Pod":        "no name",
		"apiVersion: v1\nkind: Gizmo":      "Gizmo",
		"# nothing\n---\napiVersion: v1\n": "document 1",
	} {
		files := fstest.MapFS{"a.yaml": {Data: []byte(text)}}
		if _, _, err := readManifests(files); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "a.yaml") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
