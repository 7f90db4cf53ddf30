package tui_test

import (
	"slices"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui"
)

func TestMemoryOfTools(t *testing.T) {
	var m tui.Memory
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "b"} {
		m.UsePreset("prod", name)
		m.UseImage(name + ":1")
	}
	if want := []string{"b", "f", "e", "d", "c"}; !slices.Equal(m.Used["prod"], want) {
		t.Errorf("used are %v, want %v", m.Used["prod"], want)
	}
	if len(m.Used["other"]) != 0 || m.Images[0] != "b:1" || len(m.Images) != 6 {
		t.Errorf("images are %v", m.Images)
	}
}
