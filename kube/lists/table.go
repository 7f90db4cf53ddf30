package lists

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// tableReader reads server-side tables of pods. It takes a row when it comes and keeps nothing else.
type tableReader struct {
	tables.Table
	podLayout
}

// read reads one table, and gives each row to take. Times are counted back from now. The columns are those of an earlier table when
// this one does not define any, as events of a watch do not.
func (t *tableReader) read(d *jsontext.Decoder, now time.Time, take func(PodRow)) error {
	return tables.Read(&t.Table, &t.podLayout, d, now, take)
}

// podLayout is what rows of pods are made of.
type podLayout struct {
	namespace string // of rows that do not bring their own
	columns   columns
	hides     func(namespace string) bool // whose rows are left out; nil: none
}

// Columns takes the names of the columns.
func (p *podLayout) Columns(names []string) { p.columns = columnsOf(names) }

// Begin makes a row of nothing.
func (p *podLayout) Begin(row *PodRow) { *row = PodRow{PodKey: kube.PodKey{Namespace: p.namespace}} }

// Cell takes the value of a column.
func (p *podLayout) Cell(row *PodRow, at int, value jsontext.Value, words *tables.Words, now time.Time) {
	p.columns.take(row, at, value, words, now)
}

// Keep reports whether a row is one of the list.
func (p *podLayout) Keep(row *PodRow) bool {
	return row.Name != "" && (p.hides == nil || !p.hides(row.Namespace)) // a bookmark's row has none
}

// TooMany is the error of a list that is too long.
func (p *podLayout) TooMany() error { return tooManyPods() }

// Object reads the metadata that a row may have been asked for with.
func (p *podLayout) Object(row *PodRow, d *jsontext.Decoder, words *tables.Words) error {
	return tables.EachMember(d, func(name string) error {
		if name != "metadata" {
			return d.SkipValue()
		}
		return tables.EachMember(d, func(name string) error {
			switch name {
			case "namespace", "creationTimestamp", "deletionTimestamp":
			default:
				return d.SkipValue()
			}
			value, err := d.ReadValue()
			if err != nil {
				return err
			}
			word := words.Of(value)
			switch name {
			case "namespace":
				row.Namespace = word
			case "creationTimestamp":
				row.Created = timestamp(word, row.Created)
			case "deletionTimestamp":
				row.Deleted = timestamp(word, row.Deleted)
			}
			return nil
		})
	})
}

func timestamp(s string, otherwise time.Time) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return otherwise
	}
	return t
}

func tooManyPods() *kube.Problem {
	return &kube.Problem{
		Message: fmt.Sprintf("there are more than %d pods, and the others are not read", tables.BoundRows),
		Hint:    "list one namespace, or select pods by label",
		Help:    []kube.Help{kube.SwitchNamespace},
		Err:     kube.ErrRefused,
	}
}
