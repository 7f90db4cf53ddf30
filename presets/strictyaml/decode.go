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
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MistakesError is what is wrong in a file: one line each, which begins with the place where it is known.
type MistakesError struct {
	File string
	List []string
}

// Error is all of them in one line.
func (m *MistakesError) Error() string { return m.File + ": " + strings.Join(m.List, "; ") }

// Decode reads exactly one YAML document into v, a pointer to a struct. An empty document leaves v as it is. A key that
// v does not have is a mistake that names the nearest one it has. An error is a *MistakesError with all that were found; what is not
// wrong has been read.
func Decode(file string, data []byte, v any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	err := decoder.Decode(v)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return &MistakesError{file, mistakes(err, v)}
	}
	for {
		var more yaml.Node
		switch err := decoder.Decode(&more); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil || !isEmpty(&more):
			return &MistakesError{file, []string{"more than one YAML document (separated by ---): use one file for each"}}
		}
	}
}

// Empty reports whether a file says nothing: it has no document, or only comments.
func Empty(data []byte) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil || !isEmpty(&document):
			return false
		}
	}
}

func isEmpty(document *yaml.Node) bool {
	return len(document.Content) == 0 || document.Content[0].ShortTag() == "!!null"
}

// mistakes turns the library's report into one line for each mistake.
func mistakes(err error, v any) []string {
	texts := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	var all *yaml.TypeError
	if errors.As(err, &all) && len(all.Errors) > 0 {
		texts = all.Errors
	}
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = mistake(text, v)
	}
	return lines
}

// mistake says in our words what the library says.
func mistake(text string, v any) string {
	if m := regexp.MustCompile(`(?s)^(line \d+): field (.+) not found in type (\S+)$`).FindStringSubmatch(text); m != nil {
		text = unknownKey(m[1], m[2], keys(reflect.TypeOf(v), m[3]))
	}
	if m := regexp.MustCompile(`(?s)^(line \d+): cannot unmarshal !!(\w+)( ` + "`.*`" + `)? into (\S+)$`).FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s: expected %s, found %s%s", m[1], wanted(m[4]), found(m[2]), m[3])
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case !unicode.IsGraphic(r): // turns the direction of the text, or is not seen
			return utf8.RuneError
		}
		return r
	}, text)
}

func unknownKey(line, key string, known []string) string {
	if near := Nearest(key, known); near != "" {
		return fmt.Sprintf("%s: unknown key %q: did you mean %q?", line, key, near)
	}
	return fmt.Sprintf("%s: unknown key %q: use one of %s", line, key, strings.Join(known, ", "))
}

// found is what a tag of YAML means in words.
func found(tag string) string {
	switch tag {
	case "seq":
		return "a list"
	case "map":
		return "a mapping"
	case "str":
		return "text"
	case "int", "float":
		return "a number"
	}
	if tag == "bool" {
		return "a boolean"
	}
	return "a " + tag
}

// wanted says in words what a Go type is in YAML.
func wanted(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case goType == "string":
		return "text"
	case goType == "bool":
		return "true or false"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"), strings.HasPrefix(goType, "float"):
		return "a number"
	}
	return "a mapping"
}

// Keys are the keys that [Decode] knows at the top of a document that is read into v, a struct or a pointer to one.
func Keys(v any) []string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return keys(t, t.String())
}

// keys lists the YAML keys of the struct type of a name that is t or somewhere in t.
func keys(t reflect.Type, name string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem(), name)
	case reflect.Struct:
	default:
		return nil
	}
	var names []string
	for i := range t.NumField() {
		field := t.Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline" && t.String() == name:
			names = append(names, keys(field.Type, field.Type.String())...)
		case options == "inline" && field.Type.String() == name: // mistakes in it are told of the type around it
		case options == "inline":
			names = append(names, keys(field.Type, name)...)
		case key == "" || key == "-":
		case t.String() == name:
			names = append(names, key)
		default:
			names = append(names, keys(field.Type, name)...)
		}
	}
	return names
}

// Nearest is the known word that is at most two slips of the finger away; empty when there is none.
func Nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if max(len(word)-len(k), len(k)-len(word)) >= distance {
			continue
		}
		if d := slips(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// slips counts the letters that are wrong, missing or too many, and the neighbours that have changed places: the
// distance of Damerau and Levenshtein (optimal string alignment).
func slips(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
