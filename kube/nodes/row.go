// Package nodes keeps the list of a cluster's nodes up to date, and reads one node whole. A list begins with the rows of the API server's own table,
// which are there at once ([Watch]); the objects follow behind it, and with them what rows do not tell ([Facts]). How many pods a node has comes
// from the table of pods ([WatchPodCounts]), and what these ask for is read of one node at a time ([Gather]).
package nodes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// Row is one line of the list of nodes, in the words of the API server's own printer.
type Row struct {
	Name    string
	Status  string // "Ready", "NotReady,SchedulingDisabled", …
	Roles   string // "control-plane,etcd"; empty: none
	Version string // of its kubelet
	Address string // internal
	System  string // "Debian GNU/Linux 12 (bookworm)"
	Kernel  string
	Runtime string    // "containerd://1.6.20"
	Created time.Time // exact to the unit that the server's age has
	Facts   *Facts    // nil until the object has been read
}

// layout is what rows of nodes are made of.
type layout struct {
	name, status, roles, age, version, address, system, kernel, runtime int
}

// Columns takes the names of the columns.
func (l *layout) Columns(names []string) {
	at := func(name string) int {
		return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	*l = layout{
		name: at("Name"), status: at("Status"), roles: at("Roles"), age: at("Age"), version: at("Version"), address: at("Internal-IP"),
		system: at("OS-Image"), kernel: at("Kernel-Version"), runtime: at("Container-Runtime"),
	}
}

// Begin makes a row of nothing.
func (l *layout) Begin(row *Row) { *row = Row{} }

// Cell takes the value of a column.
func (l *layout) Cell(row *Row, at int, value jsontext.Value, words *tables.Words, now time.Time) {
	switch at {
	case l.name:
		row.Name = tables.CellText(value)
	case l.status:
		row.Status = words.Of(value)
	case l.roles:
		row.Roles = words.Of(value)
	case l.age:
		row.Created = tables.Before(now, words.Of(value))
	case l.version:
		row.Version = words.Of(value)
	case l.address:
		row.Address = tables.CellText(value)
	case l.system:
		row.System = known(words.Of(value))
	case l.kernel:
		row.Kernel = known(words.Of(value))
	case l.runtime:
		row.Runtime = known(words.Of(value))
	}
}

// known is a cell without the printer's word for nothing.
func known(cell string) string {
	if cell == "<unknown>" {
		return ""
	}
	return cell
}

// Object reads the node, where it has been asked for.
func (l *layout) Object(row *Row, d *jsontext.Decoder, _ *tables.Words) error {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '{' {
		return err
	}
	var node corev1.Node
	if err := json.Unmarshal(value, &node); err != nil {
		return fmt.Errorf("read a node: %w", err)
	}
	if node.Name == "" { // a bookmark's
		return nil
	}
	row.Facts = FactsOf(&node)
	if !node.CreationTimestamp.IsZero() {
		row.Created = node.CreationTimestamp.Time
	}
	return nil
}

// Keep reports whether a row is one of the list.
func (l *layout) Keep(row *Row) bool { return row.Name != "" }

// TooMany is the error of a list that is too long.
func (l *layout) TooMany() error {
	return &kube.Problem{Message: fmt.Sprintf("there are more than %d nodes, and the others are not read", tables.BoundRows), Err: kube.ErrRefused}
}
