//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui"
)

// The presets are there at once, what is saved comes with the next news, and the registries are those of the configuration.
func TestStock(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dayfly")
	c := config.Config{
		Registries: config.Registries{Nixery: "nixery.corp"},
		Contexts:   []config.Context{{Match: "a", Registries: config.Registries{Nixery: "nixery.dev"}}, {Match: "b", Registries: config.Registries{Nixery: "b.corp"}}},
	}
	var kit tui.Kit
	stock(t.Context(), &kit, folder, c)
	if len(kit.Presets) == 0 || len(kit.Mistakes) > 0 || kit.Registry == nil {
		t.Fatalf("there are %d presets, %v", len(kit.Presets), kit.Mistakes)
	}
	file, err := kit.SavePreset(presets.Preset{Name: "mine", Image: "nixery.corp/shell/dig"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil || filepath.Dir(file) != filepath.Join(folder, "presets") {
		t.Errorf("it is saved as %s, %v", file, err)
	}
	select {
	case loaded := <-kit.Reloaded:
		if last := loaded.Presets[len(loaded.Presets)-1]; last.Name != "mine" {
			t.Errorf("the last preset is %+v", last)
		}
	case <-time.After(patience):
		t.Error("what was saved is not told")
	}
	if got := kit.Registries("b").Nixery; got != "b.corp" {
		t.Errorf("in context b Nixery is %s", got)
	}
	if hosts := c.Nixeries(); !slices.Equal(hosts, []string{"nixery.corp", "b.corp"}) {
		t.Errorf("the hosts are %q", hosts)
	}
}
