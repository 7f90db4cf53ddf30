package lists

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// PodRow is one line of the list of pods, in the words of the API server's own printer.
type PodRow struct {
	kube.PodKey
	Ready    string    // "1/2"
	Status   string    // "Running", "CrashLoopBackOff", "Init:0/1", …
	Gates    string    // readiness gates that are open, "0/1"; empty: the pod has none
	Restarts int       // of all containers
	Created  time.Time // exact to the unit that the server's age has
	Deleted  time.Time // when its grace is over; zero when nobody wants it gone, or the list does not tell
	LastExit time.Time // when the last restart was; zero when there was none
	Node     string
}

// columns are the places of the cells that we know in a table of pods; -1 where the server has no such column.
type columns struct {
	name, ready, status, restarts, age, node, gates int
}

func columnsOf(names []string) columns {
	at := func(name string) int {
		return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	return columns{
		name: at("Name"), ready: at("Ready"), status: at("Status"), restarts: at("Restarts"),
		age: at("Age"), node: at("Node"), gates: at("Readiness Gates"),
	}
}

// take reads one cell. Times are counted back from now.
func (c *columns) take(row *PodRow, at int, value jsontext.Value, words *tables.Words, now time.Time) {
	switch at {
	case c.name:
		row.Name = tables.CellText(value)
	case c.ready:
		row.Ready = words.Of(value)
	case c.status:
		row.Status = words.Of(value)
	case c.restarts:
		row.Restarts, row.LastExit = restarts(words.Of(value), now)
	case c.age:
		row.Created = tables.Before(now, words.Of(value))
	case c.node:
		row.Node = words.Of(value)
	case c.gates:
		row.Gates = words.Of(value)
	}
}

// restarts reads "14" and "14 (2m13s ago)".
func restarts(cell string, now time.Time) (n int, last time.Time) {
	digits, ago, found := strings.Cut(cell, " (")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, time.Time{}
	}
	if found {
		last = tables.Before(now, strings.TrimSuffix(ago, " ago)"))
	}
	return n, last
}
