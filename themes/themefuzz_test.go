package themes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzTheme: whatever stands in a user's file, it is either a theme with a name to choose it by and colours that are colours, or a
// mistake that is told in one line.
func FuzzTheme(f *testing.F) {
	for _, seed := range []string{
		"name: mine\nbase: paper\ntext: \"#102030\"\nbasic: {accent: bright red}\n", "dark: false\n", "base: \"\\x1b[31m\"", "name: \"\\x1b]0;x\\a\"", "text: #fff",
		"text: \"#12345g\"", "text: [\"#123456\"]", "basic: {good: \"\\u202e\"}", "name: auto", "name: a b", "&a text: *a", "<<: {text: 1}", "\"\\x9b\": 1", "\xff", "---\n---",
	} {
		f.Add([]byte(seed))
	}
	shipped, errs := Load(f.TempDir())
	if len(errs) > 0 {
		f.Fatal(errs)
	}
	file := filepath.Join(f.TempDir(), "mine.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		theme, err := shipped.parse(file, "mine")
		if err != nil {
			text := err.Error()
			if !strings.HasPrefix(text, file+": ") || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("the mistake is told as %q", text)
			}
			return
		}
		if theme.Name == "" || strings.ContainsFunc(theme.Name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("the name is %q", theme.Name)
		}
		for _, c := range []Colour{theme.Text, theme.Muted, theme.Accent, theme.Good, theme.Warn, theme.Bad, theme.Selection, theme.Bar, theme.Ground} {
			if len(c) != len("#rrggbb") || c[0] != '#' || strings.Trim(string(c[1:]), "0123456789abcdefABCDEF") != "" {
				t.Errorf("%q is not a colour", c)
			}
		}
		for _, n := range []Named{theme.Basic.Accent, theme.Basic.Good, theme.Basic.Warn, theme.Basic.Bad} {
			if _, ok := n.Index(); !ok {
				t.Errorf("%q is no name of a colour", n)
			}
		}
	})
}
