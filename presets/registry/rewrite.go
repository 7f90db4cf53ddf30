package registry

import (
	"fmt"
	"strings"
)

// nixeryDev is the host of the public instance, which presets name.
const nixeryDev = "nixery.dev"

// Rule says that images under From are taken from To instead. Both are a registry's host, with or without the beginning of
// a path: docker.io, docker.io/library, registry.corp/dockerhub.
type Rule struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// Settings are the registries of one kubeconfig context.
type Settings struct {
	Nixery   string // host of the Nixery instance; empty: nixery.dev
	Fallback string // image to offer when another cannot be had
	Mirrors  []Rule
	Silent   bool // no registry is to be asked about an image
}

// Rewrite gives the image to use instead, with its tag and digest, and the rule that says so: the one with the longest
// From. Short names are understood, so that docker.io is the From of busybox. The Nixery host is a rule too, and goes before
// a mirror of nixery.dev. An image that is under the To of a rule stays, so that to rewrite twice is to rewrite once; rules that
// [CheckRule] does not accept do nothing. An image that stays is given back as it was typed, with nil. What a rule makes of an image
// may be no image, since it is too long or a registry and no more: it is given all the same, and refused wherever it is looked at,
// for the image must not come from where the rule says it should not.
func (s Settings) Rewrite(image string) (string, *Rule) {
	reference, err := ParseReference(image)
	if err != nil {
		return image, nil
	}
	name := reference.Name()
	var best, from string
	var chosen *Rule
	for _, rule := range s.rules() {
		f, to := hub(rule.From), hub(rule.To)
		if CheckRule(rule) != nil {
			continue
		}
		if under(name, to) || under(withoutLibrary(name), to) {
			return image, nil
		}
		if under(name, f) && len(f) > len(from) {
			best, from, chosen = to, f, &rule
		}
	}
	if chosen == nil {
		return image, nil
	}
	changed := best + strings.TrimPrefix(name, from)
	if !strings.Contains(changed, "/") {
		changed += "/" // or the registry would be taken for an image of Docker Hub
	}
	return changed + reference.suffix(), chosen
}

// Nixeries are where, besides nixery.dev, images are built when they are asked for: the Nixery host, and where mirrors send what is of
// nixery.dev, with the beginning of a path.
func (s Settings) Nixeries() []string {
	var list []string
	for _, rule := range s.rules() {
		if CheckRule(rule) == nil && under(hub(rule.From), nixeryDev) {
			list = append(list, hub(rule.To))
		}
	}
	return list
}

// withoutLibrary is the name as Docker Hub's own images may be written too: docker.io/busybox.
func withoutLibrary(name string) string {
	if rest, found := strings.CutPrefix(name, "docker.io/library/"); found {
		return "docker.io/" + rest
	}
	return name
}

// rules are the mirrors, behind the one that the Nixery host amounts to.
func (s Settings) rules() []Rule {
	if s.Nixery == "" || s.Nixery == nixeryDev {
		return s.Mirrors
	}
	return append([]Rule{{From: nixeryDev, To: s.Nixery}}, s.Mirrors...)
}

// under reports whether a name is prefix, or something below it.
func under(name, prefix string) bool {
	rest, found := strings.CutPrefix(name, prefix)
	return found && (rest == "" || rest[0] == '/')
}

// hub writes a prefix as names are written in full: without a slash at the end, and with the one name of Docker Hub.
func hub(prefix string) string {
	prefix = strings.TrimSuffix(prefix, "/")
	if rest, found := strings.CutPrefix(prefix, "index.docker.io"); found && (rest == "" || rest[0] == '/') {
		return "docker.io" + rest
	}
	return prefix
}

// CheckRule says what is wrong with a rule, in one sentence, or nil.
func CheckRule(r Rule) error {
	if err := checkPrefix("from", r.From, "docker.io"); err != nil {
		return err
	}
	if err := checkPrefix("to", r.To, "registry.corp/dockerhub"); err != nil {
		return err
	}
	from, to := hub(r.From), hub(r.To)
	switch {
	case from == to:
		return fmt.Errorf("mirror: from and to are both %q: the rule changes nothing, leave it out", brief(r.From))
	case under(from, to):
		return fmt.Errorf("mirror: from %q is a part of to %q: an image there could not be told from one that is already replaced; "+
			"use another host or path in to", brief(r.From), brief(r.To))
	}
	return nil
}

// CheckHost says what is wrong with a Nixery host, in one sentence, or nil.
func CheckHost(host string) error {
	if err := checkPrefix("host", host, nixeryDev); err != nil {
		return err
	}
	if alone, _, found := strings.Cut(host, "/"); found {
		return fmt.Errorf("nixery host %q: a host has no path: write %s", brief(host), brief(alone))
	}
	return nil
}

// checkPrefix holds a prefix against the grammar of image names, with an image behind it.
func checkPrefix(field, prefix, example string) error {
	if prefix == "" {
		return fmt.Errorf("%s is empty: write a registry, such as %s", field, example)
	}
	text := strings.TrimSuffix(prefix, "/")
	host, _, _ := strings.Cut(text, "/")
	reference, err := ParseReference(text + "/x")
	if err != nil {
		wrong := err.(*SyntaxError) //nolint:errorlint // it is never wrapped
		return fmt.Errorf("%s %q: %s (at character %d): %s", field, brief(prefix), wrong.Problem, len([]rune(text[:min(wrong.At, len(text))]))+1, wrong.Hint)
	}
	if reference.Domain() != host && host != "index.docker.io" {
		return fmt.Errorf("%s %q does not begin with a registry: write docker.io/%s, or the host with a dot or a port", field, brief(prefix), brief(text))
	}
	if reference.suffix() != "" {
		return fmt.Errorf("%s %q: a rule has no tag and no digest: they stay as they are", field, brief(prefix))
	}
	return nil
}

// CheckRules says what is wrong with rules, each by itself and together.
func CheckRules(rules []Rule) []error {
	var mistakes []error
	for i, r := range rules {
		if err := CheckRule(r); err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		for j, other := range rules {
			switch {
			case j < i && hub(other.From) == hub(r.From):
				mistakes = append(mistakes, fmt.Errorf("mirror from %q is there twice: to %q applies, remove the other", brief(r.From), brief(other.To)))
			case j != i && CheckRule(other) == nil && under(hub(r.From), hub(other.To)):
				mistakes = append(mistakes, fmt.Errorf("mirror from %q never applies: what is under %q has been replaced already; write the last place into the first rule",
					brief(r.From), brief(other.To)))
			}
		}
	}
	return mistakes
}
