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

	Registries registries      `yaml:"registries"` // where images come from
	Contexts   []contextConfig `yaml:"contexts"`   // what is different in some contexts; the first that matches counts
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

// readConfig reads the configuration; a file that is not there is an empty one. With a mistake comes what could be read.
func readConfig(file string) (config, error) {
	var c config
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("the configuration is not read: %w", err)
	}
	if err := strictyaml.Decode(file, data, &c); err != nil {
		return c, err
	}
	if err := c.checkRegistries(); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}
