package kube_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
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
		"filler \u3164\uffa0\u115f":   "filler \ufffd\ufffd\ufffd",
		"joiner \u034f no \ufffe":     "joiner \ufffd no \ufffd",
	} {
		if got := kube.Sanitize(text); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

func TestCleanLines(t *testing.T) {
	if got, want := kube.SanitizeLines("a\x1b\r\n\tb\rc\n\nd"), "a␛\n b c\n\nd"; got != want {
		t.Errorf("the lines are %q, want %q", got, want)
	}
}
