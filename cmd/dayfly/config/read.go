package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/memory"
	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// Read reads the configuration; a file that is not there is an empty one. With a mistake, which is an [*Error], comes what could be
// read, and where that may lack guard rails, all is read-only.
func Read(file string) (Config, error) {
	var c Config
	data, err := os.ReadFile(file)
	if _, there := os.Lstat(file); errors.Is(err, fs.ErrNotExist) && errors.Is(there, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil { // also a link that leads nowhere
		return c, c.closed("config.yaml cannot be read", &Error{file, []string{"cannot read it: " + memory.ReasonOf(err).Error()}, ""})
	}
	var mistakes []string
	var decoding *strictyaml.MistakesError
	if errors.As(strictyaml.Decode(file, data, &c), &decoding) {
		mistakes = decoding.List
	} else {
		mistakes = append(c.checkRegistries(), c.checkGuard()...)
	}
	mistakes = append(mistakes, missingValues(data)...)
	if len(mistakes) == 0 {
		return c, nil
	}
	return c, c.invalid(data, &Error{file, mistakes, ""})
}

// Error is what is wrong with the configuration.
type Error struct {
	file     string
	mistakes []string // one line each
	comes    string   // what comes of them; empty: nothing
}

// Error is all in one line.
func (e *Error) Error() string {
	text := e.file + ": " + strings.Join(e.mistakes, "; ")
	if e.comes != "" {
		text += "; " + e.comes
	}
	return text
}

// notices are a line for each mistake, the first with what comes of them.
func (e *Error) notices() []string {
	lines := make([]string, len(e.mistakes))
	for i, mistake := range e.mistakes {
		lines[i] = e.file + ": " + mistake
	}
	if e.comes != "" {
		lines[0] += "; " + e.comes
	}
	return lines
}

// Own is the user's configuration and its folder. Notices are what is wrong with it, a line each.
func Own() (c Config, folder string, notices []string) {
	folder, notices, err := folders.Config()
	if err != nil {
		_ = c.closed(err.Error(), &Error{})
		return c, os.DevNull, append(notices, fmt.Sprintf("%v, so no configuration is read and everything is read-only: set HOME or XDG_CONFIG_HOME to an absolute path", err))
	}
	c, err = Read(filepath.Join(folder, "config.yaml"))
	var wrong *Error
	if errors.As(err, &wrong) {
		notices = append(notices, wrong.notices()...)
	}
	return c, folder, notices
}
