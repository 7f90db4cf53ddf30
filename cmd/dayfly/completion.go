package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/complete"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// addCompletion has the commands complete in shells.
func addCompletion(root, help *cobra.Command) {
	root.AddCommand(complete.New(func(err error) error { return usageError{err} }))
	folder := func(of string) string { // read only when it is asked for
		_, at, _ := config.Own() //nolint:dogsled // nothing is said here
		return filepath.Join(at, of)
	}
	guard := func(context string) kube.Guard {
		own, _, _ := config.Own() //nolint:dogsled // likewise
		return (&options{}).guard(own)(context)
	}
	complete.Add(root, complete.Program{Supervise: background.Command, Guard: guard, Names: map[string]func() []complete.Name{
		"preset": func() []complete.Name {
			all, _ := presets.Load(folder("presets"))
			return complete.Each(all, func(p presets.Preset) complete.Name { return complete.Name{Name: p.Name, About: p.Purpose} })
		},
		"theme": func() []complete.Name {
			set, _ := themes.Load(folder("themes"))
			return complete.Each(append([]string{themes.Auto}, set.Names()...), func(name string) complete.Name { return complete.Name{Name: name} })
		},
		"profile": func() []complete.Name {
			return complete.Each(kube.Profiles(), func(p kube.Profile) complete.Name { return complete.Name{Name: string(p)} })
		},
		"play": func() []complete.Name {
			state, _, _ := folders.State() //nolint:dogsled // nothing is said here
			all, _ := recording.List(state)
			return complete.Each(all, func(r recording.Entry) complete.Name { return complete.Name{Name: r.Name, About: r.Title} })
		},
		"help": func() []complete.Name {
			pages := complete.Each(topics(), func(t topic) complete.Name { return complete.Name{Name: t.name, About: t.about} })
			return append(pages, complete.Each(root.Commands(), func(c *cobra.Command) complete.Name { return complete.Name{Name: c.Name(), About: c.Short} })...)
		},
	}}, help)
}
