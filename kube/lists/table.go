package lists

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
)

// tableReader reads server-side tables of pods. It takes a row when it comes and keeps nothing else: a list of many thousand pods
// costs the memory of its rows, and the first of them are there before the last.
type tableReader struct {
	namespace string // of rows that do not bring their own
	columns   columns
	words     words
	version   string                      // the table's resource version
	more      string                      // continues the list, when it has been cut by a limit
	hides     func(namespace string) bool // whose rows are left out; nil: none
	rows      int                         // read so far, of all its pages
	left      int                         // how many rows the server says are behind the cut; 0: none, or it does not say
}

// read reads one table, and gives each row to take. Times are counted back from now. The columns are those of an earlier table when
// this one does not define any, as events of a watch do not.
func (t *tableReader) read(d *jsontext.Decoder, now time.Time, take func(PodRow)) error {
	kind := ""
	err := eachMember(d, func(name string) error {
		switch name {
		case "kind":
			s, err := text(d)
			if kind = s; err == nil && kind != "Table" {
				err = fmt.Errorf("the API server answered with a %q instead of a table", kube.Sanitize(kind))
			}
			return err
		case "metadata":
			return t.readMetadata(d)
		case "columnDefinitions":
			return t.readColumns(d)
		case "rows":
			return eachElement(d, func() error {
				if t.rows++; t.rows > boundRows {
					return tooManyPods()
				}
				row, err := t.readRow(d, now)
				if err == nil && row.Name != "" && (t.hides == nil || !t.hides(row.Namespace)) { // a bookmark's row has none
					take(row)
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

func (t *tableReader) readMetadata(d *jsontext.Decoder) error {
	return eachMember(d, func(name string) (err error) {
		switch name {
		case "resourceVersion":
			t.version, err = text(d)
		case "continue":
			t.more, err = text(d)
		case "remainingItemCount":
			var value jsontext.Value
			value, err = d.ReadValue()
			t.left, _ = strconv.Atoi(string(value)) // 0 when it is no number
		default:
			err = d.SkipValue()
		}
		return err
	})
}

func (t *tableReader) readColumns(d *jsontext.Decoder) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	var names []string
	err := eachElement(d, func() error {
		name := ""
		err := eachMember(d, func(member string) (err error) {
			if member != "name" {
				return d.SkipValue()
			}
			name, err = text(d)
			return err
		})
		names = append(names, name)
		return err
	})
	if len(names) > 0 {
		t.columns = columnsOf(names)
	}
	return err
}

func (t *tableReader) readRow(d *jsontext.Decoder, now time.Time) (PodRow, error) {
	row := PodRow{PodKey: kube.PodKey{Namespace: t.namespace}}
	err := eachMember(d, func(name string) error {
		switch name {
		case "cells":
			at := 0
			return eachElement(d, func() error {
				value, err := d.ReadValue()
				if err == nil {
					t.columns.take(&row, at, value, &t.words, now)
				}
				at++
				return err
			})
		case "object":
			return t.readObject(d, &row)
		}
		return d.SkipValue()
	})
	return row, err
}

// readObject reads the metadata that a row may have been asked for with.
func (t *tableReader) readObject(d *jsontext.Decoder, row *PodRow) error {
	return eachMember(d, func(name string) error {
		if name != "metadata" {
			return d.SkipValue()
		}
		return eachMember(d, func(name string) error {
			switch name {
			case "namespace", "creationTimestamp", "deletionTimestamp":
			default:
				return d.SkipValue()
			}
			value, err := d.ReadValue()
			if err != nil {
				return err
			}
			word := t.words.of(value)
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

// eachMember calls read for each name of an object, to read its value; anything but an object is passed over.
func eachMember(d *jsontext.Decoder, read func(name string) error) error {
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := text(d)
		if err != nil {
			return err
		}
		if err := read(name); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// eachElement calls read for each element of an array, to read it; anything but an array is passed over.
func eachElement(d *jsontext.Decoder, read func() error) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// text reads a string; of anything else it is empty.
func text(d *jsontext.Decoder) (string, error) {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '"' {
		return "", err
	}
	return unquoted(value), nil
}

func unquoted(value jsontext.Value) string {
	s, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return ""
	}
	return string(s)
}

// decoder is one that takes what API servers write, but no value longer than boundValue: names are not checked for being unique, nor text for being UTF-8.
func decoder(r io.Reader) *jsontext.Decoder {
	bounded := &valueReader{from: r}
	bounded.decoder = jsontext.NewDecoder(bounded, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return bounded.decoder
}

// words keeps one copy of each word that comes again and again: of ten thousand pods most have one of a few statuses, nodes and counts.
type words map[string]string

// of is a value of JSON as text: of a string its content, cleaned, of a number its digits.
func (w *words) of(value jsontext.Value) string {
	if word, ok := (*w)[string(value)]; ok { // no copy is made for that
		return word
	}
	word := cellText(value)
	const most, longest = 50_000, 128 // hostile servers could send no word twice, and long ones
	if len(value) > longest {
		return word
	}
	if *w == nil || len(*w) >= most {
		*w = words{}
	}
	(*w)[string(value)] = word
	return word
}

func cellText(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		if s := unquoted(value); s != "<none>" {
			return kube.Sanitize(s)
		}
	case '0':
		whole, _, _ := strings.Cut(string(value), ".")
		return whole
	}
	return ""
}

// boundRows is how many rows of a list are kept.
const boundRows = 200_000

func tooManyPods() *kube.Problem {
	return &kube.Problem{
		Message: fmt.Sprintf("there are more than %d pods, and the others are not read", boundRows),
		Hint:    "list one namespace, or select pods by label",
		Help:    []kube.Help{kube.SwitchNamespace},
		Err:     kube.ErrRefused,
	}
}

// valueReader is what a decoder reads from. It ends where a single value would be longer than is kept of one.
type valueReader struct {
	from    io.Reader
	decoder *jsontext.Decoder
	read    int64
}

func (v *valueReader) Read(p []byte) (int, error) {
	if v.decoder != nil && v.read-v.decoder.InputOffset() > kube.BoundValue {
		return 0, kube.TooLong("a value", kube.BoundValue)
	}
	n, err := v.from.Read(p)
	v.read += int64(n)
	return n, err
}
