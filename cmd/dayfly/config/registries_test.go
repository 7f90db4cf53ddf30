package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/presets/registry"
)

func configOf(t *testing.T, text string) (Config, string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, text)
	c, err := Read(file)
	return c, file, err
}

// What a context says counts before what is said for all, and that before what dayfly has by itself.
func TestRegistriesOfAContext(t *testing.T) {
	c, _, err := configOf(t, `
registries:
  nixery: nixery.corp:8443
  mirrors:
  - {from: docker.io, to: registry.corp/dockerhub}
  ask: false
contexts:
- match: prod-*
  registries:
    ask: true
    fallback: registry.corp/tools/busybox:1
    mirrors: []
- match: "*"
  registries:
    nixery: localhost:5000
- match: prod-eu
  registries:
    nixery: never.example
- match: arn:aws:eks:*/shop-?
`)
	if err != nil {
		t.Fatal(err)
	}
	hub := []registry.Rule{{From: "docker.io", To: "registry.corp/dockerhub"}}
	for context, want := range map[string]registry.Settings{
		"prod-eu": {Nixery: "nixery.corp:8443", Fallback: "registry.corp/tools/busybox:1"},
		"kind":    {Nixery: "localhost:5000", Fallback: "busybox:1.37", Mirrors: hub, Silent: true},
		"":        {Nixery: "localhost:5000", Fallback: "busybox:1.37", Mirrors: hub, Silent: true},
	} {
		if diff := cmp.Diff(want, c.RegistriesFor(context)); diff != "" {
			t.Errorf("registries of context %q (- want, + got):\n%s", context, diff)
		}
	}
	if diff := cmp.Diff(registry.Settings{Nixery: "nixery.dev", Fallback: "busybox:1.37"}, Config{}.RegistriesFor("prod-eu")); diff != "" {
		t.Errorf("registries without a configuration (- want, + got):\n%s", diff)
	}
}

func TestMatchOfAContext(t *testing.T) {
	for _, tt := range []struct {
		match, context string
		want           bool
	}{
		{"prod", "prod", true},
		{"prod", "prod-eu", false},
		{"*prod*", "eu/prod/1", true},
		{"arn:aws:eks:*:cluster/shop-?", "arn:aws:eks:eu-1:42:cluster/shop-1", true},
		{"shop-[ab]", "shop-b", true},
		{"shop-[ab]", "shop-c", false},
	} {
		if got := glob(tt.match).matches(tt.context); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.match, tt.context, got, tt.want)
		}
	}
}

// A mistake is told with its line where it has one, and the rest of the file counts.
func TestMistakesInRegistries(t *testing.T) {
	for text, want := range map[string]string{
		"registries:\n  nixery: https://nixery.dev":                       "FILE: line 2: host \"https://nixery.dev\": ",
		"registries:\n  nixery: nixery.dev/shell":                         "FILE: line 2: nixery host \"nixery.dev/shell\": a host has no path: write nixery.dev",
		"registries:\n  nixery: nixery":                                   "FILE: line 2: host \"nixery\" does not begin with a registry",
		"registries:\n  nixery: [a]":                                      "FILE: line 2: expected text, found a list",
		"registries:\n  nixry: a.b":                                       "FILE: line 2: unknown key \"nixry\": did you mean \"nixery\"?",
		"registries:\n  fallback: Busybox":                                "FILE: line 2: fallback \"Busybox\" is not an image name: ",
		"registries:\n  mirrors: {from: a.b}":                             "FILE: line 2: expected a list, found a mapping",
		"registries:\n  mirrors:\n  - {from: a.b,\n     to: https://c.d}": "FILE: line 4: to \"https://c.d\": ",
		"registries:\n  mirrors:\n  - {from: busybox, to: a.b}":           "FILE: line 3: from \"busybox\" does not begin with a registry",
		"registries:\n  mirrors:\n  - {form: docker.io, to: a.b}":         "FILE: line 3: unknown key \"form\": did you mean \"from\"?",
		"registries:\n  mirrors:\n  - {from: docker.io}":                  "FILE: registries: to is empty: ",
		"registries:\n  mirrors:\n  - {from: a.b, to: a.b}":               "FILE: registries: mirror: from and to are both \"a.b\"",
		"contexts:\n- registries: {nixery: a.b}":                          "FILE: contexts: entry 1 has no match: ",
		"contexts:\n- match: ''":                                          "FILE: line 2: match is empty: ",
		"contexts:\n- match: 'a['":                                        "FILE: line 2: match \"a[\": '[' without ']'",
		"contexts:\n- {match: x, registries: {mirrors: [{from: a.b}]}}":   "FILE: contexts: match \"x\": to is empty: ",
		"contexts:\n- {match: x, registry: {}}":                           "FILE: line 2: unknown key \"registry\"",
		"contexts: {match: x}":                                            "FILE: line 1: expected a list, found a mapping",
	} {
		c, file, err := configOf(t, text+"\nmouse: false\n")
		if want := strings.ReplaceAll(want, "FILE", file); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the mistake is told as\n%v, want\n%s", text, err, want)
		}
		if !c.NoMouse() {
			t.Errorf("%q: the rest of the file does not count", text)
		}
		if s := c.RegistriesFor("x"); s.Nixery != "nixery.dev" || s.Fallback != "busybox:1.37" {
			t.Errorf("%q: what is wrong counts: %+v", text, s)
		}
	}
}

// Where a mirror sends what is of a Nixery, a Nixery answers.
func TestNixeriesBehindMirrors(t *testing.T) {
	c := Config{
		Registries: Registries{Mirrors: []mirror{{"nixery.dev", "registry.corp/nixery"}, {"docker.io", "registry.corp/hub"}}},
		Contexts: []Context{
			{Match: "a", Registries: Registries{Nixery: "nixery.corp"}},
			{Match: "b", Registries: Registries{Mirrors: []mirror{{"nixery.dev", "b.corp/n"}}}},
			{Match: "c", Registries: Registries{Mirrors: []mirror{}}},
		},
	}
	if hosts := c.Nixeries(); !slices.Equal(hosts, []string{"registry.corp/nixery", "nixery.corp", "b.corp/n"}) {
		t.Errorf("they are %q", hosts)
	}
}
