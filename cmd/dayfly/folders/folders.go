// Package folders knows where the person's own folders are: of configuration and of state, after the XDG Base Directory Specification.
package folders

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Home is the person's own folder. An error is a clause that says why there is none.
func Home() (string, error) {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home, err := os.UserHomeDir()
	switch {
	case err != nil:
		return "", errors.New(name + " is not set")
	case !filepath.IsAbs(home):
		return "", fmt.Errorf("%s is not an absolute path (%q)", name, home)
	}
	return home, nil
}

// xdgFolder is dayfly's folder in the one that a variable names, else in one of the person's own folder, on every system. A variable that is no
// absolute path counts as if it were not set, as the XDG Base Directory Specification wants; notices say so.
func xdgFolder(variable, otherwise string) (folder string, notices []string, err error) {
	base := os.Getenv(variable)
	if filepath.IsAbs(base) {
		return filepath.Join(base, "dayfly"), nil, nil
	}
	if base != "" {
		notices = []string{fmt.Sprintf("%s is ignored: %q is not an absolute path", variable, base)}
	}
	home, err := Home()
	if err != nil {
		return "", notices, err
	}
	return filepath.Join(home, filepath.FromSlash(otherwise), "dayfly"), notices, nil
}

// Config is $XDG_CONFIG_HOME/dayfly, else ~/.config/dayfly.
func Config() (folder string, notices []string, err error) {
	return xdgFolder("XDG_CONFIG_HOME", ".config")
}

// State is $XDG_STATE_HOME/dayfly, else ~/.local/state/dayfly, where journal, recordings and view are. An error says what to do.
func State() (folder string, notices []string, err error) {
	folder, notices, err = xdgFolder("XDG_STATE_HOME", ".local/state")
	if err != nil {
		err = fmt.Errorf("%w, so there is no folder for the journal and recordings: set HOME or XDG_STATE_HOME to an absolute path", err)
	}
	return folder, notices, err
}
