package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// config is the user's config.yaml.
type config struct {
	DetachKey string `yaml:"detachKey"` // as --detach-key
	Theme     string `yaml:"theme"`     // as --theme
	Mouse     *bool  `yaml:"mouse"`     // false: clicks and the wheel stay the terminal's own
	Announce  bool   `yaml:"announce"`  // sessions are told in the events of their pods

	Registries registries      `yaml:"registries"` // where images come from
	Sessions   sessionsConfig  `yaml:"sessions"`   // how long they live, and what is kept of them
	Guard      guardConfig     `yaml:"guard"`      // guard rails of all contexts
	Contexts   []contextConfig `yaml:"contexts"`   // what is different in some contexts

	doubt string // why guard rails may be missing, in which case all is read-only; empty: they are all there
}

// noMouse tells whether the mouse is to be left to the terminal.
func (c config) noMouse() bool { return c.Mouse != nil && !*c.Mouse }

// configFolder is $XDG_CONFIG_HOME/dayfly, else ~/.config/dayfly, on every system.
func configFolder() (folder string, notices []string) {
	base := os.Getenv("XDG_CONFIG_HOME")
	if filepath.IsAbs(base) {
		return filepath.Join(base, "dayfly"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return os.DevNull, []string{fmt.Sprintf("no configuration is read: %v", err)}
	}
	return filepath.Join(home, ".config", "dayfly"), nil
}

// readConfig reads the configuration; a file that is not there is an empty one. With a mistake comes what could be read, and where that
// may lack guard rails, all is read-only.
func readConfig(file string) (config, error) {
	var c config
	data, err := os.ReadFile(file)
	if _, there := os.Lstat(file); errors.Is(err, fs.ErrNotExist) && errors.Is(there, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil { // also a link that leads nowhere
		return c, c.closed("config.yaml cannot be read", fmt.Errorf("the configuration is not read: %w", err))
	}
	if err := strictyaml.Decode(file, data, &c); err != nil {
		return c, c.doubted(data, err)
	}
	for _, err := range []error{c.checkRegistries(), checkValues(data), c.checkGuard()} {
		if err != nil {
			return c, c.doubted(data, fmt.Errorf("%s: %w", file, err))
		}
	}
	return c, nil
}
