package registry

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/distribution/reference"
)

const digest64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// TestReferenceParts takes names apart.
func TestReferenceParts(t *testing.T) {
	for _, test := range []struct{ text, domain, path, tag, digest string }{
		{"busybox", "docker.io", "library/busybox", "", ""},
		{"busybox:1.37", "docker.io", "library/busybox", "1.37", ""},
		{"index.docker.io/nicolaka/netshoot", "docker.io", "nicolaka/netshoot", "", ""},
		{"localhost:5000/a", "localhost:5000", "a", "", ""},
		{"localhost:5000", "docker.io", "library/localhost", "5000", ""},
		{"[fd00::1]:5000/a/b:2", "[fd00::1]:5000", "a/b", "2", ""},
		{"nixery.dev/shell/git", "nixery.dev", "shell/git", "", ""},
		{"Corp/tools", "Corp", "tools", "", ""},
		{"my_registry.corp/tools", "my_registry.corp", "tools", "", ""},
		{"a.b/c:2@sha256:" + digest64, "a.b", "c", "2", "sha256:" + digest64},
	} {
		r, err := ParseReference(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if r.String() != test.text || r.Domain() != test.domain || r.Path() != test.path || r.Tag() != test.tag || r.Digest() != test.digest {
			t.Errorf("%q: %q %q %q %q %q", test.text, r.String(), r.Domain(), r.Path(), r.Tag(), r.Digest())
		}
	}
	if zero := (Reference{}); zero.Domain() != "" || zero.Path() != "" || zero.Tag() != "" || zero.Digest() != "" {
		t.Errorf("zero reference: %+v", zero)
	}
}

// TestCaret shows where names are wrong: ‸ stands before the byte of the caret.
func TestCaret(t *testing.T) {
	for _, test := range []struct{ marked, problem, hint string }{
		{"‸", "no name", "busybox:1.37"},
		{"‸Busybox", "lower case", "write busybox"},
		{"registry.corp/‸Team/X:V2", "lower case", "write registry.corp/team/x:V2"},
		{"busy‸ box", "cannot contain spaces", "space"},
		{"‸ busybox", "cannot contain spaces", "space"},
		{"busybox‸ ", "cannot contain spaces", "space"},
		{"busybox:1.37‸ ", "a tag cannot contain spaces", "space"},
		{"busybox:‸", "tag is empty", "busybox:latest"},
		{"busybox:‸@sha256:" + digest64, "tag is empty", "latest"},
		{"busybox:1‸:2", "second tag", "one tag"},
		{"busybox:‸-1", "tag cannot begin", "begin with"},
		{"busybox:1‸.37/x", "port has digits only", "comes last"},
		{"busybox:" + strings.Repeat("1", 128) + "‸1", "129 characters, 128 are", "shorter"},
		{"busybox:1‸+2", "cannot contain '+'", "leave it out"},
		{"busybox@‸", "digest is missing", "sha256"},
		{"busybox@‸0123", "does not say its algorithm", "sha256"},
		{"busybox@‸md5:0123", `"md5"`, "sha256"},
		{"busybox@‸SHA256:" + digest64, "lower case", "sha256:0123"},
		{"busybox@sha256:" + digest64[:10] + "‸", "has 64 digits, this one 10", "copy"},
		{"busybox@sha256:" + digest64 + "‸00", "has 64 digits, this one 66", "copy"},
		{"busybox@sha256:01‸x3", "not a hexadecimal digit", "copy"},
		{"busybox@sha256:01‸AB", "lower case", "sha256:01ab"},
		{"busybox@sha256:01‸ ", "a digest cannot contain spaces", ""},
		{"busybox@sha512:" + digest64 + "‸", "has 128 digits, this one 64", "copy"},
		{"busybox@‸sha1:" + digest64[:40], `"sha1"`, "sha256"},
		{"‸@sha256:" + digest64, "name is missing before the digest", ""},
		{"‸:1.37", "name is missing before the tag", ""},
		{"a.‸.b", "two dots", "one"},
		{"a_‸.b", "'.' cannot follow '_'", "one of them"},
		{"a__‸_b", "three underscores", "one or two"},
		{"registry.‸.corp/x", "two dots", "one"},
		{"‸../etc/passwd", "cannot begin or end", "leave it out"},
		{"a/‸../b", "cannot begin with '.'", "letter"},
		{"a/‸.b", "cannot begin with '.'", "letter"},
		{"tools‸-", "cannot end with '-'", "letter"},
		{"tools‸-/x", "cannot end with '-'", "letter"},
		{"‸-tools", "cannot begin with '-'", "letter"},
		{"‸https://registry.corp/x", "cannot have a scheme", "without https://"},
		{"‸docker://busybox", "cannot have a scheme", "without docker://"},
		{"registry.corp:5000/‸", "image is missing", "registry.corp:5000/busybox"},
		{"registry.corp/‸:2", "name is missing before the tag", ""},
		{"registry.corp:‸/x", "port is missing", ":5000"},
		{"registry.corp:50‸a/x", "digits only", ""},
		{"‸:5000/x", "host of the registry is missing", ""},
		{"My‸_registry.corp/x", "cannot contain an underscore", "registry"},
		{"‸-a.corp/x", "cannot begin or end", ""},
		{"user:‸secret@registry.corp/x", "digits only", ""},
		{"[fd00::‸g]/x", "hexadecimal digits and colons", "[fd00::1]"},
		{"[‸fd00::1/x", "hexadecimal digits and colons", "[fd00::1]"},
		{"[‸]:50/x", "no address", "[fd00::1]"},
		{"[::1]‸x/y", "cannot contain 'x'", ""},
		{"[::1]:‸/y", "port is missing", ""},
		{"‸[::1]", "cannot contain '['", ""},
		{"a/‸/b", "missing before the slash", "one slash"},
		{"‸/b", "missing before the slash", "one slash"},
		{"a/b/‸", "missing after the slash", "leave the slash out"},
		{"busybox‸\n", "invisible characters (this is U+000A)", "again"},
		{"busy‸\x1b[31mbox", "U+001B", "again"},
		{"busy‸\u200bbox", "U+200B", "again"},
		{"b‸üsybox", "cannot contain 'ü'", "a to z"},
		{"busy‸\xffbox", "not text", "again"},
		{"git‸+bash", "cannot contain '+'", "leave it out"},
		{"‸$IMAGE", "cannot contain '$'", "leave it out"},
		{"‸" + digest64, "ID of an image", "@sha256:"},
		{"registry.corp/" + strings.Repeat("a", 255) + "‸a", "256 characters, 255 are", "leave"},
		{strings.Repeat("a", 247) + "‸a", "256 characters, 255 are", "leave"},
	} {
		at := strings.Index(test.marked, "‸")
		text := strings.Replace(test.marked, "‸", "", 1)
		_, err := ParseReference(text)
		var wrong *SyntaxError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: error %v", text, err)
			continue
		}
		if wrong.At != at || wrong.Text != text || !strings.Contains(wrong.Problem, test.problem) || !strings.Contains(wrong.Hint, test.hint) {
			t.Errorf("%q: caret %d, want %d: %q; %q", text, wrong.At, at, wrong.Problem, wrong.Hint)
		}
	}
}

// TestSyntaxErrorSentence is one clean line whatever was typed.
func TestSyntaxErrorSentence(t *testing.T) {
	_, err := ParseReference("büsyBox\x1b[2J\n" + strings.Repeat("x", 1<<20))
	if text := err.Error(); strings.ContainsAny(text, "\x1b\n") || len(text) > 1000 || !strings.Contains(text, "(at character 2)") {
		t.Errorf("error of %d bytes: %.200q", len(text), text)
	}
}

// sameAsRuntimes is the property: what runtimes accept is accepted, and every refusal has a place.
func sameAsRuntimes(t *testing.T, text string) {
	t.Helper()
	named, want := reference.ParseNormalizedNamed(text)
	r, err := ParseReference(text)
	if (err == nil) != (want == nil) {
		t.Fatalf("%q: %v, runtimes say %v", text, err, want)
	}
	if err == nil {
		if again := r.Name() + r.suffix(); again != named.String() || r.String() != text {
			t.Fatalf("%q: %q, runtimes say %q", text, again, named)
		}
		return
	}
	var wrong *SyntaxError
	if !errors.As(err, &wrong) {
		t.Fatalf("%q: error is a %T", text, err)
	}
	if wrong.At < 0 || wrong.At > len(text) || wrong.At < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[wrong.At]) {
		t.Fatalf("%q: the caret is at %d", text, wrong.At)
	}
	if wrong.Problem == "" || wrong.Hint == "" || strings.Contains(wrong.Problem, "this is not the name") {
		t.Fatalf("%q: nothing said where: %q (%v)", text, wrong.Problem, want)
	}
}

// TestReferenceProperty makes names of the pieces that names are made of.
func TestReferenceProperty(t *testing.T) {
	pieces := []string{
		"a", "b1", "Z", "/", "/", ":", "@", ".", "..", "_", "__", "-", "localhost", "docker.io", "index.docker.io", "registry.corp", "[", "]", "::1",
		"5000", "sha256:", "sha512:", "sha384", "md5:", digest64, "AB", " ", "é", "\x00", "\xff", "\u202e", "+", "https://", "library/", strings.Repeat("x", 120),
	}
	random := rand.New(rand.NewPCG(5, 7))
	accepted := 0
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(9) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		sameAsRuntimes(t, b.String())
		if _, err := ParseReference(b.String()); err == nil {
			accepted++
		}
	}
	if accepted < 300 {
		t.Errorf("only %d names were right: the property has seen too little", accepted)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{"busybox:1.37", "a.b:1/c@sha256:" + digest64, "[::1]:5000/x", "A..b", "https://x", "é"} {
		f.Add(seed)
	}
	f.Fuzz(sameAsRuntimes)
}
