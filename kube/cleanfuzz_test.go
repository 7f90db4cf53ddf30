package kube

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// FuzzClean: what is cleaned is one line of characters that a terminal draws, each on zero, one or two columns, and nothing else; and
// what is harmless stays as it is.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[31m\n\t x", "\xff\u202e☃", " \n ", "\u0085\u2028", "👩\u200d💻", "e\u0301\u200b\ufeff", "\U000e0041\u180e\u2066"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := Clean(text)
		wantClean(t, clean)
		if again := Clean(clean); again != clean {
			t.Errorf("%q is cleaned to %q and then to %q", text, clean, again)
		}
		if drawable(text) && clean != text {
			t.Errorf("%q is harmless, and becomes %q", text, clean)
		}
		if utf8.RuneCountInString(clean) > utf8.RuneCountInString(text) {
			t.Errorf("%q grows to %q", text, clean)
		}
		lines := CleanLines(text)
		for line := range strings.SplitSeq(lines, "\n") {
			wantClean(t, line)
		}
		if strings.Count(lines, "\n") != strings.Count(text, "\n") || CleanLines(lines) != lines {
			t.Errorf("the lines of %q become %q and then %q", text, lines, CleanLines(lines))
		}
	})
}

// wantClean wants text that can be drawn as it is. It looks for what is dangerous by itself, in the words of Unicode.
func wantClean(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is invalid UTF-8", text)
	}
	for _, r := range text {
		switch {
		case unicode.IsControl(r): // C0, DEL, C1
			t.Errorf("%q has the control character %U", text, r)
		case unicode.Is(unicode.Bidi_Control, r):
			t.Errorf("%q has %U, which turns the direction of what is behind it", text, r)
		case strings.ContainsRune("\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u2060\u2061\u2062\u2063\u2064\u2028\u2029\u3164\ufeff\uffa0", r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			t.Errorf("%q has %U, which is not seen", text, r)
		}
		if width := ansi.StringWidth(string(r)); width < 0 || width > 2 {
			t.Errorf("%q: %U has %d columns", text, r, width)
		}
	}
	if ansi.Strip(text) != text {
		t.Errorf("%q has a sequence: without it %q", text, ansi.Strip(text))
	}
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
