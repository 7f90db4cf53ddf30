package nixery

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// explain says what is wrong at byte at of a package's name, and what to write instead where that can be guessed.
func explain(name string, at int) (problem, hint string) {
	if name == "" {
		return "the name of a package is missing", "write one of nixpkgs, such as curl"
	}
	r, _ := utf8.DecodeRuneInString(name[at:])
	before, after := name[:at], name[at+1:]
	switch {
	case 'A' <= r && r <= 'Z':
		return "the letter " + naming(name[at:]) + " is upper case", "package names are lower case" + instead(strings.ToLower(name))
	case r == '.', r == '_', r == '-':
		return explainSeparator(name, at)
	case r == '/':
		return "a / separates packages", "add one package at a time" + instead(before)
	case strings.HasPrefix(name[at:], "://"):
		return "this is a URL, not a package", "write the name of a package of nixpkgs, such as curl"
	case r == ':':
		return "a tag cannot follow a single package", "a tag goes after the whole image name, and the public instance ignores it" + instead(before)
	case r == '@', r == '=', r == '<', r == '>', r == '~', r == '^':
		return naming(name[at:]) + " does not choose a version here", "Nixery takes the version that its nixpkgs has" + instead(before)
	case r == '#':
		return "a flake cannot be named", "write only the package after the #" + instead(after)
	case r == '+':
		return "a + cannot be in an image name", plus(name)
	case unicode.IsSpace(r):
		return naming(name[at:]) + " cannot be in the name of a package", "add one package at a time" + instead(strings.TrimSpace(name), before)
	case unicode.IsLetter(r), unicode.IsMark(r):
		return naming(name[at:]) + " is not one of the letters a to z", "package names have only a to z, digits, and . _ - between them"
	}
	return naming(name[at:]) + " cannot be in the name of a package", "package names have only a to z, digits, and . _ - between them"
}

// explainSeparator says why a dot, dash or underscore cannot be there.
func explainSeparator(name string, at int) (problem, hint string) {
	bare := strings.Trim(name, "._-")
	switch c := name[at : at+1]; {
	case at == 0 && c == "_":
		return "a name cannot begin with _", "Nixery itself puts a _ before a name that begins with a digit" + instead(bare)
	case at == 0:
		return "a name cannot begin with " + c, "begin with a letter or a digit" + instead(bare)
	case strings.Trim(name[at:], "._-") == "":
		return "a name cannot end with " + c, "end with a letter or a digit" + instead(bare)
	case c == "." && name[at-1] == '.':
		return "two dots cannot follow each other", "one dot stands between a set and its package" + instead(strings.ReplaceAll(name, "..", "."))
	case c == "_" && name[at-1] == '_':
		return "three underscores cannot follow each other", "one or two of them stand between words"
	}
	return "a " + name[at:at+1] + " cannot follow a " + name[at-1:at], "one kind of . _ - stands between words"
}

// instead is the first of some guesses that could be asked for, as the end of a hint; empty when none could.
func instead(guesses ...string) string {
	for _, g := range guesses {
		if len(g) <= 40 && !meta(g) && stumble(g) < 0 {
			return ": " + g
		}
	}
	return ""
}

// plus knows the compilers, which are what people mean.
func plus(name string) string {
	switch name {
	case "c++", "g++":
		return "g++ is in the package gcc"
	case "clang++":
		return "clang++ is in the package clang"
	}
	return "no registry can be asked for this package; look for another that has the command"
}
