package strictyaml_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

type tool struct {
	Name  string   `yaml:"name"`
	Count int      `yaml:"count"`
	Quick bool     `yaml:"quick"`
	Words []string `yaml:"words"`
	Parts []part   `yaml:"parts"`
	Main  *part    `yaml:"main"`
	Inner string   `yaml:"-"`
}

type part struct {
	Weight int               `yaml:"weight"`
	Labels map[string]string `yaml:"labels"`
}

func TestDecode(t *testing.T) {
	got := tool{Count: 7}
	err := strictyaml.Decode("f.yaml", []byte("name: x\nquick: true\nwords: [a, b]\nparts:\n- weight: 3\n  labels: {any: thing}\n"), &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "x" || !got.Quick || len(got.Words) != 2 || got.Parts[0].Weight != 3 || got.Parts[0].Labels["any"] != "thing" || got.Count != 7 {
		t.Errorf("it is read as %+v", got)
	}
	for _, empty := range []string{"", "\n\n", "# nothing\n", "---\n", "null\n", "~", "---\n---\n# nothing\n", "--- # nothing\n"} {
		got := tool{Name: "as it was"}
		if err := strictyaml.Decode("f.yaml", []byte(empty), &got); err != nil || got.Name != "as it was" {
			t.Errorf("%q is read as %+v, %v", empty, got, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"naem: x":                      `f.yaml: line 1: unknown key "naem": did you mean "name"?`,
		"# a\n\nNAME: x":               `f.yaml: line 3: unknown key "NAME": did you mean "name"?`,
		"weather: x":                   `f.yaml: line 1: unknown key "weather": use one of name, count, quick, words, parts, main`,
		"weight: 1":                    `f.yaml: line 1: unknown key "weight": use one of name, count, quick, words, parts, main`,
		"inner: x":                     `f.yaml: line 1: unknown key "inner": use one of`,
		"my key: x":                    `f.yaml: line 1: unknown key "my key": use one of`,
		"\"a\\nb\": x":                 `f.yaml: line 1: unknown key "a\nb": use one of`,
		"parts:\n- waight: 1":          `f.yaml: line 2: unknown key "waight": did you mean "weight"?`,
		"main: {lables: {}}":           `f.yaml: line 1: unknown key "lables": did you mean "labels"?`,
		"a: 1\nb: 2":                   `f.yaml: line 1: unknown key "a": use one of`,
		"count: many":                  "f.yaml: line 1: expected a number, found text `many`",
		"quick: 2":                     "f.yaml: line 1: expected true or false, found a number `2`",
		"words: {a: b}":                "f.yaml: line 1: expected a list, found a mapping",
		"main: [1]":                    "f.yaml: line 1: expected a mapping, found a list",
		"name: {a: b}":                 "f.yaml: line 1: expected text, found a mapping",
		"just words":                   "f.yaml: line 1: expected a mapping, found text `just words`",
		"name: a\nname: b":             `f.yaml: line 2: mapping key "name" already defined at line 1`,
		"name: a\n---\nname: b":        "f.yaml: more than one YAML document (separated by ---): use one file for each",
		"name: [":                      "f.yaml: line 1: did not find expected node content",
		"name: *nobody":                "f.yaml: unknown anchor 'nobody' referenced",
		"name: a\n---\n[":              "f.yaml: more than one YAML document",
		"quick: \"\\e[31m\\n\"":        "f.yaml: line 1: expected true or false, found text ` [31m `",
		strings.Repeat("[", 20_000):    "f.yaml: ",
		"\x00":                         "f.yaml: control characters are not allowed",
		"a: &a [x]\nb: &b [*a,*a]\n":   `f.yaml: line 1: unknown key "a"`,
		"name: !!binary not-base-64!!": "f.yaml: ",
	} {
		var got tool
		err := strictyaml.Decode("f.yaml", []byte(text), &got)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: the mistake is told as\n%v, want\n%s", text, err, want)
			continue
		}
		oneLine(t, text, err)
	}
}

// All mistakes of a file are told, and what is right is read.
func TestSeveralMistakes(t *testing.T) {
	var got tool
	err := strictyaml.Decode("f.yaml", []byte("naem: x\ncount: many\nquick: true\nparts:\n- waight: 1\n"), &got)
	var mistakes *strictyaml.MistakesError
	if !errors.As(err, &mistakes) || !got.Quick {
		t.Fatalf("%v, %+v", err, got)
	}
	want := []string{`line 1: unknown key "naem": did you mean "name"?`, "line 2: expected a number, found text `many`", `line 5: unknown key "waight": did you mean "weight"?`}
	slices.Sort(mistakes.List)
	if !slices.Equal(mistakes.List, want) || mistakes.File != "f.yaml" {
		t.Errorf("%q, want %q", mistakes.List, want)
	}
	oneLine(t, "", err)
}

// A document without content behind the first is none: editors and generators leave a line of dashes.
func TestEmptyDocumentsBehind(t *testing.T) {
	var got tool
	if err := strictyaml.Decode("f.yaml", []byte("name: x\n---\n# nothing\n---\n"), &got); err != nil || got.Name != "x" {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]bool{"": true, "# x\n": true, "---\n": true, "null": true, "---\n---\n": true, "{}": false, "a: b": false, "[": false, "---\n---\na: b": false} {
		if strictyaml.Empty([]byte(text)) != want {
			t.Errorf("%q is empty: %v", text, !want)
		}
	}
}

func oneLine(t *testing.T, text string, err error) {
	t.Helper()
	if i := strings.IndexFunc(err.Error(), unicode.IsControl); i >= 0 {
		t.Errorf("%.40q: the mistake is told with a control character: %q", text, err)
	}
}

func TestKeys(t *testing.T) {
	for _, v := range []any{tool{}, &tool{}} {
		if got := strings.Join(strictyaml.Keys(v), " "); got != "name count quick words parts main" {
			t.Errorf("the keys of %T are %s", v, got)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"name", "image", "pullPolicy"}
	for word, want := range map[string]string{
		"nam": "name", "Name": "name", "imgae": "image", "iamge": "image", "pullpolicy": "pullPolicy", "pull_policy": "pullPolicy",
		"namespace": "", "": "", "zzz": "",
	} {
		if got := strictyaml.Nearest(word, known); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"name: x\nwords: [a]\n", "naem: x", "- a", "a: &a [*a]", "<<: {name: x}", "name: !!float x", "? [a]\n: b", "\"\\x1b\": 1", "parts: [{weight: 1e999}]",
		"main: ~", "--- |\n x\n...\n--- y", "%YAML 1.1\n---\nname: x", "count: 0x_", "name: 2001-01-01", "labels: {<<: [1]}", "\xff\xfe",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v tool
		err := strictyaml.Decode("f.yaml", data, &v)
		if err == nil {
			return
		}
		oneLine(t, string(data), err)
		if !strings.HasPrefix(err.Error(), "f.yaml: ") || len(err.Error()) == len("f.yaml: ") {
			t.Errorf("%q: the mistake is told as %q", data, err)
		}
	})
}
