package kube

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"Back-off pulling image":      "Back-off pulling image",
		"two  spaces":                 "two  spaces",
		"naïve ☃ 日本語":                 "naïve ☃ 日本語",
		"👩\u200d💻 ❤\ufe0f":            "👩\u200d💻 ❤\ufe0f",
		"\x1b[31mred\x1b[0m":          "␛[31mred␛[0m",
		"\x1b]52;c;cm0gLXJm\x07":      "␛]52;c;cm0gLXJm\ufffd",
		"bell\x07 del\x7f nul\x00":    "bell\ufffd del\ufffd nul\ufffd",
		"C1 \u009b31m \u0085":         "C1 \ufffd31m \ufffd",
		"one\ntwo\r\n\tthree":         "one two three",
		"one \n two":                  "one  two",
		"\n":                          " ",
		"left\u202eright\u2066":       "left\ufffdright\ufffd",
		"zero\u200bwidth\ufeff\u00ad": "zero\ufffdwidth\ufffd\ufffd",
		"line\u2028par\u2029":         "line\ufffdpar\ufffd",
		"bad \xff\xfe \xe2\x82":       "bad \ufffd\ufffd \ufffd\ufffd",
		"tag \U000e0041":              "tag \ufffd",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

func TestCleanLines(t *testing.T) {
	if got, want := CleanLines("a\x1b\r\n\tb\rc\n\nd"), "a␛\n b c\n\nd"; got != want {
		t.Errorf("the lines are %q, want %q", got, want)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[31m\n\t x", "\xff\u202e☃", " \n ", "\u0085\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := Clean(text)
		if !utf8.ValidString(clean) {
			t.Errorf("%q is cleaned to invalid UTF-8: %q", text, clean)
		}
		if i := strings.IndexFunc(clean, unicode.IsControl); i >= 0 {
			t.Errorf("%q is cleaned to %q: there is a control character at %d", text, clean, i)
		}
		if again := Clean(clean); again != clean {
			t.Errorf("%q is cleaned to %q and then to %q", text, clean, again)
		}
		if drawable(text) && clean != text {
			t.Errorf("%q is harmless, and becomes %q", text, clean)
		}
		if lines := CleanLines(text); strings.Count(lines, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q has other line ends than %q", lines, text)
		}
	})
}

// drawable tells text of nothing but letters, marks, digits, punctuation, symbols and spaces.
func drawable(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return false
		}
	}
	return true
}
