package config

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/themes"
)

var update = flag.Bool("update", false, "rewrite the schemas")

// object is a JSON Schema, or a part of one. Keys are in the order of their names.
type object map[string]any

// schemer makes a schema of the types that read a file.
type schemer struct {
	words map[string]string // what is said of a field: of "Type.Field"
	rules map[string]object // what a type of its own takes, or a field: of its name, or of "Type.Field"
}

// TestSchemas holds the schemas to the types; with -update it makes them.
func TestSchemas(t *testing.T) {
	for kind, text := range madeSchemas(t) {
		file := filepath.Join("schemas", kind+".json")
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if there, err := Schema(kind); err != nil || string(there) != string(text) {
			t.Errorf("%s is not up to date with the types: run make docs (%v)", file, err)
		}
	}
}

func madeSchemas(t *testing.T) map[string][]byte {
	t.Helper()
	s := schemer{words: map[string]string{}, rules: rules()}
	for _, folder := range []string{".", "../../../presets", "../../../themes"} {
		s.read(t, folder)
	}
	made := map[string][]byte{}
	for kind, of := range map[string]struct {
		about string
		value any
	}{
		"config": {"dayfly: config.yaml", Config{}},
		"preset": {"dayfly: a preset, presets/NAME.yaml", presets.Preset{}},
		"theme":  {"dayfly: a theme, themes/NAME.yaml", themes.Theme{}},
	} {
		whole := s.of(reflect.TypeOf(of.value))
		whole["$schema"], whole["title"] = "https://json-schema.org/draft/2020-12/schema", of.about
		text, err := json.MarshalIndent(whole, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		made[kind] = append(text, '\n')
	}
	return made
}

// read takes what the source says of fields.
func (s schemer) read(t *testing.T, folder string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			of, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := of.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					says := strings.TrimSpace(field.Comment.Text() + field.Doc.Text())
					s.words[of.Name.Name+"."+name.Name] = strings.Join(strings.Fields(says), " ")
				}
			}
			return true
		})
	}
}

// of is the schema of a type.
func (s schemer) of(t reflect.Type) object {
	if rule, ok := s.rules[t.Name()]; ok && t.Name() != "" {
		return copyOf(rule)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	case reflect.Struct:
		properties := object{}
		s.add(t, properties)
		whole := object{"type": "object", "additionalProperties": false, "properties": properties}
		if needs := map[string][]string{"Context": {"match"}, "Brings": {"command", "file", "name"}, "Preset": {"name", "image"}, "Mount": {"volume"}, "mirror": {"from", "to"}}[t.Name()]; needs != nil {
			whole["required"] = needs
		}
		return whole
	default:
		return object{"type": "string"}
	}
}

// add adds the fields of a struct.
func (s schemer) add(t reflect.Type, to object) {
	for i := range t.NumField() {
		field := t.Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case !field.IsExported() || key == "-":
			continue
		case strings.Contains(options, "inline"):
			s.add(field.Type, to)
			continue
		}
		of := s.of(field.Type)
		for k, v := range s.rules[t.Name()+"."+field.Name] {
			of[k] = v
		}
		if says := s.words[t.Name()+"."+field.Name]; says != "" {
			of["description"] = says
		}
		to[key] = of
	}
}

func copyOf(o object) object {
	all := object{}
	for k, v := range o {
		all[k] = v
	}
	return all
}

// rules are what the types and fields check by themselves.
func rules() map[string]object {
	text := func(more ...any) object {
		o := object{"type": "string"}
		for i := 0; i < len(more); i += 2 {
			o[more[i].(string)] = more[i+1] //nolint:forcetypeassert // they are written below
		}
		return o
	}
	var profiles, ways, colours []string
	for _, p := range kube.Profiles() {
		profiles = append(profiles, string(p))
	}
	for _, way := range debug.Ways() {
		if way != debug.InPod {
			ways = append(ways, string(way))
		}
	}
	for _, name := range []string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"} {
		colours = append(colours, name, "bright "+name)
	}
	slices.Sort(colours)
	const list = "minItems"
	return map[string]object{
		"nixeryHost": text("minLength", 1), "imageName": text("minLength", 1), "mirrorFrom": text("minLength", 1), "mirrorTo": text("minLength", 1), "realm": text("minLength", 1),
		"glob": text("minLength", 1), "imageGlob": text("minLength", 1), "namespaceGlob": text("minLength", 1),
		"profileName": text("enum", profiles), "wayName": text("enum", ways),
		"namespaceName": text("pattern", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength", 63),
		"ringSize":      {"type": []string{"string", "integer"}, "pattern": "^[0-9]+ *(B|Ki|KiB|Mi|MiB|Gi|GiB)?$"},
		"lifeTime":      text("pattern", "^(stay|leave|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$"),
		"cautious":      {"type": "boolean"}, "allowed": {"type": "boolean"},
		"Config.Guard": {"type": []string{"object", "null"}}, "Config.Sessions": {"type": []string{"object", "null"}}, "Config.Registries": {"type": []string{"object", "null"}},
		"Config.Contexts": {"type": []string{"array", "null"}}, "Context.Registries": {"type": []string{"object", "null"}}, "Context.Sessions": {"type": []string{"object", "null"}},
		"Guard.RefuseProfiles": {list: 1}, "Guard.RefuseWays": {list: 1}, "Guard.Images": {list: 1}, "Guard.HideNamespaces": {list: 1},
		"Colour": text("pattern", "^#[0-9a-fA-F]{6}$"), "Named": text("enum", colours),
		"Preset.Name":       {"pattern": "^[a-z0-9-]+$", "maxLength": 40},
		"Preset.Purpose":    {"maxLength": 60},
		"Preset.Image":      {"minLength": 1},
		"Preset.Profile":    {"enum": append([]string{""}, profiles...)},
		"Preset.Node":       {"enum": []string{"", presets.NodeTools, presets.NodeHost}},
		"Preset.PullPolicy": {"enum": []string{"", "Always", "IfNotPresent", "Never"}},
		"Brings.Size":       {"enum": []string{"", presets.SizeMemory, presets.SizeMapped}},
	}
}
