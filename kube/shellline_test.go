package kube

import (
	"testing"
)

func TestShellQuote(t *testing.T) {
	for word, want := range map[string]string{
		"":                 `''`,
		"sh":               `sh`,
		"--image=a/b:1@x%": `--image=a/b:1@x%`,
		"a b":              `'a b'`,
		"it's":             `'it'\''s'`,
		`C:\`:              `'C:'\\`,
		"$(id)":            `'$(id)'`,
		"~":                `'~'`,
		"=ls":              `'=ls'`,
		"a\nb":             `"$(printf 'a\nb')"`,
		"it's\t\\":         `"$(printf 'it\047s\t\134')"`,
		"\x1b]0;":          `"$(printf '\033]0;')"`,
		"☃":                `'☃'`,
		"\u200b☃":          `"$(printf '\342\200\213☃')"`,
	} {
		if got := shellQuote(word); got != want {
			t.Errorf("%q is quoted as %s, want %s", word, got, want)
		}
	}
}
