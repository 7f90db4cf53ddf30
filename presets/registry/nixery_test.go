package registry

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

// TestNixery asks a registry that composes images: what it has, what it does not know, and what it fails to build.
func TestNixery(t *testing.T) {
	w := serve(t, nixery.New(nixery.Options{
		Packages: func(name, arch string) (v1.Layer, bool) {
			return static.NewLayer([]byte(name+arch), types.DockerLayer), name != "nope" && name != "nada"
		},
		Build: func(_ context.Context, packages []string) error {
			for _, name := range packages {
				if name == "broken" {
					return errors.New("no")
				}
			}
			return nil
		},
	}))
	r := w.registry()
	for image, want := range map[string]Image{
		"nixery.dev/shell/arm64/jq": {Platform: arm64, Shell: "/bin/bash", Command: []string{"bash"}},
		"nixery.dev/git":            {Platform: amd64},
	} {
		got, err := r.Look(t.Context(), image, want.Platform, nil)
		if err != nil {
			t.Errorf("%s: %v", image, err)
			continue
		}
		if got.Platform != want.Platform || got.Shell != want.Shell || !cmp.Equal(got.Command, want.Command) || got.User != "" || got.Size == 0 || got.Digest == "" {
			t.Errorf("%s: %+v", image, got)
		}
	}
	if p := problemOf(t, r, "nixery.dev/shell/git/nada/nope", amd64); p.Kind != NotFound || !cmp.Equal(p.Missing, []string{"nada", "nope"}) {
		t.Errorf("missing: %d %q %q", p.Kind, p.Message, p.Missing)
	}
	if p := problemOf(t, r, "nixery.dev/shell/broken", amd64); p.Kind != BuildFailed {
		t.Errorf("broken: %d %q", p.Kind, p.Message)
	}
	if p := problemOf(t, r, "nixery.dev/arm64/git", amd64); p.Kind != WrongPlatform {
		t.Errorf("platform: %d %q", p.Kind, p.Message)
	}
}
