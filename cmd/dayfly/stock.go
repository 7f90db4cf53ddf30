package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui"
)

// stock gives the interface the presets and keeps them as their files are; where that cannot be watched, they are read once.
// What is composed is saved beside the user's own. Images are taken from the registries of the configuration, and looked at there.
func stock(ctx context.Context, kit *tui.Kit, folder string, config config) {
	own := filepath.Join(folder, "presets")
	if changes, err := presets.Watch(ctx, own); err == nil {
		now := <-changes // the first comes at once
		kit.Presets, kit.Mistakes, kit.Reloaded = now.Presets, now.Mistakes, changes
	} else {
		kit.Presets, kit.Mistakes = presets.Load(own)
	}
	kit.SavePreset = func(p presets.Preset) (string, error) { return presets.Save(own, p) }
	kit.Registries = config.registriesFor
	kit.Registry = registry.New(registry.Options{Nixery: config.nixeries(), Realms: config.realms()})
}

// nixeries are where, besides the public host, an image is made when it is asked for: hosts, and what mirrors have of them.
func (c config) nixeries() []string {
	var all []string
	for _, r := range append([]contextConfig{{}}, c.Contexts...) {
		both := c.Registries.with(r.Registries)
		for _, prefix := range (registry.Settings{Nixery: string(both.Nixery), Mirrors: both.rules()}).Nixeries() {
			if !slices.Contains(all, prefix) {
				all = append(all, prefix)
			}
		}
	}
	return all
}

// realms are the hosts that may be sent the logins of registries, those of all contexts.
func (c config) realms() []string {
	var all []string
	for _, r := range append([]contextConfig{{Registries: c.Registries}}, c.Contexts...) {
		for _, host := range r.Registries.Realms {
			if host != "" {
				all = append(all, strings.ToLower(string(host)))
			}
		}
	}
	return all
}

// settingsNow are the registries of the context that the flags of a command name, else of the current one. A kubeconfig that cannot be
// read is no reason to end: they are those of no context in particular. Notices are mistakes, for people.
func settingsNow(flags *kube.Flags) (s registry.Settings, notices []string) {
	config, _, notices := ownConfig()
	context := ""
	if kubeconfig, err := flags.Load(); err == nil {
		context = kubeconfig.Current()
	}
	return config.registriesFor(context), notices
}

// addContext declares the flags that say whose registries count.
func addContext(flags *pflag.FlagSet, to *kube.Flags) {
	all := pflag.NewFlagSet("context", pflag.ContinueOnError)
	to.AddTo(all)
	flags.AddFlag(all.Lookup("context"))
	flags.AddFlag(all.Lookup("kubeconfig"))
}
