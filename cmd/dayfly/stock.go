package main

import (
	"context"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
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
	kit.Registry = registry.New(registry.Options{Nixery: config.nixeryHosts()})
}

// nixeryHosts are the hosts other than the public one that make an image when they are asked for it.
func (c config) nixeryHosts() []string {
	var hosts []string
	for _, r := range append([]contextConfig{{Registries: c.Registries}}, c.Contexts...) {
		if host := string(r.Registries.Nixery); host != "" && host != nixery.Host {
			hosts = append(hosts, host)
		}
	}
	return hosts
}
