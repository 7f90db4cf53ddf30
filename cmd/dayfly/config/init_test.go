package config

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What is written counts for nothing until a person takes the signs away, and then it is the sample. Nothing is replaced.
func TestInit(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dayfly")
	files, err := Init(folder)
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if at, err := os.Stat(file); err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, at, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Read(filepath.Join(folder, "config.yaml"))
	if err != nil || c.GuardFor("prod-eu").ReadOnly || c.GuardFor("prod-eu").Protected || c.DetachKey != "" {
		t.Errorf("%+v, %v", c, err)
	}
	_, body, _ := strings.Cut(string(text), "\n\n")
	if got := regexp.MustCompile(`(?m)^# `).ReplaceAllString(body, ""); got != sample {
		t.Errorf("without the signs it is\n%s", got)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	_, beside, _ := strings.Cut(first, "$schema=")
	if there, err := os.ReadFile(filepath.Join(folder, beside)); err != nil || !strings.Contains(string(there), "json-schema.org") {
		t.Errorf("%q leads to no schema: %v", first, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(folder); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "config.yaml")); err != nil || string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
	notAFolder := filepath.Join(folder, "config.yaml", "x")
	if _, err := Init(notAFolder); err == nil {
		t.Error("a file is no folder")
	}
}

// The plugin is what k9s reads: https://github.com/derailed/k9s/blob/master/internal/config/json/schemas/plugins.json
func TestPluginForK9s(t *testing.T) {
	t.Setenv("K9S_CONFIG_DIR", t.TempDir())
	file, err := InitK9s()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plugins struct {
		Plugins map[string]map[string]any `yaml:"plugins"`
	}
	if err := yaml.Unmarshal(text, &plugins); err != nil || len(plugins.Plugins) != 4 {
		t.Fatalf("%+v, %v", plugins, err)
	}
	may := []string{"shortCut", "override", "description", "confirm", "dangerous", "scopes", "command", "background", "overwriteOutput", "args", "inputs"}
	var keys []string
	for name, p := range plugins.Plugins {
		for _, must := range []string{"shortCut", "description", "scopes", "command"} {
			if p[must] == nil {
				t.Errorf("%s has no %s", name, must)
			}
		}
		for key := range p {
			if !slices.Contains(may, key) {
				t.Errorf("%s has %s, which k9s does not know", name, key)
			}
		}
		scopes, _ := p["scopes"].([]any)
		for _, scope := range scopes {
			where, ok := scope.(string)
			if !ok || slices.Contains(keys, where) {
				t.Errorf("%s: two plugins have one key for %v", name, scope)
			}
			keys = append(keys, where)
		}
		args, ok := p["args"].([]any)
		if !ok || p["command"] != "dayfly" {
			t.Errorf("%s starts %v %v", name, p["command"], p["args"])
		}
		for _, arg := range args {
			if _, ok := arg.(string); !ok {
				t.Errorf("%s: %v is no text", name, arg)
			}
		}
	}
	if _, err := InitK9s(); err == nil {
		t.Error("it is written over")
	}
}

func TestFolderOfK9s(t *testing.T) {
	t.Setenv("K9S_CONFIG_DIR", "")
	t.Setenv("XDG_CONFIG_HOME", "/cfg")
	if got, err := k9sFolder(); err != nil || got != filepath.Join("/cfg", "k9s") {
		t.Error(got, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "relative")
	t.Setenv("HOME", "")
	if got, err := k9sFolder(); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Error(got, err)
	}
}
