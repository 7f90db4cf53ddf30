package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
)

//go:embed sample.yaml
var sample string

// Sample is a config.yaml with every key that there is.
func Sample() string { return sample }

// schemaFile is where the schema of config.yaml is put, beside it.
const schemaFile = "config.schema.json"

// commented is a file of which nothing counts yet.
func commented(text string) string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=./" + schemaFile + "\n# The settings of dayfly. Nothing counts yet: take the number sign and the blank away from what you want, and from the\n# lines above it that it is indented below.\n\n")
	for line := range strings.Lines(text) {
		if line != "\n" {
			line = "# " + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// Init writes an annotated config.yaml in which nothing counts yet, and its schema beside it for editors. A config.yaml that is there stays as it is, which is an
// error. It returns the files that were written.
func Init(folder string) ([]string, error) {
	schema, err := Schema("config")
	if err != nil {
		return nil, err
	}
	own := filepath.Join(folder, "config.yaml")
	if err := create(own, commented(sample)); err != nil {
		return nil, err
	}
	beside := filepath.Join(folder, schemaFile)
	const private = 0o600
	if err := os.WriteFile(beside, schema, private); err != nil {
		return []string{own}, local(err)
	}
	return []string{own, beside}, nil
}

// create writes a file that is not there yet, readable by its owner only.
func create(file, text string) error {
	const folder, private = 0o700, 0o600
	if err := os.MkdirAll(filepath.Dir(file), folder); err != nil {
		return local(err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private)
	if errors.Is(err, fs.ErrExist) {
		return &kube.Problem{Message: kube.Sanitize(file) + " is there already: nothing was written", Hint: "edit it, or move it away"}
	}
	if err != nil {
		return local(err)
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(file)
		return local(err)
	}
	return nil
}

func local(err error) error {
	return &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "check the folder, and whether you may write there", Err: err}
}

// k9sPlugin starts dayfly from k9s on what is under its cursor (https://k9scli.io/topics/plugins/).
//
//go:embed k9s.yaml
var k9sPlugin string

// InitK9s writes a plugin for k9s, as a file of its own in its folder of plugins.
func InitK9s() (file string, err error) {
	folder, err := k9sFolder()
	if err != nil {
		return "", err
	}
	file = filepath.Join(folder, "plugins", "dayfly.yaml")
	return file, create(file, k9sPlugin)
}

// k9sFolder is where k9s has its configuration.
func k9sFolder() (string, error) {
	if folder := os.Getenv("K9S_CONFIG_DIR"); folder != "" {
		return folder, nil
	}
	if base := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "k9s"), nil
	}
	home, err := folders.Home()
	if err != nil {
		return "", fmt.Errorf("the folder of k9s is not known: %w: set K9S_CONFIG_DIR", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "k9s"), nil
	case "windows":
		if base := os.Getenv("LOCALAPPDATA"); base != "" {
			return filepath.Join(base, "k9s"), nil
		}
	}
	return filepath.Join(home, ".config", "k9s"), nil
}
