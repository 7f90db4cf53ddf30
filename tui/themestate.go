package tui

import (
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// themeState is all themes, and which of them is worn.
type themeState struct {
	set    themes.Set
	chosen string // its name, or [themes.Auto]
	light  bool   // the terminal has said that its background is light
	depth  kit.Depth
	read   func() themes.Set // reads them again; nil: there are no others
}

// theme is the one that is worn: the chosen one, else the one for the terminal's background.
func (w *themeState) theme() themes.Theme { return w.named(w.chosen) }

func (w *themeState) named(name string) themes.Theme {
	if t, err := w.set.Find(name); err == nil {
		return t
	}
	return w.set.Automatic(!w.light)
}
