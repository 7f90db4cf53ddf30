package config

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/themes"
)

func compiled(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(kind)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(kind+".json", document); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(kind + ".json")
}

// loads has a file read as dayfly reads it.
func loads(t *testing.T, kind, text string) error {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "own.yaml")
	write(t, file, text)
	switch kind {
	case "preset":
		_, mistakes := presets.Load(folder)
		for _, m := range mistakes {
			return m
		}
		return nil
	case "theme":
		_, mistakes := themes.Load(folder)
		for _, m := range mistakes {
			return m
		}
		return nil
	}
	_, err := Read(file)
	return err
}

func validates(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var document any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s.Validate(document)
}

// What is shipped, and what a person is shown, is right for the schema and for what reads it.
func TestExamplesAreRight(t *testing.T) {
	examples := map[string][]string{"config": {sample, "guard:\nsessions:\n", commented(sample)}}
	for kind, files := range map[string]string{"preset": "../../../presets/shipped/*.yaml", "theme": "../../../themes/*.yaml"} {
		all, err := filepath.Glob(files)
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %v", files, err)
		}
		for _, file := range all {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			examples[kind] = append(examples[kind], string(text))
		}
	}
	for kind, texts := range examples {
		s := compiled(t, kind)
		for _, text := range texts {
			if len(text) > 0 && !strings.HasPrefix(text, "#") {
				if err := validates(t, s, text); err != nil {
					t.Errorf("%s: %v\n%s", kind, err, text)
				}
			}
			if err := loads(t, kind, text); err != nil && kind != "preset" { // some have files beside them
				t.Errorf("%s: %v\n%s", kind, err, text)
			}
		}
	}
}

// Every key that a schema has is one that is read, with the values that it names; what it does not allow, is not read either.
func TestSchemaAndLoaderAgree(t *testing.T) {
	bases := map[string]map[string]any{
		"config": {}, "preset": {"name": "own", "image": "busybox:1.37"}, "theme": {"base": "dusk"},
	}
	for kind, base := range bases {
		s, n := compiled(t, kind), 0
		try := func(path []string, value any, want bool) {
			t.Helper()
			n++
			text := document(t, base, path, value)
			schema, loader := validates(t, s, text), loads(t, kind, text)
			if (schema == nil) != want || (loader == nil) != want {
				t.Errorf("%s: want right: %v; the schema says %v, the loader %v:\n%s", kind, want, schema, loader, text)
			}
		}
		walk(s, nil, func(path []string, of *jsonschema.Schema) {
			switch path[len(path)-1] {
			case "custom", "brings", "takes", "many", "argumentsOnly": // are right only with others
				return
			}
			try(append(slices.Clone(path), "unknownKey"), "x", false)
			for _, value := range wrong(of) {
				try(path, value, false)
			}
			if of.Enum != nil {
				for _, value := range of.Enum.Values {
					if value != "" {
						try(path, value, true)
					}
				}
			}
		})
		if n < 30 {
			t.Errorf("%s: only %d were tried", kind, n)
		}
	}
}

// wrong are values that a schema does not allow.
func wrong(of *jsonschema.Schema) []any {
	types := of.Types.ToStrings()
	var values []any
	if !slices.Contains(types, "boolean") && !slices.Contains(types, "string") {
		values = append(values, "x")
	}
	if slices.Contains(types, "boolean") {
		values = append(values, "maybe", []any{"x"})
	}
	if slices.Contains(types, "string") {
		values = append(values, map[string]any{"x": "y"}, []any{"x"})
	}
	if of.Enum != nil || of.Pattern != nil {
		values = append(values, "%no such value%")
	}
	if of.MinItems != nil {
		values = append(values, []any{})
	}
	return values
}

// walk goes through the keys of a schema.
func walk(s *jsonschema.Schema, path []string, visit func(path []string, of *jsonschema.Schema)) {
	for _, key := range slices.Sorted(maps.Keys(s.Properties)) {
		of, at := s.Properties[key], append(slices.Clone(path), key)
		visit(at, of)
		switch items := of.Items2020; {
		case len(of.Properties) > 0:
			walk(of, at, visit)
		case items != nil && len(items.Properties) > 0:
			walk(items, append(slices.Clone(at), "[]"), visit)
		case items != nil:
			visit(append(slices.Clone(at), "[]"), items)
		}
	}
}

// document is a file in which a key has a value.
func document(t *testing.T, base map[string]any, path []string, value any) string {
	t.Helper()
	top := maps.Clone(base)
	put(top, path, value)
	text, err := yaml.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// put sets a key below others; what stands in a list gets what else it needs.
func put(in map[string]any, path []string, value any) {
	key := path[0]
	switch {
	case len(path) == 1:
		in[key] = value
	case path[1] == "[]" && len(path) == 2:
		in[key] = []any{value}
	case path[1] == "[]":
		one := map[string]any{}
		for with, of := range map[string]map[string]any{
			"contexts": {"match": "a"}, "mirrors": {"from": "docker.io", "to": "registry.corp/hub"}, "mounts": {"volume": "all"}, "env": {"name": "A", "value": "b"},
		} {
			if with == key {
				one = maps.Clone(of)
			}
		}
		put(one, path[2:], value)
		in[key] = []any{one}
	default:
		one := map[string]any{}
		if key == "brings" {
			one = map[string]any{"command": []any{"true"}, "file": "/tmp/{id}", "name": "own"}
		}
		put(one, path[1:], value)
		in[key] = one
	}
}

// What has to be there, has to be there for both.
func TestRequiredKeys(t *testing.T) {
	for _, test := range []struct{ kind, text string }{
		{"config", "contexts: [{protected: true}]"}, {"config", "registries: {mirrors: [{from: docker.io}]}"}, {"preset", "image: a"}, {"preset", "name: a"},
		{"preset", "{name: a, image: b, mounts: [{writable: true}]}"}, {"preset", "{name: a, image: b, brings: {command: [a], file: /a}}"},
	} {
		if schema, loader := validates(t, compiled(t, test.kind), test.text), loads(t, test.kind, test.text); schema == nil || loader == nil {
			t.Errorf("%s: the schema says %v, the loader %v", test.text, schema, loader)
		}
	}
}

func TestSchemaOfNothing(t *testing.T) {
	if _, err := Schema("../config"); err == nil || !strings.Contains(fmt.Sprint(err), "there are config, preset, theme") {
		t.Error(err)
	}
}
