package config

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// defaultFallback is offered when a composed image cannot be had: small, and often on the node already.
const defaultFallback = "busybox:1.37"

// Registries are where images come from, as a person writes it. What is empty is as it is without.
type Registries struct {
	Nixery   nixeryHost `yaml:"nixery"`   // host of a Nixery instance
	Fallback imageName  `yaml:"fallback"` // image to offer when another cannot be had
	Mirrors  []mirror   `yaml:"mirrors"`
	Realms   []realm    `yaml:"realms"` // hosts that may be sent the logins of registries that name them
	Ask      *bool      `yaml:"ask"`    // false: registries are not asked about images before they are used
}

// Context is what is different for some contexts of the kubeconfig.
type Context struct {
	Match      glob       `yaml:"match"`      // their names: * is any text, ? any one character
	Registries Registries `yaml:"registries"` // the first entry that matches counts
	Sessions   Sessions   `yaml:"sessions"`   // of each key the first entry that matches and has it
	// Guard rails of all entries that match count, the stricter of two.
	Guard Guard `yaml:",inline"`
}

// mirror is a registry.Rule.
type mirror struct {
	From mirrorFrom `yaml:"from"`
	To   mirrorTo   `yaml:"to"`
}

// RegistriesFor are the registries of a context: those of the first entry of contexts that matches its name, and where that
// says nothing those for all.
func (c Config) RegistriesFor(context string) registry.Settings {
	r := Registries{Nixery: nixery.Host, Fallback: defaultFallback}.with(c.Registries)
	for _, some := range c.Contexts {
		if some.Match.matches(context) {
			r = r.with(some.Registries)
			break
		}
	}
	s := registry.Settings{Nixery: string(r.Nixery), Fallback: string(r.Fallback), Silent: r.Ask != nil && !*r.Ask}
	s.Mirrors = r.rules()
	return s
}

func (r Registries) rules() []registry.Rule {
	var rules []registry.Rule
	for _, m := range r.Mirrors {
		rules = append(rules, registry.Rule{From: string(m.From), To: string(m.To)})
	}
	return rules
}

// checkRegistries finds what is wrong between entries; each by itself has been checked where it was read.
func (c Config) checkRegistries() []string {
	var mistakes []string
	for _, mistake := range registry.CheckRules(c.Registries.rules()) {
		mistakes = append(mistakes, fmt.Sprintf("registries: %v", mistake))
	}
	for i, some := range c.Contexts {
		if some.Match == "" {
			mistakes = append(mistakes, fmt.Sprintf("contexts: entry %d has no match: add the name of a context; * matches any text", i+1))
		}
		for _, mistake := range registry.CheckRules(some.Registries.rules()) {
			mistakes = append(mistakes, fmt.Sprintf("contexts: match %q: %v", some.Match, mistake))
		}
	}
	return mistakes
}

// with is r where other says nothing. Mirrors are replaced as a whole: an empty list takes them away.
func (r Registries) with(other Registries) Registries {
	if other.Nixery != "" {
		r.Nixery = other.Nixery
	}
	if other.Fallback != "" {
		r.Fallback = other.Fallback
	}
	if other.Ask != nil {
		r.Ask = other.Ask
	}
	if other.Realms != nil {
		r.Realms = other.Realms
	}
	if other.Mirrors != nil {
		r.Mirrors = other.Mirrors
	}
	return r
}

// Each of these is checked where it is read, so that a mistake is told with its line.
type (
	nixeryHost string
	imageName  string
	mirrorFrom string
	mirrorTo   string
	glob       string
	realm      string
)

func (r *realm) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(r), registry.CheckHost)
}

func (h *nixeryHost) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(h), registry.CheckHost)
}

func (i *imageName) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(i), func(image string) error {
		err := debug.CheckImage(image)
		if err == nil {
			return nil
		}
		return fmt.Errorf("fallback %w: %s", err, kube.Explain(err).Hint)
	})
}

func (m *mirrorFrom) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(m), func(from string) error {
		return registry.CheckRule(registry.Rule{From: from, To: "to.invalid/x"})
	})
}

func (m *mirrorTo) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(m), func(to string) error {
		return registry.CheckRule(registry.Rule{From: "from.invalid", To: to})
	})
}

func (g *glob) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(g), func(pattern string) error {
		if pattern == "" {
			return errors.New("match is empty: write the name of a context; * matches any text")
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("match %q: '[' without ']': write \\[ for the character itself", pattern)
		}
		return nil
	})
}

// matches compares as a shell does, but for slashes, which are nothing special in the name of a context.
func (g glob) matches(context string) bool {
	const slash = "\x00"
	ok, err := path.Match(strings.ReplaceAll(string(g), "/", slash), strings.ReplaceAll(context, "/", slash))
	return ok && err == nil
}

// checked reads a text that has to pass a check, and is empty when it does not. The mistake is in the library's own form: the
// rest of the file is read all the same, and it is told with the name of the file.
func checked(node *yaml.Node, text *string, check func(string) error) error {
	if err := node.Decode(text); err != nil {
		return err
	}
	if err := check(*text); err != nil {
		*text = ""
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %v", node.Line, err)}}
	}
	return nil
}

// Nixeries are where, besides the public host, an image is made when it is asked for: hosts, and what mirrors have of them.
func (c Config) Nixeries() []string {
	var all []string
	for _, r := range append([]Context{{}}, c.Contexts...) {
		both := c.Registries.with(r.Registries)
		for _, prefix := range (registry.Settings{Nixery: string(both.Nixery), Mirrors: both.rules()}).Nixeries() {
			if !slices.Contains(all, prefix) {
				all = append(all, prefix)
			}
		}
	}
	return all
}

// Realms are the hosts that may be sent the logins of registries, those of all contexts.
func (c Config) Realms() []string {
	var all []string
	for _, r := range append([]Context{{Registries: c.Registries}}, c.Contexts...) {
		for _, host := range r.Registries.Realms {
			if host != "" {
				all = append(all, strings.ToLower(string(host)))
			}
		}
	}
	return all
}
