package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui"
)

// dress reads the themes and decides which one is worn at the start: the flag's, else the one that was last chosen in the interface, else
// the configuration's, else the one for the terminal's background. An unknown name is a mistake of usage in the flag, and a notice elsewhere.
func (o *options) dress(t *tui.Options, folder string, config config) error {
	set, mistakes := themes.Load(filepath.Join(folder, "themes"))
	for _, mistake := range mistakes {
		t.Kit.Notices = append(t.Kit.Notices, mistake.Error())
	}
	t.Themes = set
	t.ReadThemes = func() themes.Set {
		set, _ := themes.Load(filepath.Join(folder, "themes")) // a mistake in a file leaves that theme out
		return set
	}
	for _, said := range []struct{ where, name string }{
		{"--theme", o.theme}, {"the theme that was chosen last", t.Kit.Memory.Theme}, {"config.yaml: theme", config.Theme},
	} {
		if said.name == "" {
			continue
		}
		_, err := set.Find(said.name)
		switch {
		case err == nil, said.name == themes.Auto:
			t.Theme = said.name
			return nil
		case said.name == o.theme:
			return usageError{fmt.Errorf("--theme: %w", err)}
		}
		t.Kit.Notices = append(t.Kit.Notices, fmt.Sprintf("%s: %v", said.where, err))
	}
	return nil
}

// themeUsage is the help of --theme.
func themeUsage() string {
	set, _ := themes.Load("")
	return "Colours: " + strings.Join(append([]string{themes.Auto}, set.Names()...), ", ") + ", or one of your own (default " + themes.Auto + ")"
}
