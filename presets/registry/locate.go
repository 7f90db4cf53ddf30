package registry

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// example is what hints show when nothing nearer can be told.
const example = "write a name like busybox:1.37 or registry.corp/team/tools:2"

// locate finds the first byte where text leaves the grammar, from left to right: scheme, registry, name, tag, digest.
func locate(text string, err error) *SyntaxError {
	e := &SyntaxError{Text: text, Problem: "this is not the name of an image", Hint: example}
	found := e.inGeneral() || e.inDomain() || e.inName() || e.inTag() || e.inDigest()
	if !found {
		e.Problem += " (" + brief(err.Error()) + ")"
	}
	return e
}

// at says what is wrong at a byte; it is true, so that the search ends there.
func (e *SyntaxError) at(at int, problem, hint string) bool {
	e.At, e.Problem, e.Hint = at, problem, hint
	return true
}

// inGeneral looks for what is wrong with the text as a whole.
func (e *SyntaxError) inGeneral() bool {
	scheme, _, found := strings.Cut(e.Text, "://")
	switch {
	case e.Text == "":
		return e.at(0, "there is no name", example)
	case found && isScheme(scheme):
		return e.at(0, "an image name cannot have a scheme", "write it without "+scheme+"://")
	case len(e.Text) == 64 && strings.Trim(e.Text, "0123456789abcdef") == "":
		return e.at(0, "64 hexadecimal digits are the ID of an image, not its name", "write the name, @sha256: and then the digits")
	}
	return false
}

func isScheme(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// nameAt is where the registry ends and the name begins: 0 when the name has no registry.
func (e *SyntaxError) nameAt() int {
	first, _, found := strings.Cut(e.Text, "/")
	if found && (first == "localhost" || strings.ContainsAny(first, ".:") || strings.ToLower(first) != first) {
		return len(first) + 1
	}
	return 0
}

// suffixAt is where the name ends and a tag or a digest begins.
func (e *SyntaxError) suffixAt() int {
	start := e.nameAt()
	if i := strings.IndexAny(e.Text[start:], ":@"); i >= 0 {
		return start + i
	}
	return len(e.Text)
}

// digestAt is where the @ is: len(Text) when there is none.
func (e *SyntaxError) digestAt() int {
	start := e.suffixAt()
	if i := strings.IndexByte(e.Text[start:], '@'); i >= 0 {
		return start + i
	}
	return len(e.Text)
}

func (e *SyntaxError) inDomain() bool {
	end := e.nameAt() - 1
	if end < 0 {
		return false
	}
	host, port := end, -1
	if strings.HasPrefix(e.Text, "[") {
		closing := strings.IndexByte(e.Text[:end], ']')
		switch i := strings.IndexFunc(e.Text[1:end], func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF:", r) }); {
		case i == 0:
			return e.at(1, "there is no address between the brackets", "write it like [fd00::1]:5000/tools")
		case closing < 0 || i >= 0 && 1+i < closing:
			return e.at(1+max(i, 0), "an IPv6 address is hexadecimal digits and colons in brackets", "write it like [fd00::1]:5000/tools")
		case closing+1 < end && e.Text[closing+1] != ':':
			return e.strange(closing+1, "the address of the registry")
		case closing+1 < end:
			port = closing + 1
		}
		host = 0
	} else if i := strings.IndexByte(e.Text[:end], ':'); i >= 0 {
		host, port = i, i
	}
	return e.inHost(host) || port >= 0 && e.inPort(port, end)
}

// inHost looks at the name of the registry's host, which is the text before end.
func (e *SyntaxError) inHost(end int) bool {
	if end == 0 {
		return e.Text[0] != '[' && e.at(0, "the host of the registry is missing", example)
	}
	for i := range end {
		c := e.Text[i]
		edge := i == 0 || i == end-1 || e.Text[i-1] == '.' || e.Text[i+1] == '.'
		switch {
		case isAlphanumeric(c) || c == '-' && !edge:
		case c == '.' && i > 0 && e.Text[i-1] == '.':
			return e.at(i, "two dots follow each other", "write one")
		case c == '.' && i > 0 && i < end-1:
		case c == '.' || c == '-':
			return e.at(i, fmt.Sprintf("a part of the registry's host cannot begin or end with %q", c), "leave it out")
		case c == '_':
			return e.at(i, "the host of a registry cannot contain an underscore", "check the name of the registry")
		default:
			return e.strange(i, "the host of the registry")
		}
	}
	return false
}

func (e *SyntaxError) inPort(colon, end int) bool {
	if colon+1 == end {
		return e.at(end, "the port is missing after the colon", "write it like "+brief(e.Text[:colon])+":5000/…")
	}
	for i := colon + 1; i < end; i++ {
		if c := e.Text[i]; !isDigit(c) {
			return e.at(i, "a port has digits only", "a tag comes last, after the whole name: registry.corp/tools:2")
		}
	}
	return false
}

// inName looks at the parts of the name within the registry.
func (e *SyntaxError) inName() bool {
	start, end := e.nameAt(), e.suffixAt()
	if start == end {
		if end == len(e.Text) {
			return e.at(end, "the image is missing after the registry", "write it after the slash: "+brief(e.Text)+"busybox")
		}
		return e.at(end, "the name is missing before the "+map[byte]string{':': "tag", '@': "digest"}[e.Text[end]], example)
	}
	for i := start; i < end; i++ {
		if e.inNameByte(i, start, end) {
			return true
		}
	}
	added := 0
	if start == 0 && !strings.Contains(e.Text[:end], "/") || e.Text[:start] == "docker.io/" && !strings.Contains(e.Text[start:end], "/") {
		added = len("library/")
	}
	if n := end - start + added; n > maxPath {
		return e.at(start+maxPath-added, fmt.Sprintf("the name has %d characters, %d are allowed", n, maxPath), "leave something out")
	}
	return false
}

func (e *SyntaxError) inNameByte(i, start, end int) bool {
	c, part := e.Text[i], "a part of the name"
	first, last := i == start || e.Text[i-1] == '/', i == end-1 || e.Text[i+1] == '/'
	switch {
	case isDigit(c) || c >= 'a' && c <= 'z':
		return false
	case isAlphanumeric(c):
		return e.at(i, "image names are lower case", "write "+brief(e.Text[:start]+strings.ToLower(e.Text[start:end])+e.Text[end:]))
	case c == '/' && (i == start || e.Text[i-1] == '/'):
		return e.at(i, part+" is missing before the slash", "write one slash between two parts")
	case c == '/' && i == end-1:
		return e.at(end, part+" is missing after the slash", "leave the slash out, or write what follows it")
	case c == '/':
		return false
	case c != '.' && c != '_' && c != '-':
		return e.strange(i, "the name of an image")
	case first:
		return e.at(i, fmt.Sprintf("%s cannot begin with %q", part, c), "begin with a letter or a digit")
	}
	return e.inSeparator(i) || last && e.at(i, fmt.Sprintf("%s cannot end with %q", part, c), "end with a letter or a digit")
}

// inSeparator looks at the dot, underscore or hyphen at i, which is not the first byte of the name: one dot, one or two
// underscores, or any number of hyphens may stand between letters.
func (e *SyntaxError) inSeparator(i int) bool {
	before, c := e.Text[i-1], e.Text[i]
	switch {
	case isAlphanumeric(before), before == '-' && c == '-', before == '_' && c == '_' && i > 1 && isAlphanumeric(e.Text[i-2]):
		return false
	case before == '.' && c == '.':
		return e.at(i, "two dots follow each other", "write one")
	case before == '_' && c == '_':
		return e.at(i, "three underscores follow each other", "write one or two")
	}
	return e.at(i, fmt.Sprintf("%q cannot follow %q", c, before), "write one of them")
}

func (e *SyntaxError) inTag() bool {
	start, end := e.suffixAt()+1, e.digestAt()
	switch {
	case start > end:
		return false
	case start == end:
		return e.at(start, "the tag is empty", "leave the colon out, or write a tag: "+brief(e.Text[:start])+"latest")
	}
	for i := start; i < end; i++ {
		c := e.Text[i]
		switch {
		case isAlphanumeric(c) || c == '_':
		case (c == '.' || c == '-') && i == start:
			return e.at(i, fmt.Sprintf("a tag cannot begin with %q", c), "begin with a letter, a digit or an underscore")
		case c == '.' || c == '-':
		case c == ':':
			return e.at(i, "there is a second tag", "a name has one tag")
		case c == '/':
			return e.at(i, "a tag cannot contain a slash", "the tag comes last, after the whole name")
		default:
			return e.strange(i, "a tag")
		}
	}
	const limit = 128
	return end-start > limit && e.at(start+limit, fmt.Sprintf("the tag has %d characters, %d are allowed", end-start, limit), "use a shorter one")
}

// strange tells of a character that cannot be there at all.
func (e *SyntaxError) strange(i int, where string) bool {
	r, size := utf8.DecodeRuneInString(e.Text[i:])
	switch {
	case r == utf8.RuneError && size <= 1:
		return e.at(i, where+" cannot contain bytes that are not text", "type it again")
	case r == ' ':
		return e.at(i, where+" cannot contain spaces", "remove the space; one name at a time")
	case unicode.IsControl(r), !unicode.IsPrint(r):
		return e.at(i, fmt.Sprintf("%s cannot contain invisible characters (this is %U)", where, r), "type it again")
	case r > unicode.MaxASCII:
		return e.at(i, fmt.Sprintf("%s cannot contain %q", where, r), "only the letters a to z, digits and . _ - / : @ are allowed")
	}
	return e.at(i, fmt.Sprintf("%s cannot contain %q", where, r), "leave it out")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlphanumeric(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
