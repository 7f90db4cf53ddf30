package config

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// defaultFallback is offered when a composed image cannot be had: small, and often on the node already.
const defaultFallback = "busybox:1.37"

// Registries are where images come from, as a person writes it. What is empty is as it is without.
type Registries struct {
	Nixery   nixeryHost `yaml:"nixery"`   // host of a Nixery instance
	Fallback imageName  `yaml:"fallback"` // image to offer when another cannot be had
	Mirrors  []mirror   `yaml:"mirrors"`  // what is read from another registry instead
	Realms   []realm    `yaml:"realms"`   // hosts that may be sent the logins of registries that name them
	Ask      *bool      `yaml:"ask"`      // false: registries are not asked about images before they are used
}

// mirror is a registry.Rule.
type mirror struct {
	From mirrorFrom `yaml:"from"` // a registry, or a part of one: docker.io, quay.io/team
	To   mirrorTo   `yaml:"to"`   // what stands there instead: registry.corp/hub
}

func (r Registries) rules() []registry.Rule {
	var rules []registry.Rule
	for _, m := range r.Mirrors {
		rules = append(rules, registry.Rule{From: string(m.From), To: string(m.To)})
	}
	return rules
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
