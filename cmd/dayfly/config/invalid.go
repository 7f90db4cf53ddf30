package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// A configuration with a mistake is never more permissive for it: where guard rails may be among what could not be read, nothing is
// changed until it is fixed.

// invalid says of mistakes what comes of them, when the file may hold guard rails.
func (c *Config) invalid(data []byte, mistakes *Error) error {
	if !mayGuard(data) {
		return mistakes
	}
	return c.closed("config.yaml has a mistake", mistakes)
}

func (c *Config) closed(why string, mistakes *Error) error {
	c.invalidWhy = why
	mistakes.comes = "everything is read-only until this is fixed, because guard rails may be missing"
	return mistakes
}

// sessionWords are keys of sessions. Without a value they would count as if they were not there.
func sessionWords() []string { return strictyaml.Keys(Sessions{}) }

// guardWords are keys that mean guard rails wherever they are written.
func guardWords() []string {
	return []string{"guard", "readOnly", "protected", "askReason", "refuseProfiles", "images", "digestOnly", "hideNamespaces"}
}

// mayGuard reports whether a file may hold guard rails: as they are to be written, misspelled, in the wrong place, or where it is no YAML.
func mayGuard(data []byte) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		if hasRails(&document) || hasUnknown(&document) {
			return true
		}
	}
}

// hasUnknown finds a key at the top that means nothing, whatever it is: allowedImages was meant as a rule too.
func hasUnknown(document *yaml.Node) bool {
	known := strictyaml.Keys(Config{})
	for _, node := range document.Content {
		for i := 0; node.Kind == yaml.MappingNode && i < len(node.Content); i += 2 {
			if key := node.Content[i]; key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value) {
				return true
			}
		}
	}
	return false
}

// hasRails does not follow aliases: what they stand for is somewhere in the file itself.
func hasRails(node *yaml.Node) bool {
	if node.Kind != yaml.MappingNode {
		return slices.ContainsFunc(node.Content, hasRails)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if strictyaml.Nearest(key.Value, guardWords()) != "" || hasRails(key) || hasRails(value) {
			return true
		}
		if strictyaml.Nearest(key.Value, []string{"contexts"}) != "" && hasMoreThanRegistries(value) {
			return true
		}
	}
	return false
}

// hasMoreThanRegistries finds an entry of contexts with a key that means neither registries nor sessions: it may have been meant as a guard rail.
func hasMoreThanRegistries(node *yaml.Node) bool {
	if node.Kind != yaml.MappingNode {
		return slices.ContainsFunc(node.Content, hasMoreThanRegistries)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i].Value; !slices.Contains([]string{"match", "registries", "sessions"}, key) {
			return true
		}
	}
	return false
}

// missingValues finds guard rails, and settings of sessions, without a value, which YAML reads as if they were not there. A section without
// any, such as guard with all its keys commented out, says nothing and is no mistake.
func missingValues(data []byte) []string {
	var document yaml.Node
	if yaml.Unmarshal(data, &document) != nil {
		return nil // is told already
	}
	return withoutValue(&document)
}

func withoutValue(node *yaml.Node) []string {
	var mistakes []string
	settings := slices.DeleteFunc(slices.Concat(guardWords(), sessionWords()), func(word string) bool { return word == "guard" })
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && child.ShortTag() == "!!null" {
			if key := node.Content[i-1]; slices.Contains(settings, key.Value) {
				mistakes = append(mistakes, fmt.Sprintf("line %d: %s has no value: add one, or remove the line", key.Line, key.Value))
			}
		}
		mistakes = append(mistakes, withoutValue(child)...)
	}
	return mistakes
}
