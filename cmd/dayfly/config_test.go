//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a person is told of their settings, from the first look to a mistake.
func TestConfigCommand(t *testing.T) {
	t.Parallel()
	b := practised(t)
	file := filepath.Join(b.folder, "config/dayfly/config.yaml")
	runs := func(code int, out string, says string, args ...string) string {
		t.Helper()
		got := b.runs(nil, args...)
		if got.code != code || !strings.Contains(got.stdout, out) || !strings.Contains(got.stderr, says) || says == "" && got.stderr != "" {
			t.Errorf("%q: exit code %d, prints %q, says %q", args, got.code, got.stdout, got.stderr)
		}
		return got.stdout
	}
	runs(0, file+"\n", "", "config", "path")
	runs(0, "(there is none: dayfly config init writes one)", "", "config")
	runs(0, file+"\n", "", "config", "init")
	runs(1, "", "is there already", "config", "init")
	runs(0, "no mistakes in "+filepath.Dir(file), "", "config", "check")
	write(t, file, "contexts: [{match: '*', protected: true}]\ntheme: paper\n")
	runs(0, "guard.protected         true", "", "config")
	var report struct {
		File     string
		Exists   bool
		Context  string
		Mistakes []string
		Values   []struct{ Key, Value, From string }
	}
	if err := json.Unmarshal([]byte(runs(0, "", "", "config", "-o", "json")), &report); err != nil || report.File != file || !report.Exists || report.Context == "" || len(report.Mistakes) > 0 || report.Values[1].Value != "paper" {
		t.Errorf("%+v, %v", report, err)
	}
	write(t, filepath.Join(b.folder, "state/dayfly/view.json"), `{"theme": "ember"}`)
	runs(0, "ember", "", "config")
	write(t, file, "them: paper\n")
	runs(1, "", `unknown key "them": did you mean "theme"?`, "config", "check")
	runs(0, "config.yaml has a mistake", "did you mean", "config")
	write(t, file, "")
	write(t, filepath.Join(b.folder, "config/dayfly/presets/x.yaml"), "name: x\n")
	runs(1, "", "image is missing", "config", "check")
	runs(0, `"title": "dayfly: a preset`, "", "config", "schema", "preset")
	runs(0, `"title": "dayfly: config.yaml"`, "", "config", "schema")
	runs(2, "", "there are config, preset, theme", "config", "schema", "pod")
	runs(2, "", "To open a pod of that name: dayfly -- config", "config", "pod")
	runs(2, "", "use json", "config", "-o", "yaml")
	plugin := strings.TrimSpace(runs(0, "dayfly.yaml\n", "", "config", "init", "--k9s"))
	if _, err := os.Stat(plugin); err != nil {
		t.Error(err)
	}
}
