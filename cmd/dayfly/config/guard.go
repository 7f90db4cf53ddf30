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
)

// Guard are guard rails as a person writes them. What is not written forbids nothing.
type Guard struct {
	ReadOnly       *bool           `yaml:"readOnly"`       // nothing is changed, and no session is opened
	Protected      *bool           `yaml:"protected"`      // the pod's name is to be typed before anything is changed
	RefuseProfiles []profileName   `yaml:"refuseProfiles"` // not to be used
	RefuseWays     []wayName       `yaml:"refuseWays"`     // not to be used: copy, idle, join, node
	Images         []imageGlob     `yaml:"images"`         // those that are allowed; none written: all
	AskReason      *bool           `yaml:"askReason"`      // a person has to say why, for the journal
	DigestOnly     *bool           `yaml:"digestOnly"`     // images are named by their digest
	HideNamespaces []namespaceGlob `yaml:"hideNamespaces"` // not shown
}

// rail is one place of the configuration that has guard rails.
type rail struct {
	match glob // empty: of all contexts
	Guard
}

func (r rail) why() string {
	if r.match == "" {
		return "config.yaml: guard"
	}
	return "config.yaml: contexts " + string(r.match)
}

func (g Guard) guard(why string) kube.Guard {
	return kube.Guard{
		ReadOnly: isTrue(g.ReadOnly), Protected: isTrue(g.Protected), AskReason: isTrue(g.AskReason), DigestOnly: isTrue(g.DigestOnly),
		Profiles: convert[kube.Profile](g.RefuseProfiles), Ways: convert[string](g.RefuseWays), Images: convert[string](g.Images), Hidden: convert[string](g.HideNamespaces),
		Why: why,
	}
}

func isTrue(b *bool) bool { return b != nil && *b }

func convert[To, From ~string](list []From) []To {
	var converted []To
	for _, v := range list {
		converted = append(converted, To(v))
	}
	return converted
}

func (r rail) disagrees(other rail) []string {
	var notices []string
	for _, field := range []struct {
		key      string
		one, two *bool
	}{
		{"readOnly", r.ReadOnly, other.ReadOnly},
		{"protected", r.Protected, other.Protected},
		{"askReason", r.AskReason, other.AskReason},
		{"digestOnly", r.DigestOnly, other.DigestOnly},
	} {
		if field.one == nil || field.two == nil || *field.one == *field.two {
			continue
		}
		who := fmt.Sprintf("contexts: %s and %s", r.match, other.match)
		if r.match == "" {
			who = fmt.Sprintf("guard and contexts %s", other.match)
		}
		notices = append(notices, fmt.Sprintf("config.yaml: %s set %s differently: the stricter setting applies", who, field.key))
	}
	return notices
}

// empty tells a list that is written, with nothing in it.
func empty[T any](list []T) bool { return list != nil && len(list) == 0 }

// Each of these is checked where it is read, so that a mistake is told with its line.
type (
	profileName   string
	wayName       string
	imageGlob     string
	namespaceGlob string
)

func (p *profileName) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(p), func(name string) error {
		_, err := kube.ParseProfile(name)
		return err
	})
}

func (w *wayName) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(w), func(name string) error {
		var names []string
		for _, way := range debug.Ways() {
			if way != debug.InPod {
				names = append(names, string(way))
			}
		}
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no way %q to refuse: use one of %s", name, strings.Join(names, ", "))
		}
		return nil
	})
}

func (i *imageGlob) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(i), kube.CheckImageGlob)
}

func (n *namespaceGlob) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(n), func(pattern string) error {
		if pattern == "" {
			return errors.New("a namespace to hide is empty: write its name; * matches any text")
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("namespace %q: '[' without ']'", pattern)
		}
		return nil
	})
}
