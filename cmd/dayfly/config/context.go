package config

import (
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// RegistriesFor are the registries of a context: those of the first entry of contexts that matches its name, and where that
// says nothing those for all.
func (c Config) RegistriesFor(context string) registry.Settings {
	r := Registries{Nixery: nixery.Host, Fallback: defaultFallback}.with(c.Registries)
	for _, some := range c.Contexts {
		if some.Match.matches(context) {
			r = r.with(some.Registries)
			break
		}
	}
	s := registry.Settings{Nixery: string(r.Nixery), Fallback: string(r.Fallback), Silent: r.Ask != nil && !*r.Ask}
	s.Mirrors = r.rules()
	return s
}

// Nixeries are where, besides the public host, an image is made when it is asked for: hosts, and what mirrors have of them.
func (c Config) Nixeries() []string {
	var all []string
	for _, r := range append([]Context{{}}, c.Contexts...) {
		both := c.Registries.with(r.Registries)
		for _, prefix := range (registry.Settings{Nixery: string(both.Nixery), Mirrors: both.rules()}).Nixeries() {
			if !slices.Contains(all, prefix) {
				all = append(all, prefix)
			}
		}
	}
	return all
}

// Realms are the hosts that may be sent the logins of registries, those of all contexts.
func (c Config) Realms() []string {
	var all []string
	for _, r := range append([]Context{{Registries: c.Registries}}, c.Contexts...) {
		for _, host := range r.Registries.Realms {
			if host != "" {
				all = append(all, strings.ToLower(string(host)))
			}
		}
	}
	return all
}

// SessionsFor are the settings of sessions in a context: each that of the first entry of contexts that matches its name and says something
// of it, else that for all.
func (c Config) SessionsFor(context string) tui.SessionSettings {
	var s Sessions
	for _, some := range c.Contexts {
		if some.Match.matches(context) {
			s = s.or(some.Sessions)
		}
	}
	s = s.or(c.Sessions)
	settings := tui.SessionSettings{
		Settings: runner.Settings{Ring: int(s.Ring), Record: isTrue(s.Record), RecordInput: isTrue(s.RecordInput)}, Private: isTrue((*bool)(s.Private)),
	}
	settings.NodeNamespace = string(s.NodeNamespace)
	settings.DenyClipboard = s.Clipboard != nil && !bool(*s.Clipboard)
	if s.Life != nil {
		settings.Life = tools.Life(*s.Life)
	}
	return settings
}

// GuardFor are the guard rails of a context: all that match its name count, unlike registries, and of two the stricter.
func (c Config) GuardFor(context string) kube.Guard {
	var g kube.Guard
	if c.invalidWhy != "" {
		g = kube.Guard{ReadOnly: true, Why: c.invalidWhy}
	}
	for _, rail := range c.rails(context) {
		g = g.And(rail.guard(rail.why()))
	}
	return g
}

// rails are those of a context, in the order of the file.
func (c Config) rails(context string) []rail {
	all := []rail{{Guard: c.Guard}}
	for _, some := range c.Contexts {
		if some.Match.matches(context) {
			all = append(all, rail{some.Match, some.Guard})
		}
	}
	return all
}

// Disagreements tells where rules that meet in one of some contexts say the opposite of each other.
func (c Config) Disagreements(contexts []kube.Context) []string {
	var notices []string
	for _, context := range contexts {
		rails := c.rails(context.Name)
		for i, one := range rails {
			for _, other := range rails[i+1:] {
				notices = append(notices, one.disagrees(other)...)
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(notices)))
}
