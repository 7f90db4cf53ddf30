package presets

import (
	"errors"
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// mistake is what makes no sense in a preset, and where in it: keys and indexes, from the outside in.
type mistake struct {
	error
	path []any
}

// Unwrap is what is wrong.
func (m *mistake) Unwrap() error { return m.error }

func at(err error, path ...any) error { return &mistake{err, path} }

// located tells a mistake with its file, and with the line if it is anywhere. Names of files in it may be anything: it is cleaned.
func located(file string, data []byte, err error) error {
	place := file
	var m *mistake
	if errors.As(err, &m) {
		if line := strictyaml.Line(data, m.path...); line > 0 {
			place = fmt.Sprintf("%s: line %d", file, line)
		}
	}
	return fmt.Errorf("%s: %s", place, kube.Sanitize(err.Error()))
}
