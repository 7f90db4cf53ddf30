package kube

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sanitize makes text from a cluster safe to draw. Names are checked by the API server, but messages, image names,
// labels, events and reasons can hold anything (CVE-2021-25743): escape sequences are made visible as ␛[31m, other
// control characters, invalid UTF-8, bidirectional controls and zero-width characters become U+FFFD, and line ends and
// tabs become single spaces, so that one value stays on one line. The zero-width joiner stays: emoji need it.
func Sanitize(s string) string {
	if IsPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if r == '\n' || r == '\r' || r == '\t' {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = r == ' '
		b.WriteRune(visible(r))
	}
	return b.String()
}

// SanitizeLines is [Sanitize] for text of several lines: line ends stay.
func SanitizeLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Sanitize(line)
	}
	return strings.Join(lines, "\n")
}

// IsPlain reports whether a text is clean as it is.
func IsPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

func visible(r rune) rune {
	const joiner = '\u200d'
	switch {
	case r == 0x1b:
		return '␛'
	case r == utf8.RuneError, unicode.IsControl(r):
		return utf8.RuneError
	case r == joiner:
		return r
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unseen(r):
		return utf8.RuneError
	}
	return r
}

// unseen tells characters that look like nothing, though Unicode counts them among letters and marks (the fillers of Hangul, the
// grapheme joiner), and those that are none. Two names that differ in them alone would look the same.
func unseen(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0':
		return true
	}
	return unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// Brief cleans a value and cuts a long one, saying so.
func Brief(s string) string {
	if len(s) <= valueMost {
		return Sanitize(s)
	}
	return Sanitize(strings.ToValidUTF8(s[:valueMost], "")) + fmt.Sprintf("… (%d bytes in all)", len(s))
}

// Colon is a message behind a colon; empty when there is none.
func Colon(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// List joins words for a sentence, as many of them as one can hold.
func List(words []string) string {
	const most = 5
	if n := len(words); n > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most-1], ", "), n-most+1)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// valueMost is how much of an annotation or a value is shown beside others.
const valueMost = 300
