// Package tables reads the tables that an API server makes of its objects (as=Table), row by row: a list of many thousand objects costs the memory of
// its rows, and the first of them are there before the last. [Read] takes the answer to a list, or the object of an event of a [Watch],
// and a [Layout] says what the cells of one resource mean. What it reads JSON with is here for other long answers too.
package tables

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
)

// MediaType asks for a table instead of objects.
const MediaType = "application/json;as=Table;v=v1;g=meta.k8s.io"

// BoundRows is how many rows of a list are kept.
const BoundRows = 200_000

// Layout says what the rows of tables of one resource are made of.
type Layout[R any] interface {
	// Columns takes the names of the columns, in their order. Events of a watch do not repeat them.
	Columns(names []string)
	// Begin makes a row of nothing.
	Begin(row *R)
	// Cell takes the value of a column. It is good until it returns. Times are counted back from now.
	Cell(row *R, at int, value jsontext.Value, words *Words, now time.Time)
	// Object reads what a row brings of its object; none is null.
	Object(row *R, d *jsontext.Decoder, words *Words) error
	// Keep reports whether a row is one of the list. A bookmark's row has no name.
	Keep(row *R) bool
	// TooMany is the error of a list with more than [BoundRows] rows.
	TooMany() error
}

// Table is what is known of a list beside its rows. It is read in one or more pages.
type Table struct {
	Version string // the table's resource version
	More    string // continues the list, when it has been cut by a limit
	Left    int    // how many rows the server says are behind the cut; 0: none, or it does not say
	Rows    int    // read so far, of all its pages
	words   Words
}

// Read reads one table, and gives each row to take.
func Read[R any](t *Table, l Layout[R], d *jsontext.Decoder, now time.Time, take func(R)) error {
	kind := ""
	row := new(R) // one for all: each is copied
	err := EachMember(d, func(name string) error {
		switch name {
		case "kind":
			s, err := Text(d)
			if kind = s; err == nil && kind != "Table" {
				err = fmt.Errorf("the API server answered with a %q instead of a table", kube.Sanitize(kind))
			}
			return err
		case "metadata":
			return t.readMetadata(d)
		case "columnDefinitions":
			return readColumns(d, l.Columns)
		case "rows":
			return EachElement(d, func() error {
				if t.Rows++; t.Rows > BoundRows {
					return l.TooMany()
				}
				l.Begin(row)
				err := readRow(t, l, d, row, now)
				if err == nil && l.Keep(row) {
					take(*row)
				}
				return err
			})
		}
		return d.SkipValue()
	})
	if err == nil && kind == "" {
		err = errors.New("the API server did not answer with a table")
	}
	return err
}

func (t *Table) readMetadata(d *jsontext.Decoder) error {
	return EachMember(d, func(name string) (err error) {
		switch name {
		case "resourceVersion":
			t.Version, err = Text(d)
		case "continue":
			t.More, err = Text(d)
		case "remainingItemCount":
			var value jsontext.Value
			value, err = d.ReadValue()
			t.Left, _ = strconv.Atoi(string(value)) // 0 when it is no number
		default:
			err = d.SkipValue()
		}
		return err
	})
}

func readColumns(d *jsontext.Decoder, columns func(names []string)) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	var names []string
	err := EachElement(d, func() error {
		name := ""
		err := EachMember(d, func(member string) (err error) {
			if member != "name" {
				return d.SkipValue()
			}
			name, err = Text(d)
			return err
		})
		names = append(names, name)
		return err
	})
	if len(names) > 0 {
		columns(names)
	}
	return err
}

func readRow[R any](t *Table, l Layout[R], d *jsontext.Decoder, row *R, now time.Time) error {
	return EachMember(d, func(name string) error {
		switch name {
		case "cells":
			at := 0
			return EachElement(d, func() error {
				value, err := d.ReadValue()
				if err == nil {
					l.Cell(row, at, value, &t.words, now)
				}
				at++
				return err
			})
		case "object":
			return l.Object(row, d, &t.words)
		}
		return d.SkipValue()
	})
}
