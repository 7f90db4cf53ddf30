package config

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// checkRegistries finds what is wrong between entries; each by itself has been checked where it was read.
func (c Config) checkRegistries() []string {
	var mistakes []string
	for _, mistake := range registry.CheckRules(c.Registries.rules()) {
		mistakes = append(mistakes, fmt.Sprintf("registries: %v", mistake))
	}
	for i, some := range c.Contexts {
		if some.Match == "" {
			mistakes = append(mistakes, fmt.Sprintf("contexts: entry %d has no match: add the name of a context; * matches any text", i+1))
		}
		for _, mistake := range registry.CheckRules(some.Registries.rules()) {
			mistakes = append(mistakes, fmt.Sprintf("contexts: match %q: %v", some.Match, mistake))
		}
	}
	return mistakes
}

// checkGuard finds lists that forbid nothing although they are there.
func (c Config) checkGuard() []string {
	rails := []rail{{Guard: c.Guard}}
	for _, some := range c.Contexts {
		rails = append(rails, rail{some.Match, some.Guard})
	}
	var mistakes []string
	for _, r := range rails {
		for _, list := range []struct {
			key   string
			empty bool
		}{
			{"refuseProfiles", empty(r.RefuseProfiles)}, {"refuseWays", empty(r.RefuseWays)}, {"images", empty(r.Images)}, {"hideNamespaces", empty(r.HideNamespaces)},
		} {
			if list.empty {
				mistakes = append(mistakes, fmt.Sprintf("%s: %s is an empty list: add an item, or remove the key", strings.TrimPrefix(r.why(), "config.yaml: "), list.key))
			}
		}
	}
	return mistakes
}
