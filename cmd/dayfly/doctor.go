package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/doctor"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/themes"
)

func newDoctorCommand() *cobra.Command {
	var flags kube.Flags
	return doctor.New(doctor.Program{
		Usage: func(err error) error { return usageError{err} }, JSON: writeJSON, AddTo: flags.AddTo, Env: os.Getenv, Mistakes: mistakesOfAll,
		State: func() (string, error) { state, _, err := folders.State(); return state, err },
		Kubeconfig: func() (*kube.Kubeconfig, error) {
			k, err := flags.Load()
			if err == nil {
				k.Supervise = background.Command
			}
			return k, err
		},
		Ask: func(ctx context.Context) (image string, silent bool, err error) {
			own, _, _ := config.Own()
			settings, _ := settingsNow(&flags)
			shipped, _ := presets.Load("")
			image = shipped[slices.IndexFunc(shipped, func(p presets.Preset) bool { return p.Name == defaultPreset })].Image
			if settings.Silent {
				return image, true, nil
			}
			_, err = registry.New(registry.Options{Nixery: own.Nixeries(), Realms: own.Realms()}).Look(ctx, image, registry.Platform{}, nil)
			return image, false, err
		},
	})
}

// mistakesOfAll are those in the configuration, the presets and the themes.
func mistakesOfAll() (folder string, all []string) {
	_, folder, all = config.Own()
	_, wrong := presets.Load(filepath.Join(folder, "presets"))
	_, odd := themes.Load(filepath.Join(folder, "themes"))
	for _, mistake := range append(wrong, odd...) {
		all = append(all, mistake.Error())
	}
	return folder, all
}
