package presets

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

//go:embed shipped/*.yaml
var shipped embed.FS

// Load reads the shipped presets and those of a user's folder, which need not exist. A file with a mistake becomes one of
// the errors, and the rest still works. The order is that of the file names: the shipped ones first, in the order of how often they are needed.
func Load(folder string) ([]Preset, []error) {
	list, errs, _ := load(folder)
	return list, errs
}

// load is Load, with the files of partial containers that the user's presets name, be they as they should or not.
func load(folder string) (list []Preset, errs []error, partial []string) {
	list, errs, _ = read(shipped, "shipped", func(name string) string { return "shipped preset " + name })
	for i := range list {
		list[i].Origin = Shipped
	}
	own, mistakes, partial := read(os.DirFS(folder), ".", func(name string) string { return filepath.Join(folder, name) })
	errs = append(errs, mistakes...)
	for _, p := range own {
		if i := slices.IndexFunc(list, func(q Preset) bool { return q.Name == p.Name }); i >= 0 {
			list[i] = p
			continue
		}
		list = append(list, p)
	}
	return list, errs, partial
}

// read parses the YAML files of one folder, and tells the partial containers that they name; label names a file for people.
func read(files fs.FS, folder string, label func(string) string) (list []Preset, errs []error, partial []string) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, nil
		}
		return nil, []error{fmt.Errorf("%s: %w", label("."), err)}, nil
	}
	seen := map[string]string{}
	for _, entry := range entries {
		ext := filepath.Ext(entry.Name())
		if entry.IsDir() || ext != ".yaml" && ext != ".yml" || strings.HasPrefix(entry.Name(), ".") {
			continue // the hidden ones are those of editors and of macOS
		}
		file := label(entry.Name())
		data, err := readFile(files, filepath.ToSlash(filepath.Join(folder, entry.Name())))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
			continue
		}
		if strictyaml.Empty(data) {
			continue // all of it is commented out
		}
		p, err := parse(file, data)
		if source := p.customFile(file); source != "" {
			partial = append(partial, source)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other := seen[p.Name]; other != "" {
			errs = append(errs, located(file, data, at(fmt.Errorf("name %q is taken by %s: give it another", p.Name, other), "name")))
			continue
		}
		seen[p.Name], p.Origin = file, file
		list = append(list, p)
	}
	return list, errs, partial
}
