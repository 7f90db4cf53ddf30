package nixery

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/distribution/reference"
)

const (
	metaShell = "shell"
	metaARM64 = "arm64"
)

// CheckPackage tells whether a name can stand in an image name as a package: a *SyntaxError when not. How long the whole
// may be is a matter of [Image.Check].
func CheckPackage(name string) error {
	if meta(name) {
		return &SyntaxError{Text: name, Problem: name + " is not a package but a Nixery keyword that must come before all packages",
			Hint: "switch " + name + " on instead of adding it"}
	}
	at := stumble(name)
	if at < 0 {
		return nil
	}
	problem, hint := explain(name, at)
	return &SyntaxError{Text: name, At: at, Problem: problem, Hint: hint}
}

func meta(name string) bool { return name == metaShell || name == metaARM64 }

// stumble finds the first byte that no component of an image name can have there, or -1.
// https://github.com/distribution/reference has the grammar: [a-z0-9]+ joined by one dot, one or two underscores, or dashes.
func stumble(name string) int {
	joint := 0 // length of the separator that ends before i
	for i := range len(name) {
		switch {
		case alphanumeric(name[i]):
			joint = 0
		case i == 0 || !separates(name[i-joint:i+1]):
			return i
		default:
			joint++
		}
	}
	if joint > 0 || name == "" {
		return len(name) - joint
	}
	return -1
}

func alphanumeric(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// separates reports whether a run of characters may join two words.
func separates(run string) bool {
	return run == "." || run == "_" || run == "__" || strings.Trim(run, "-") == ""
}

// checkHost wants a domain that a reader of image names takes for one, and does not change: "curl/jq" has none, and
// "index.docker.io" is another's name.
func checkHost(host string) error {
	for i := range len(host) {
		if c := host[i]; !alphanumeric(c) && (c < 'A' || c > 'Z') && !strings.ContainsRune(".-:[]", rune(c)) {
			return &SyntaxError{Text: host, At: i, Problem: naming(host[i:]) + " cannot be in the name of a registry",
				Hint: "write only the host, and a port if it has one, such as " + Host}
		}
	}
	named, err := reference.ParseNormalizedNamed(host + "/x")
	if err != nil || reference.Domain(named) != host {
		return &SyntaxError{Text: host, Problem: "this is not the name of a registry",
			Hint: "write a host with a dot or a port in it, such as " + Host + " or nixery:5000"}
	}
	return nil
}

// checkTag wants what a tag may be, or nothing.
func checkTag(tag string) error {
	const limit = 128
	for i := range len(tag) {
		c := tag[i]
		word := alphanumeric(c) || 'A' <= c && c <= 'Z' || c == '_'
		switch {
		case i == limit:
			return &SyntaxError{Text: tag, At: i, Problem: fmt.Sprintf("a tag has at most %d characters", limit)}
		case !word && (i == 0 || c != '.' && c != '-'):
			return &SyntaxError{Text: tag, At: i, Problem: naming(tag[i:]) + " is not allowed there in a tag",
				Hint: "a tag is a branch or a commit of nixpkgs, and the public instance ignores it"}
		}
	}
	return nil
}

// naming names the first character of a text, which may be no character at all.
func naming(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == utf8.RuneError && size <= 1:
		return "a byte that is not text"
	case r == ' ':
		return "a space"
	}
	return fmt.Sprintf("%q", r)
}

// Host is the public instance.
const Host = "nixery.dev"
