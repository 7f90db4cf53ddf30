package tui

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// mistake is an error with the place in what has been typed, if it has one.
func mistake(err error) error {
	var image *registry.SyntaxError
	var part *nixery.SyntaxError
	switch {
	case errors.As(err, &image):
		return &Mistake{image.Text, image.At, image.Problem, image.Hint}
	case errors.As(err, &part):
		return &Mistake{part.Text, part.At, part.Problem, part.Hint}
	}
	return err
}
