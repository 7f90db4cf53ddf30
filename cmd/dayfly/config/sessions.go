package config

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// Sessions are sessions as a person wants them. What is not written is as it is without.
type Sessions struct {
	Ring        ringSize  `yaml:"ring"`        // how much of a session's output is kept
	Life        *lifeTime `yaml:"life"`        // how long what is put into a pod may run
	Private     *cautious `yaml:"private"`     // opened with exec, so that nothing is in the pod's log
	Record      *bool     `yaml:"record"`      // what is printed is written to a file
	RecordInput *bool     `yaml:"recordInput"` // also what is typed, passwords included
	Clipboard   *allowed  `yaml:"clipboard"`   // whether programs may write to the terminal's clipboard

	NodeNamespace namespaceName `yaml:"nodeNamespace"` // that pods on nodes are created in
}

// or is s, and other where s says nothing.
func (s Sessions) or(other Sessions) Sessions {
	if s.Ring == 0 {
		s.Ring = other.Ring
	}
	if s.Life == nil {
		s.Life = other.Life
	}
	if s.Private == nil {
		s.Private = other.Private
	}
	if s.Record == nil {
		s.Record = other.Record
	}
	if s.RecordInput == nil {
		s.RecordInput = other.RecordInput
	}
	if s.Clipboard == nil {
		s.Clipboard = other.Clipboard
	}
	s.NodeNamespace = cmp.Or(s.NodeNamespace, other.NodeNamespace)
	return s
}

// Each of these is checked where it is read, so that a mistake is told with its line, and what counts without it, counts.
type (
	ringSize int
	lifeTime tools.Life
	// cautious is true also where it cannot be read: who has written something wants it so rather than not.
	cautious bool
	// allowed is false also where it cannot be read.
	allowed bool
	// namespaceName is the name of one namespace.
	namespaceName string
)

func (n *namespaceName) UnmarshalYAML(node *yaml.Node) error {
	return checked(node, (*string)(n), func(name string) error {
		if problem := debug.CheckNamespace(name); problem != nil {
			return fmt.Errorf("nodeNamespace: %w", problem)
		}
		return nil
	})
}

// The sizes that a ring may have, in bytes: of less there would be nothing to come back to, and of more there is none in a laptop.
const (
	leastRing = 64 << 10
	mostRing  = 256 << 20
)

func (r *ringSize) UnmarshalYAML(node *yaml.Node) error {
	var text string
	return checked(node, &text, func(text string) error {
		size, err := parseSize(text)
		if err == nil && (size < leastRing || size > mostRing) {
			err = errors.New("use a size from 64KiB to 256MiB")
		}
		if err != nil {
			return fmt.Errorf("ring %q: %w", text, err)
		}
		*r = ringSize(size)
		return nil
	})
}

// parseSize reads a number of bytes, as 4MiB, 4Mi, 512KiB or 100000.
func parseSize(text string) (int64, error) {
	number := strings.TrimRight(text, "BKMGikb")
	units := []string{"", "B", "Ki", "KiB", "Mi", "MiB", "Gi", "GiB"}
	i := slices.Index(units, text[len(number):])
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if i < 0 || err != nil || n < 0 {
		return 0, errors.New("use a size such as 4MiB")
	}
	shift := 10 * (i / 2)
	if n > math.MaxInt64>>shift {
		return math.MaxInt64, nil
	}
	return n << shift, nil
}

func (l *lifeTime) UnmarshalYAML(node *yaml.Node) error {
	var text string
	return checked(node, &text, func(text string) error {
		switch text {
		case "stay":
			return nil
		case "leave":
			l.Leave = true
			return nil
		}
		after, err := time.ParseDuration(text)
		if err != nil || after < time.Second {
			return fmt.Errorf("life %q: use stay, leave, or a duration of at least 1s, such as 2h or 90m", text)
		}
		l.After = after
		return nil
	})
}

func (c *cautious) UnmarshalYAML(node *yaml.Node) error {
	*c = true
	return node.Decode((*bool)(c))
}

func (a *allowed) UnmarshalYAML(node *yaml.Node) error {
	*a = false
	return node.Decode((*bool)(a))
}
