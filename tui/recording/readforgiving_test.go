package recording

import (
	"strings"
	"testing"
	"time"
)

// What an editor or a copy leaves in a file does not keep it from being played.
func TestForgivingReading(t *testing.T) {
	const events = `[0.1,"o","$ "]` + "\n" + `[0.9,"o","ls"]` + "\n"
	for name, text := range map[string]string{
		"byte order mark":                  "\ufeff" + head2 + events,
		"a blank line before":              "\n" + head2 + events,
		"blank lines before":               "\r\n \t\r\n" + strings.ReplaceAll(head2+events, "\n", "\r\n"),
		"byte order mark and a blank line": "\ufeff\n" + head2 + events,
		"blank lines everywhere":           strings.ReplaceAll(head2+events, "\n", "\n\n  \n"),
		"cut off":                          head2 + events + `[1.0,"o","mor`,
	} {
		var b strings.Builder
		err := Play(t.Context(), strings.NewReader(text), &b, PlayOptions{Speed: 1e6})
		if err != nil || b.String() != "$ ls" {
			t.Errorf("%s: %q, %v", name, b.String(), err)
		}
	}
	for text, want := range map[string]string{
		"":                        "its first line is not a header",
		"\n\n":                    "its first line is not a header",
		"\xff\xfe{\x00":           "UTF-16",
		"\x1f\x8b\x08\x00":        "gzip",
		`{"version": 1, "stdout"`: "asciicast v1",
	} {
		if _, err := newReader(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The length of a recording with relative times is their sum, also of one that was cut off.
func TestSumOfTimes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		head3 + "[0.5, \"o\", \"a\"]\n[2, \"o\", \"b\"]\n":               2500 * time.Millisecond,
		head3 + "[0.5, \"o\", \"a\"]\n# note\n[2, \"o\", \"b\"]\n[9, \"": 2500 * time.Millisecond,
		head3 + "nonsense\n": 0,
		head3:                0,
	} {
		if got := sumOfTimes(strings.NewReader(text)); got != want.Seconds() {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
