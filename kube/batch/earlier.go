package batch

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Earlier is what is known of a subject from an earlier run of the same batch. The zero value: nothing.
type Earlier struct {
	Batch     string      // its ID
	Succeeded bool        // the command has ended with 0: it is not run again
	Target    kube.Target // in which it runs, or has ended meanwhile; no container: in none
}

// NewID makes the ID of a batch: five random characters.
func NewID() string { return debug.RandomSuffix() }

// ContainerName makes a name for a debug container of a batch: [Made] knows it again, also where nobody could write down that it was added.
func ContainerName(id string) string { return prefix(id) + debug.RandomSuffix() }

func prefix(id string) string { return "debugger-" + id + "-" }

// Made reports whether a debug container has a name that [ContainerName] makes for a batch.
func Made(id, container string) bool { return id != "" && strings.HasPrefix(container, prefix(id)) }

// take makes an item of what is known from an earlier run, and reports whether that says all.
func (i *Item) take(e Earlier) bool {
	switch {
	case e.Succeeded:
		i.Skip = "has succeeded in batch " + e.Batch + " already"
	case e.Target.Container != "":
		i.Joins, i.Target = true, e.Target
	default:
		return false
	}
	return true
}
