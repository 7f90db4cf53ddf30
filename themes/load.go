package themes

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

//go:embed *.yaml
var files embed.FS

// Set is all themes that there are to choose from: those for dark terminals first.
type Set []Theme

// Dark is the theme for dark terminals.
func Dark() (Theme, error) { return shipped(darkName) }

func shipped(name string) (Theme, error) {
	file := name + ".yaml"
	data, err := files.ReadFile(file)
	if err != nil {
		return Theme{}, fmt.Errorf("theme: %w", err)
	}
	var t Theme
	return t, strictyaml.Decode("shipped theme "+file, data, &t)
}

// Load reads the shipped themes and those of a user's folder, which need not exist. A user's theme takes the place of a shipped
// one of its name. A file with a mistake becomes one of the errors, and the rest still works.
func Load(folder string) (Set, []error) {
	var set Set
	var errs []error
	entries, err := files.ReadDir(".")
	if err != nil {
		errs = append(errs, fmt.Errorf("themes: %w", err))
	}
	for _, entry := range entries {
		t, err := shipped(strings.TrimSuffix(entry.Name(), ".yaml"))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		set = append(set, t)
	}
	set.arrange()
	own, mistakes := set.read(folder)
	for _, t := range own {
		if i := slices.IndexFunc(set, func(s Theme) bool { return s.Name == t.Name }); i >= 0 {
			set[i] = t
			continue
		}
		set = append(set, t)
	}
	set.arrange()
	return set, append(errs, mistakes...)
}

// arrange puts dark before light, and in each the usual one first, then the rest by name.
func (s Set) arrange() {
	rank := func(t Theme) int {
		switch {
		case t.Name == darkName:
			return 0
		case t.Dark:
			return 1
		case t.Name == lightName:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(s, func(a, b Theme) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
}

// Find is the theme of a name. An unknown one is an error with the names that there are.
func (s Set) Find(name string) (Theme, error) {
	for _, t := range s {
		if t.Name == name {
			return t, nil
		}
	}
	return Theme{}, fmt.Errorf("there is no theme %q: there are %s", name, strings.Join(append([]string{Auto}, s.Names()...), ", "))
}

// Automatic is the theme for a dark or light terminal: the shipped one of that kind, or the user's that has taken its place.
func (s Set) Automatic(dark bool) Theme {
	name := lightName
	if dark {
		name = darkName
	}
	t, err := s.Find(name)
	if err != nil && len(s) > 0 {
		return s[0]
	}
	return t
}

// Names are the names of all themes.
func (s Set) Names() []string {
	list := make([]string, len(s))
	for i, t := range s {
		list[i] = t.Name
	}
	return list
}

// read parses a user's folder.
func (s Set) read(folder string) (list []Theme, errs []error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, []error{fmt.Errorf("themes: %w", err)}
	}
	seen := map[string]string{}
	for _, entry := range entries {
		ext := filepath.Ext(entry.Name())
		if entry.IsDir() || ext != ".yaml" && ext != ".yml" || strings.HasPrefix(entry.Name(), ".") {
			continue // the hidden ones are those of editors and of macOS
		}
		file := filepath.Join(folder, entry.Name())
		t, err := s.parse(file, strings.TrimSuffix(entry.Name(), ext))
		switch {
		case err != nil:
			errs = append(errs, err)
		case seen[t.Name] != "":
			errs = append(errs, fmt.Errorf("%s: name %q is taken by %s: give it another", file, t.Name, seen[t.Name]))
		default:
			seen[t.Name] = file
			list = append(list, t)
		}
	}
	return list, errs
}

// parse reads one file, over the shipped theme that it is based on.
func (s Set) parse(file, name string) (Theme, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Theme{}, fmt.Errorf("%s: %w", file, errors.Unwrap(err))
	}
	said := Theme{Dark: true}
	if err := strictyaml.Decode(file, data, &said); err != nil {
		return Theme{}, err
	}
	if err := nothingSaid(data); err != nil {
		return Theme{}, fmt.Errorf("%s: %w", file, err)
	}
	base := s.Automatic(said.Dark)
	if said.Base != "" {
		if base, err = s.Find(said.Base); err != nil {
			return Theme{}, fmt.Errorf("%s: base: %w", file, err)
		}
	}
	t := base
	t.Name = name
	if err := strictyaml.Decode(file, data, &t); err != nil {
		return Theme{}, err
	}
	switch {
	case t.Name == "" || strings.ContainsFunc(t.Name, func(r rune) bool { return r <= ' ' || r == 0x7f || r > '~' }):
		return Theme{}, fmt.Errorf("%s: name %q: write one word of plain letters, digits and hyphens", file, t.Name)
	case t.Name == Auto:
		return Theme{}, fmt.Errorf("%s: name %q means the choice by the terminal's background: give it another", file, t.Name)
	}
	return t, nil
}

// nothingSaid finds a key without a value. It would count as left out, and is what #rrggbb without quotes makes.
func nothingSaid(data []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil || len(document.Content) == 0 {
		return err
	}
	pairs := document.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if key := pairs[i].Value; pairs[i+1].Tag == "!!null" && key != "basic" { // a section without keys says nothing
			return fmt.Errorf("line %d: %s has no value: put colours in quotes (without them, # starts a comment), or remove the line", pairs[i].Line, key)
		}
	}
	return nil
}
