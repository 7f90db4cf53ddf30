package presets_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
)

// Words are the arguments of a preset that takes some, and else run instead of its command.
func TestWith(t *testing.T) {
	plain := presets.Preset{Name: "plain", Command: []string{"-v"}, ArgumentsOnly: true}
	takes := presets.Preset{Name: "reach", Many: true, Command: []string{"sh", "-c", "script", "reach"}, Takes: "SERVICE[:PORT]"}
	two := presets.Preset{Name: "two", Many: true, Command: []string{"two"}, Takes: "HOST PATH"}
	for _, c := range []struct {
		preset      presets.Preset
		words, want string
	}{
		{plain, "", "-v"},
		{plain, "ls -l", "ls|-l"},
		{takes, "db:5432", "sh|-c|script|reach|db:5432"},
		{takes, "", "preset reach takes SERVICE[:PORT]"},
		{takes, "db cart", "preset reach takes SERVICE[:PORT], not db cart"},
		{two, "db", "preset two takes HOST PATH, not db"},
		{two, "db /x", "two|db|/x"},
	} {
		with, err := c.preset.With(strings.Fields(c.words))
		got := strings.Join(with.Command, "|")
		if err != nil {
			got = err.Error()
		}
		if got != c.want || with.ArgumentsOnly != (c.words == "") && c.preset.ArgumentsOnly {
			t.Errorf("%s with %q: %s, want %s", c.preset.Name, c.words, got, c.want)
		}
	}
	if _, err := takes.With([]string{"a"}); err != nil || len(takes.Command) != 4 {
		t.Errorf("%v; the preset itself has %q now", err, takes.Command)
	}
	dump := presets.Preset{Name: "go-heap", Takes: "[PORT]", Brings: &presets.Brings{Command: []string{"sh", "-c", "x", "go-heap"}}}
	for words, want := range map[string]string{"": "sh -c x go-heap", "8080": "sh -c x go-heap 8080", "1 2": "preset go-heap takes [PORT], not 1 2"} {
		with, err := dump.With(strings.Fields(words))
		got := strings.Join(with.Brings.Command, " ")
		if err != nil {
			got = err.Error()
		}
		if got != want || len(dump.Brings.Command) != 4 || len(with.Command) > 0 {
			t.Errorf("with %q: %s, want %s", words, got, want)
		}
	}
	if _, err := (presets.Preset{Name: "core", Brings: &presets.Brings{}}).With([]string{"x"}); err == nil || err.Error() != "preset core takes no arguments, not x" {
		t.Errorf("of arguments for what takes none: %v", err)
	}
	if _, err := takes.With([]string{""}); err == nil {
		t.Error("an empty argument is taken")
	}
}
