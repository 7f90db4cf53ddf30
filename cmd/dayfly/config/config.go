// Package config reads a person's config.yaml: what it says of each context of a kubeconfig, and what is wrong with it. A mistake never makes anything more
// permissive.
package config

// Config is the user's config.yaml.
type Config struct {
	DetachKey string `yaml:"detachKey"` // as --detach-key
	Theme     string `yaml:"theme"`     // as --theme
	Mouse     *bool  `yaml:"mouse"`     // false: clicks and the wheel stay the terminal's own
	Announce  bool   `yaml:"announce"`  // sessions are told in the events of their pods

	Registries Registries `yaml:"registries"` // where images come from
	Sessions   Sessions   `yaml:"sessions"`   // how long they live, and what is kept of them
	Guard      Guard      `yaml:"guard"`      // guard rails of all contexts
	Contexts   []Context  `yaml:"contexts"`   // what is different in some contexts

	invalidWhy string // why guard rails may be missing, in which case all is read-only; empty: they are all there
}

// Context is what is different for some contexts of the kubeconfig.
type Context struct {
	Match      glob       `yaml:"match"`      // their names: * is any text, ? any one character
	Registries Registries `yaml:"registries"` // the first entry that matches counts
	Sessions   Sessions   `yaml:"sessions"`   // of each key the first entry that matches and has it
	// Guard rails of all entries that match count, the stricter of two.
	Guard Guard `yaml:",inline"`
}

// NoMouse reports whether the mouse is to be left to the terminal.
func (c Config) NoMouse() bool { return c.Mouse != nil && !*c.Mouse }
