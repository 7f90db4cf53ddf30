//go:build unix

package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// Every field that a command prints for programs is in its help, or in the topic about it.
func TestJSONIsDocumented(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for _, test := range []struct {
		topic string
		args  []string
	}{
		{"version", []string{"version"}},
		{"doctor", []string{"doctor"}},
		{"config", []string{"config"}},
		{"presets", []string{"presets"}},
		{"image", []string{"image", "curl"}},
		{"ls", []string{"ls", "annotated:/etc"}},
		{"scripts", []string{"run", "annotated", "--", "true"}},
		{"leftovers", []string{"leftovers", "-A"}}, // of what that has left
		{"journal", []string{"journal"}},
	} {
		args := append([]string{test.args[0], "-o", "json"}, test.args[1:]...)
		got := b.runs(nil, args...)
		text := got.stdout
		if test.topic == "scripts" {
			_, text, _ = strings.Cut(got.stderr, "{")
			text = "{" + text
		}
		keys := map[string]bool{}
		lines := json.NewDecoder(strings.NewReader(text))
		for lines.More() {
			var value any
			if err := lines.Decode(&value); err != nil {
				t.Errorf("%q: %v: %.300s; %.300s", args, err, got.stdout, got.stderr)
				break
			}
			keysIn(value, keys)
		}
		if len(keys) == 0 {
			t.Errorf("%q prints nothing: %s", args, got.stderr)
		}
		help := b.runs(nil, test.args[0], "--help").stdout + b.runs(nil, "help", test.topic).stdout
		for key := range keys {
			if !regexp.MustCompile(`\b` + regexp.QuoteMeta(key) + `\b`).MatchString(help) {
				t.Errorf("%q prints %q, of which its help says nothing", args, key)
			}
		}
	}
}

// keysIn are the fields of objects, and of those in lists.
func keysIn(value any, keys map[string]bool) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			keysIn(v, keys)
		}
	case map[string]any:
		for key, v := range value {
			keys[key] = true
			if list, ok := v.([]any); ok {
				keysIn(list, keys)
			}
		}
	}
}
