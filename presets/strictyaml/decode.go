// Package strictyaml reads a user's YAML file so that a mistake in it becomes one clear line: file, line, what to write.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode reads exactly one YAML document into v, a pointer to a struct. An empty document leaves v as it is. A key that
// v does not have is an error that names the nearest one it has.
func Decode(file string, data []byte, v any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	err := decoder.Decode(v)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %s", file, clear(err.Error(), v))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one YAML document (a line ---): put each into a file of its own", file)
	}
	return nil
}

// clear turns the library's report into one line about the first mistake.
func clear(text string, v any) string {
	text = strings.TrimPrefix(text, "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimSpace(first)
	unknown := regexp.MustCompile(`^(line \d+): field (\S+) not found in type \S+$`).FindStringSubmatch(first)
	if unknown == nil {
		return first
	}
	known := keys(reflect.TypeOf(v))
	if near := nearest(unknown[2], known); near != "" {
		return fmt.Sprintf("%s: unknown key %q: did you mean %q?", unknown[1], unknown[2], near)
	}
	return fmt.Sprintf("%s: unknown key %q: known are %s", unknown[1], unknown[2], strings.Join(known, ", "))
}

// keys lists the YAML keys of a struct and of the structs in it.
func keys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var names []string
	for i := range t.NumField() {
		field := t.Field(i)
		if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); name != "" && name != "-" {
			names = append(names, name)
			names = append(names, keys(field.Type)...)
		}
	}
	return names
}

// nearest is the known word that is at most two slips of the finger away; empty when there is none.
func nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := slips(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// slips is the Levenshtein distance.
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
