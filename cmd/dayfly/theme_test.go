package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/tui"
)

// The flag counts before what was chosen last, that before the configuration, that before the terminal's background.
func TestWhichThemeIsWorn(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "themes", "mine.yaml"), "accent: \"#abcdef\"\n")
	write(t, filepath.Join(folder, "themes", "broken.yaml"), "accent: blue\n")
	for _, c := range []struct{ flag, memory, config, want, notice string }{
		{"", "", "", "", ""},
		{"", "", "paper", "paper", ""},
		{"", "mine", "paper", "mine", ""},
		{"dusk", "mine", "paper", "dusk", ""},
		{"auto", "mine", "paper", "auto", ""},
		{"", "auto", "paper", "auto", ""},
		{"", "gone", "paper", "paper", `there is no theme "gone": there are auto, dusk`},
		{"", "", "papr", "", `config.yaml: theme: there is no theme "papr": there are auto`},
	} {
		o := options{theme: c.flag}
		got := tui.Options{Kit: tui.Kit{Memory: tui.Memory{Theme: c.memory}}}
		if err := o.dress(&got, folder, config.Config{Theme: c.config}); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		notices := strings.Join(got.Kit.Notices, "\n")
		if got.Theme != c.want || !strings.Contains(notices, c.notice) || !strings.Contains(notices, `broken.yaml: line 1: "blue" is not a colour`) {
			t.Errorf("%+v: %q is worn, notices %q", c, got.Theme, got.Kit.Notices)
		}
	}
	var usage usageError
	o := options{theme: "papr"}
	if err := o.dress(&tui.Options{}, folder, config.Config{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), "paper") || !strings.Contains(err.Error(), "mine") {
		t.Errorf("an unknown theme in the flag is %v", err)
	}
}

func TestMouseInTheConfiguration(t *testing.T) {
	for text, want := range map[string]bool{"": false, "mouse: true\n": false, "mouse: false\n": true} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		write(t, file, text)
		c, err := config.Read(file)
		if err != nil || c.NoMouse() != want {
			t.Errorf("%q: no mouse %v, %v", text, c.NoMouse(), err)
		}
	}
}
