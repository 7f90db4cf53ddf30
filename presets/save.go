package presets

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// savedMark is the first line of the files that are ours to replace.
const savedMark = "# Saved by dayfly; it is replaced when a preset of this name is saved again. Take this line out to keep it as it is.\n"

// Save writes one of the user's presets into a folder, whole or not at all, and returns the file. The folder and the file are
// for the user alone. A file of the same name takes its place only if it was saved before; one that a person has written is
// never touched.
func Save(folder string, p Preset) (file string, err error) {
	if p.Custom != "" && p.custom.Source() != "" {
		p.Custom = p.custom.Source() // it was relative to where the preset came from
	}
	data, err := p.yaml()
	if err != nil {
		return "", fmt.Errorf("save preset %.40q: %w", p.Name, err)
	}
	file = filepath.Join(folder, p.Name+".yaml")
	if err := checkPlace(folder, file, p.Name); err != nil {
		return "", fmt.Errorf("save preset %s: %w", p.Name, err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("save preset %s: %w", p.Name, err)
	}
	if err := replace(file, data); err != nil {
		return "", fmt.Errorf("save preset %s: %w", p.Name, err)
	}
	return file, nil
}

// yaml is the file of a preset that can be read again.
func (p Preset) yaml() ([]byte, error) {
	text := bytes.NewBufferString(savedMark)
	encoder := yaml.NewEncoder(text)
	encoder.SetIndent(2)
	if err := encoder.Encode(p); err != nil {
		return nil, err
	}
	if p.Profile == "" {
		p.Profile = "general" // as when it is read
	}
	return text.Bytes(), p.check()
}

// checkPlace refuses a file that is not ours to replace, and a name that another file of the folder has.
func checkPlace(folder, file, name string) error {
	list, _, _ := read(os.DirFS(folder), ".", func(name string) string { return filepath.Join(folder, name) })
	for _, other := range list {
		if other.Name == name && other.Origin != file {
			return fmt.Errorf("the name is taken by %s: give it another", other.Origin)
		}
	}
	data, err := readFile(disk{}, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !bytes.HasPrefix(data, []byte(savedMark)):
		return fmt.Errorf("%s was not saved by dayfly: give the preset another name", file)
	}
	return nil
}

// replace writes a file beside the one it is to be, and gives it that name when it is whole.
func replace(file string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".preset-*") // 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
