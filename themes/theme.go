// Package themes holds the colours of the interface as data: a few tokens a theme, one YAML file each. A token is a
// colour as #rrggbb; terminals with fewer colours get the nearest they have.
package themes

import (
	"embed"
	"fmt"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// Theme is one palette.
type Theme struct {
	Name      string `yaml:"name"`
	Text      string `yaml:"text"`      // what is read
	Muted     string `yaml:"muted"`     // what is there when looked for
	Accent    string `yaml:"accent"`    // keys, titles, what was matched
	Good      string `yaml:"good"`      // running, done
	Warn      string `yaml:"warn"`      // on its way, worth a look
	Bad       string `yaml:"bad"`       // broken
	Selection string `yaml:"selection"` // background of the line under the cursor
	Bar       string `yaml:"bar"`       // background of header and footer
	Ground    string `yaml:"ground"`    // the terminal's background it was made for; never drawn
}

// Dark is the theme for dark terminals.
func Dark() (Theme, error) { return load("dark.yaml") }

// Light is the theme for light terminals.
func Light() (Theme, error) { return load("light.yaml") }

func load(file string) (Theme, error) {
	data, err := files.ReadFile(file)
	if err != nil {
		return Theme{}, fmt.Errorf("theme: %w", err)
	}
	var t Theme
	if err := yaml.Unmarshal(data, &t); err != nil {
		return Theme{}, fmt.Errorf("theme %s: %w", file, err)
	}
	return t, nil
}
