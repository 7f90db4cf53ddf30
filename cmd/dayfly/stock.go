package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui"
)

// stock gives the interface the presets and keeps them as their files are; where that cannot be watched, they are read once.
// What is composed is saved beside the user's own. Images are taken from the registries of the configuration, and looked at there.
func stock(ctx context.Context, kit *tui.Kit, folder string, own config.Config) {
	files := filepath.Join(folder, "presets")
	if changes, err := presets.Watch(ctx, files); err == nil {
		now := <-changes // the first comes at once
		kit.Presets, kit.Mistakes, kit.Reloaded = now.Presets, now.Mistakes, changes
	} else {
		kit.Presets, kit.Mistakes = presets.Load(files)
	}
	kit.SavePreset = func(p presets.Preset) (string, error) { return presets.Save(files, p) }
	kit.Registries = own.RegistriesFor
	kit.Registry = registry.New(registry.Options{Nixery: own.Nixeries(), Realms: own.Realms()})
}

// settingsNow are the registries of the context that the flags of a command name, else of the current one. A kubeconfig that cannot be
// read is no reason to end: they are those of no context in particular. Notices are mistakes, for people.
func settingsNow(flags *kube.Flags) (s registry.Settings, notices []string) {
	own, _, notices := config.Own()
	context := ""
	if kubeconfig, err := flags.Load(); err == nil {
		context = kubeconfig.Current()
	}
	return own.RegistriesFor(context), notices
}

// addContext declares the flags that say whose registries count.
func addContext(flags *pflag.FlagSet, to *kube.Flags) {
	all := pflag.NewFlagSet("context", pflag.ContinueOnError)
	to.AddTo(all)
	flags.AddFlag(all.Lookup("context"))
	flags.AddFlag(all.Lookup("kubeconfig"))
}
