package tools

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// mistake is an error with the place in what has been typed, if it has one.
func mistake(err error) error {
	var image *registry.SyntaxError
	var part *nixery.SyntaxError
	switch {
	case errors.As(err, &image):
		return &kit.MistakeError{Text: image.Text, At: image.At, Problem: image.Problem, Hint: image.Hint}
	case errors.As(err, &part):
		return &kit.MistakeError{Text: part.Text, At: part.At, Problem: part.Problem, Hint: part.Hint}
	}
	return err
}
