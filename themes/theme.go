// Package themes holds the colours of the interface as data: a few tokens a theme, one YAML file each. A token is a
// colour as #rrggbb; terminals with 256 colours get the nearest, those with 16 what the theme names for them.
package themes

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// Auto is the name of no theme but of a choice: by the terminal's background.
const Auto = "auto"

// The themes that [Auto] chooses from.
const (
	darkName  = "dusk"
	lightName = "dawn"
)

// Theme is one palette.
type Theme struct {
	Name      string `yaml:"name"`      // in a user's file: the file's name when it is left out
	Base      string `yaml:"base"`      // the theme that supplies missing fields; without it, dusk or dawn; users' files only
	Dark      bool   `yaml:"dark"`      // made for a dark terminal
	Text      Colour `yaml:"text"`      // normal text
	Muted     Colour `yaml:"muted"`     // secondary text
	Accent    Colour `yaml:"accent"`    // keys, titles, matches
	Good      Colour `yaml:"good"`      // running, done
	Warn      Colour `yaml:"warn"`      // not ready yet, or worth a look
	Bad       Colour `yaml:"bad"`       // broken
	Selection Colour `yaml:"selection"` // background of the line under the cursor
	Bar       Colour `yaml:"bar"`       // background of header and footer
	Ground    Colour `yaml:"ground"`    // the terminal's background it was made for; never drawn
	Basic     Basic  `yaml:"basic"`     // accent, good, warn and bad where there are 16 colours, by name: red, bright red
}

// Basic are the inks where there are 16 colours. What these look like is the terminal's affair; so nothing is written on
// them, and selection and bars are the terminal's own colours reversed.
type Basic struct {
	Accent Named `yaml:"accent"`
	Good   Named `yaml:"good"`
	Warn   Named `yaml:"warn"`
	Bad    Named `yaml:"bad"`
}

// Colour is written #rrggbb.
type Colour string

// UnmarshalYAML takes nothing else, and says where and what to write.
func (c *Colour) UnmarshalYAML(node *yaml.Node) error {
	if !regexp.MustCompile(`^#[0-9a-fA-F]{6}$`).MatchString(node.Value) {
		return fmt.Errorf("line %d: %q is not a colour: write it as \"#rrggbb\"", node.Line, node.Value)
	}
	*c = Colour(node.Value)
	return nil
}

// Named is one of the 16 colours: red, bright red.
type Named string

// names of the 16 colours in their order.
func names() []string {
	plain := []string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}
	for _, name := range plain[:8:8] {
		plain = append(plain, "bright "+name)
	}
	return plain
}

// Index is the colour's number, 0 to 15; false: it has no name.
func (n Named) Index() (int, bool) {
	for i, name := range names() {
		if string(n) == name {
			return i, true
		}
	}
	return 0, false
}

// UnmarshalYAML takes the names only.
func (n *Named) UnmarshalYAML(node *yaml.Node) error {
	if _, ok := Named(node.Value).Index(); !ok {
		return fmt.Errorf("line %d: %q is not one of the 16 colours: write red, green, yellow, blue, magenta, cyan, white or black, or bright red and so on",
			node.Line, node.Value)
	}
	*n = Named(node.Value)
	return nil
}
