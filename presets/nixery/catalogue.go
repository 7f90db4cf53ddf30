package nixery

import (
	_ "embed" // the catalogue is a part of the binary
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

//go:embed catalogue.yaml
var shipped []byte

// Group is a heading of the catalogue.
type Group struct {
	Name     string     `yaml:"name"`
	Packages []*Package `yaml:"packages"`
}

// Package is one package of nixpkgs that is worth offering.
type Package struct {
	Name     string   `yaml:"name"` // as an image name spells it
	Group    string   `yaml:"-"`
	Purpose  string   `yaml:"purpose"`  // one line, without a full stop
	Commands []string `yaml:"commands"` // those that people look for, the best known first
	Profile  string   `yaml:"profile"`  // the security profile that its work needs, as kubectl debug calls it; empty: any
	Comfort  bool     `yaml:"comfort"`  // a part of the comfort pack: what a shell is expected to have and shell has not
}

// Catalogue is what the composer offers. It does not change once it is read, and may be searched from anywhere.
type Catalogue struct {
	Groups []Group

	entries  []entry             // in the order of Groups
	names    map[string]*Package // by name
	resolved map[string]*Package // by command or name, the best for each
}

// Shipped reads the catalogue that is part of the binary, which takes a few milliseconds.
func Shipped() (*Catalogue, error) { return parseCatalogue("catalogue.yaml", shipped) }

// parseCatalogue reads a catalogue; file names it in an error.
func parseCatalogue(file string, data []byte) (*Catalogue, error) {
	var written struct {
		Groups []Group `yaml:"groups"`
	}
	if err := strictyaml.Decode(file, data, &written); err != nil {
		return nil, err
	}
	c := &Catalogue{Groups: written.Groups, names: map[string]*Package{}}
	for i, g := range c.Groups {
		if g.Name == "" || len(g.Packages) == 0 {
			return nil, fmt.Errorf("%s: group %d has no name or no packages: write both", file, i+1)
		}
		if slices.ContainsFunc(c.Groups[:i], func(h Group) bool { return h.Name == g.Name }) {
			return nil, fmt.Errorf("%s: group %q is there twice: put its packages together", file, g.Name)
		}
		for _, p := range g.Packages {
			if err := c.add(g.Name, p); err != nil {
				return nil, fmt.Errorf("%s: group %q: %w", file, g.Name, err)
			}
		}
	}
	c.resolve()
	return c, nil
}

// add takes a package in, if it is the first of its name.
func (c *Catalogue) add(group string, p *Package) error {
	if p == nil || p.Name == "" {
		return fmt.Errorf("a package without a name: write name: and how nixpkgs calls it")
	}
	if err := CheckPackage(p.Name); err != nil {
		return err
	}
	if p.Profile != "" && p.Profile != "netadmin" && p.Profile != "sysadmin" {
		return fmt.Errorf("package %s: profile %q: write netadmin or sysadmin, or leave it out", p.Name, p.Profile)
	}
	if other := c.names[p.Name]; other != nil {
		return fmt.Errorf("package %s is in group %q already: keep one of the two", p.Name, other.Group)
	}
	p.Group = group
	c.names[p.Name] = p
	c.entries = append(c.entries, newEntry(p))
	return nil
}

// resolve decides which package a word means: the one that has both name and command, the first that has the command,
// the one of that name.
func (c *Catalogue) resolve() {
	c.resolved = map[string]*Package{}
	for _, e := range c.entries {
		for _, command := range e.commands {
			if c.resolved[command] == nil || command == e.pkg.Name {
				c.resolved[command] = e.pkg
			}
		}
	}
	for name, p := range c.names {
		if c.resolved[name] == nil {
			c.resolved[name] = p
		}
	}
}

// Find is the package of a name.
func (c *Catalogue) Find(name string) (*Package, bool) {
	p, ok := c.names[name]
	return p, ok
}

// Resolve is the name of the package that a person means by a command or a package, in upper or lower case: psql is
// postgresql. A word that is neither is not ok; it may still be a package that the catalogue does not know.
func (c *Catalogue) Resolve(word string) (pkg string, ok bool) {
	p, ok := c.resolved[strings.ToLower(word)]
	if !ok {
		return "", false
	}
	return p.Name, true
}

// Comfort is the names of the comfort pack, in the order of the catalogue.
func (c *Catalogue) Comfort() []string {
	var names []string
	for _, e := range c.entries {
		if e.pkg.Comfort {
			names = append(names, e.pkg.Name)
		}
	}
	return names
}
