package presets_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

func TestFor(t *testing.T) {
	for _, tt := range []struct{ image, arch, host, want string }{
		{"nixery.dev/shell/strace", "arm64", "", "nixery.dev/shell/arm64/strace"},
		{"nixery.dev/shell/arm64/strace", "amd64", "", "nixery.dev/shell/strace"},
		{"nixery.dev/shell/strace:24.05", "arm64", "nixery.corp", "nixery.dev/shell/arm64/strace:24.05"},
		{"nixery.corp:5000/curl", "arm64", "nixery.corp:5000", "nixery.corp:5000/arm64/curl"},
		{"nixery.corp:5000/curl", "arm64", "", ""},
		{"nixery.dev/shell/strace", "riscv64", "", ""},
		{"nixery.dev/shell/strace", "", "", ""},
		{"busybox:1.37", "arm64", "", ""},
	} {
		p := presets.Preset{Image: tt.image, Platforms: []string{"as it was"}}
		got := p.For(tt.arch, tt.host)
		if tt.want == "" {
			if got.Image != tt.image || got.Platforms[0] != "as it was" {
				t.Errorf("%s on %q becomes %s for %q", tt.image, tt.arch, got.Image, got.Platforms)
			}
			continue
		}
		if got.Image != tt.want || !slices.Equal(got.Platforms, []string{"linux/" + tt.arch}) || p.Image != tt.image || p.Platforms[0] != "as it was" {
			t.Errorf("%s on %q becomes %s for %q, want %s", tt.image, tt.arch, got.Image, got.Platforms, tt.want)
		}
	}
}

// Every shipped preset that is composed has packages that the catalogue knows, in the canonical form, and runs on both of
// Nixery's architectures; all others run on both too.
func TestShippedCompositions(t *testing.T) {
	catalogue, err := nixery.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	list, _ := presets.Load(t.TempDir())
	for _, p := range list {
		for _, arch := range []string{"amd64", "arm64"} {
			if !p.For(arch, "").RunsOn(arch) {
				t.Errorf("%s does not run on %s", p.Name, arch)
			}
		}
		if !strings.HasPrefix(p.Image, nixery.Host) {
			continue
		}
		image, err := nixery.Parse(nixery.Host, p.Image)
		if err != nil || image.String() != p.Image || p.Brings == nil && !slices.Equal(image.Command(), p.Command) {
			t.Errorf("%s: image %s, command %q: %v", p.Name, p.Image, p.Command, err)
		}
		for i, v := range image.Env() {
			if p.Env[i] != presets.Var(v) {
				t.Errorf("%s: variable %v, want %v", p.Name, p.Env[i], v)
			}
		}
		for _, name := range image.Packages {
			if _, ok := catalogue.Find(name); !ok {
				t.Errorf("%s: the catalogue has no package %s", p.Name, name)
			}
		}
	}
}
