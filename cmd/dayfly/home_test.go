package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
)

// Without a home folder it is said which variable is missing and what to set. Rules that cannot be found are not taken for none.
func TestWithoutHome(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Setenv("USERPROFILE", "")
	}
	for home, want := range map[string]string{"": "HOME is not set", "relative/home": `HOME is not an absolute path ("relative/home")`, ".": "HOME is not an absolute path"} {
		t.Setenv("HOME", home)
		for _, xdg := range []string{"", "relative"} {
			t.Setenv("XDG_CONFIG_HOME", xdg)
			t.Setenv("XDG_STATE_HOME", xdg)
			c, _, notices := config.Own()
			if g := c.GuardFor("x"); !g.ReadOnly || !strings.Contains(g.Why, want) {
				t.Errorf("HOME=%q: the guard is %+v", home, g)
			}
			told := strings.Join(notices, "\n")
			if !strings.Contains(told, want) || !strings.Contains(told, ", so no configuration is read and everything is read-only: set HOME or XDG_CONFIG_HOME to an absolute path") {
				t.Errorf("HOME=%q: told is %q", home, told)
			}
			if strings.Contains(told, `XDG_CONFIG_HOME is ignored: "relative" is not an absolute path`) != (xdg != "") {
				t.Errorf("XDG_CONFIG_HOME=%q: told is %q", xdg, told)
			}
			if _, _, err := folders.State(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "set HOME or XDG_STATE_HOME") {
				t.Errorf("HOME=%q: %v", home, err)
			}
		}
	}
}

// The XDG folders need no home, and a home that does not exist has no configuration.
func TestFoldersOfTheEnvironment(t *testing.T) {
	base := t.TempDir()
	t.Setenv("HOME", "")
	t.Setenv("XDG_CONFIG_HOME", base)
	t.Setenv("XDG_STATE_HOME", base)
	c, folder, notices := config.Own()
	state, _, err := folders.State()
	if want := filepath.Join(base, "dayfly"); folder != want || state != want || err != nil || len(notices) > 0 || c.GuardFor("x").ReadOnly {
		t.Errorf("%q, %q, %v, %v", folder, state, notices, err)
	}
	t.Setenv("HOME", filepath.Join(base, "nowhere"))
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("XDG_STATE_HOME", "relative")
	c, folder, notices = config.Own()
	state, ignored, err := folders.State()
	if folder != filepath.Join(base, "nowhere", ".config", "dayfly") || len(notices) > 0 || c.GuardFor("x").ReadOnly {
		t.Errorf("%q, %v", folder, notices)
	}
	if state != filepath.Join(base, "nowhere", ".local", "state", "dayfly") || err != nil || len(ignored) != 1 {
		t.Errorf("%q, %v, %v", state, ignored, err)
	}
}
