package presets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// With is the preset with its command completed by words of a person: they are the arguments of one that takes some ([Preset.Takes]), one for each of its
// words, and none for one in brackets, and otherwise run instead of its command, if there are any. The error tells what it takes.
func (p Preset) With(words []string) (Preset, error) {
	switch {
	case len(words) == 0 && (p.Takes == "" || p.Optional()):
		return p, nil
	case p.Takes == "" && p.Brings == nil:
		p.Command, p.ArgumentsOnly = words, false
		return p, nil
	case len(words) != len(strings.Fields(p.Takes)) || slices.Contains(words, ""):
		return p, &TakesError{Preset: p.Name, Takes: p.Takes, Given: words}
	case p.Brings != nil:
		brings := *p.Brings
		brings.Command = slices.Concat(brings.Command, words)
		p.Brings = &brings
		return p, nil
	}
	p.Command = slices.Concat(p.Command, words)
	return p, nil
}

// TakesError is that a preset was not given the arguments that it takes.
type TakesError struct {
	Preset, Takes string
	Given         []string
}

func (e *TakesError) Error() string {
	words := fmt.Sprintf("preset %s takes %s", e.Preset, e.Takes)
	if e.Takes == "" {
		words = "preset " + e.Preset + " takes no arguments"
	}
	if len(e.Given) == 0 {
		return words
	}
	return words + ", not " + kube.Brief(strings.Join(e.Given, " "))
}
