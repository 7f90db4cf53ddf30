package config

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// What counts is told with where it comes from, and is what counts.
func TestEffective(t *testing.T) {
	c, _, err := configOf(t, `
mouse: false
sessions: {ring: 64KiB, life: 90m, private: true}
guard: {readOnly: false, images: [b], askReason: true}
contexts:
- match: prod-*
  readOnly: true
  images: ["a/*"]
  sessions: {private: false, life: stay}
  registries: {mirrors: [{from: docker.io, to: x.corp/h}]}
- match: prod-eu
  askReason: false
  sessions: {ring: 100000}
  registries: {nixery: never.corp}
registries: {ask: false, mirrors: []}
`)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Value{}
	var order []string
	for _, v := range c.Effective("prod-eu") {
		all[v.Key] = v
		order = append(order, v.Key)
	}
	if len(order) != len(all) || order[0] != "detachKey" || order[len(order)-1] != "registries.ask" {
		t.Errorf("the keys are %q", order)
	}
	for key, want := range map[string][2]string{
		"theme":                  {"auto", "default"},
		"mouse":                  {"false", "config.yaml"},
		"sessions.ring":          {"100000", "config.yaml: contexts prod-eu"},
		"sessions.life":          {"stay", "config.yaml: contexts prod-*"},
		"sessions.private":       {"false", "config.yaml: contexts prod-*"},
		"sessions.record":        {"false", "default"},
		"guard.readOnly":         {"true", "config.yaml: guard, config.yaml: contexts prod-*"},
		"guard.askReason":        {"true", "config.yaml: guard"},
		"guard.images":           {"[b] and [a/*]", "config.yaml: guard, config.yaml: contexts prod-*"},
		"registries.nixery":      {"nixery.dev", "default"},
		"registries.mirrors":     {"[{from: docker.io, to: x.corp/h}]", "config.yaml: contexts prod-*"},
		"registries.ask":         {"false", "config.yaml: registries"},
		"sessions.recordInput":   {"false", "default"},
		"guard.refuseProfiles":   {"[]", "default"},
		"guard.hideNamespaces":   {"[]", "default"},
		"sessions.nodeNamespace": {"default", "default"},
	} {
		if got := all[key]; got.Value != want[0] || got.From != want[1] {
			t.Errorf("%s is %q from %q, want %q", key, got.Value, got.From, want)
		}
	}
	if g := c.GuardFor("prod-eu"); !g.ReadOnly || !g.AskReason {
		t.Errorf("the guard is %+v", g)
	}
	if s := c.SessionsFor("prod-eu"); s.Ring != 100000 || s.Private || s.Life.After != 0 {
		t.Errorf("the sessions are %+v", s)
	}
	var keys []string
	for _, v := range (Config{}).Effective("any") {
		if keys = append(keys, v.Key); v.Value == "" || v.From != usual {
			t.Errorf("without a configuration %s is %q from %q", v.Key, v.Value, v.From)
		}
	}
	if known := slices.Sorted(maps.Keys(defaults())); !slices.Equal(known, slices.Sorted(slices.Values(keys))) {
		t.Errorf("the keys are\n%q, and of these there are defaults\n%q", keys, known)
	}
	broken, _, _ := configOf(t, "gurad: {}")
	i := slices.IndexFunc(broken.Effective("x"), func(v Value) bool { return v.Key == "guard.readOnly" })
	if v := broken.Effective("x")[i]; v.Value != "true" || v.From != "config.yaml has a mistake" {
		t.Errorf("with a mistake %+v", v)
	}
}

func TestWordsOfValues(t *testing.T) {
	for d, want := range map[time.Duration]string{2 * time.Hour: "2h", 90 * time.Minute: "1h30m", 90 * time.Second: "1m30s", 10 * time.Minute: "10m", 20 * time.Hour: "20h"} {
		if got := short(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int64]string{4 << 20: "4MiB", 64 << 10: "64KiB", 100000: "100000", 1 << 30: "1GiB", 4 << 30: "4GiB"} {
		if got := sizeWords(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
