package kube

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// FuzzClean: what is cleaned is one line of characters that a terminal draws, each on zero, one or two columns, and nothing else; and
// what is harmless stays as it is.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[31m\n\t x", "\xff\u202e☃", " \n ", "\u0085\u2028", "👩\u200d💻", "e\u0301\u200b\ufeff", "\U000e0041\u180e\u2066"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := Sanitize(text)
		apitest.WantClean(t, clean)
		if again := Sanitize(clean); again != clean {
			t.Errorf("%q is cleaned to %q and then to %q", text, clean, again)
		}
		if drawable(text) && clean != text {
			t.Errorf("%q is harmless, and becomes %q", text, clean)
		}
		if utf8.RuneCountInString(clean) > utf8.RuneCountInString(text) {
			t.Errorf("%q grows to %q", text, clean)
		}
		lines := SanitizeLines(text)
		for line := range strings.SplitSeq(lines, "\n") {
			apitest.WantClean(t, line)
		}
		if strings.Count(lines, "\n") != strings.Count(text, "\n") || SanitizeLines(lines) != lines {
			t.Errorf("the lines of %q become %q and then %q", text, lines, SanitizeLines(lines))
		}
	})
}

// drawable tells text of nothing but letters, marks, digits, punctuation, symbols and spaces.
func drawable(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unseen(r) {
			return false
		}
	}
	return true
}
