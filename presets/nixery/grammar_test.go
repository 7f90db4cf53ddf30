package nixery_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/distribution/reference"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

func TestGoodPackages(t *testing.T) {
	for _, name := range []string{"curl", "python3packages.requests", "linuxpackages.perf", "yq-go", "libcap_ng", "a__b", "a---b", "7zz", "0", "shells", "arm64x"} {
		if err := nixery.CheckPackage(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadPackages(t *testing.T) {
	for _, c := range []struct {
		name          string
		at            int
		problem, hint string // parts; $ is the end
	}{
		{"", 0, "missing", "such as curl"},
		{"Curl", 0, "'C' is upper case", "lower case: curl$"},
		{"apacheKafka", 6, "'K' is upper case", "lower case: apachekafka$"},
		{"python3Packages.requests", 7, "upper case", ": python3packages.requests$"},
		{"CURL:8", 0, "upper case", "package names are lower case"},
		{"curl:8", 4, "a tag cannot follow a single package", "a tag goes after the whole image name, and the public instance ignores it: curl$"},
		{"nodejs@20", 6, "'@' does not choose a version", "the version that its nixpkgs has: nodejs$"},
		{"curl=8.5", 4, "'=' does not choose a version", ": curl$"},
		{"curl@sha256:abc", 4, "'@'", ": curl$"},
		{"c++", 1, "a + cannot be", "in the package gcc"},
		{"clang++", 5, "a + cannot be", "in the package clang"},
		{"libsigc++", 7, "a + cannot be", "no registry can be asked"},
		{"curl jq", 4, "a space cannot be", "one package at a time: curl$"},
		{" curl", 0, "a space cannot be", "one package at a time: curl$"},
		{"curl\n", 4, `'\n' cannot be`, ": curl$"},
		{"curl\tjq", 4, `'\t' cannot be`, ": curl$"},
		{"curl/jq", 4, "a / separates packages", "one package at a time: curl$"},
		{"https://nixos.org", 5, "a URL, not a package", "such as curl"},
		{"nixpkgs#curl", 7, "flake", "after the #: curl$"},
		{"../../etc/passwd", 0, "cannot begin with .", "begin with a letter"},
		{"a..b", 2, "two dots", ": a.b$"},
		{"a___b", 3, "three underscores", "one or two"},
		{"a._b", 2, "a _ cannot follow a .", "one kind"},
		{"a-.b", 2, "a . cannot follow a -", "one kind"},
		{"curl.", 4, "cannot end with .", ": curl$"},
		{"curl--", 4, "cannot end with -", ": curl$"},
		{"-rf", 0, "cannot begin with -", ": rf$"},
		{"--", 0, "cannot begin with -", ""},
		{"_7zz", 0, "cannot begin with _", "before a name that begins with a digit: 7zz$"},
		{"$(id)", 0, "'$' cannot be", "only a to z"},
		{"сurl", 0, "'с' is not one of the letters a to z", "only a to z"}, // a Cyrillic one
		{"curlé", 4, "'é' is not one of the letters", "only a to z"},
		{"cu\xffrl", 2, "a byte that is not text", "only a to z"},
		{"cu\x1b[31mrl", 2, `'\x1b' cannot be`, "only a to z"},
		{"cu\u202erl", 2, `'\u202e' cannot be`, "only a to z"},
		{"\x00", 0, `'\x00' cannot be`, "only a to z"},
		{"shell", 0, "must come before all packages", "switch shell on"},
		{"arm64", 0, "must come before all packages", "switch arm64 on"},
	} {
		var wrong *nixery.SyntaxError
		if err := nixery.CheckPackage(c.name); !errors.As(err, &wrong) {
			t.Errorf("%q passes: %v", c.name, err)
			continue
		}
		if wrong.Text != c.name || wrong.At != c.at || !strings.Contains(wrong.Problem, c.problem) || !strings.Contains(wrong.Hint+"$", c.hint) {
			t.Errorf("%q: at %d: %s; %s", c.name, wrong.At, wrong.Problem, wrong.Hint)
		}
	}
}

func TestErrorsAreOneCleanLine(t *testing.T) {
	err := nixery.CheckPackage("a\x1b]0;title\a\n" + strings.Repeat("x", 1<<20))
	if got := err.Error(); len(got) > 200 || strings.ContainsAny(got, "\x1b\n\a") {
		t.Errorf("it says %q", got)
	}
	if got, want := nixery.CheckPackage("Curl").Error(), `"Curl": the letter 'C' is upper case`; got != want {
		t.Errorf("%s instead of %s", got, want)
	}
}

func TestBadReferences(t *testing.T) {
	for _, c := range []struct {
		host, ref string
		at        int
		problem   string
	}{
		{"", "docker.io/curl", 0, `not an image of the registry "nixery.dev"`},
		{"", "nixery.development/curl", 0, "not an image of the registry"},
		{"", "", 0, "not an image of the registry"},
		{"", "nixery.dev/git/shell", 15, "must come before"},
		{"", "nixery.dev/shell/git/arm64", 21, "must come before"},
		{"", "nixery.dev/shell/", 17, "missing"},
		{"", "nixery.dev//curl", 11, "missing"},
		{"", "nixery.dev/shell//curl", 17, "missing"},
		{"", "nixery.dev/shell/Curl/jq", 17, "upper case"},
		{"", "nixery.dev/curl:8/jq", 15, "a tag cannot follow a single package"},
		{"", "nixery.dev/curl:", 16, "the tag after the : is missing"},
		{"", "nixery.dev/curl:8:9", 17, "':' is not allowed there in a tag"},
		{"", "nixery.dev/curl:.8", 16, "'.' is not allowed there in a tag"},
		{"", "nixery.dev/curl:" + strings.Repeat("a", 129), 16 + 128, "at most 128"},
		{"", "nixery.dev/curl@sha256:0123", 15, "'@' does not choose"},
		{"", "nixery.dev/:8", 11, "missing"},
		{"nohost", "nohost/curl", 0, "not the name of a registry"},
		{"a/b", "a/b/curl", 1, "'/' cannot be in the name of a registry"},
		{"bad host", "bad host/curl", 3, "a space cannot be in the name of a registry"},
		{"index.docker.io", "index.docker.io/curl", 0, "not the name of a registry"},
		{"h:port", "h:port/curl", 0, "not the name of a registry"},
	} {
		var wrong *nixery.SyntaxError
		if _, err := nixery.Parse(c.host, c.ref); !errors.As(err, &wrong) {
			t.Errorf("%q is read: %v", c.ref, err)
			continue
		}
		if wrong.At != c.at || !strings.Contains(wrong.Problem, c.problem) {
			t.Errorf("%q: at %d: %s", c.ref, wrong.At, wrong.Problem)
		}
	}
}

func TestNamesThatAreNotCanonicalAreRead(t *testing.T) {
	for ref, want := range map[string]string{
		"nixery.dev/arm64/shell/jq/curl/jq": "nixery.dev/shell/arm64/curl/jq",
		"nixery.dev/shell/shell":            "nixery.dev/shell",
	} {
		if i, err := nixery.Parse("", ref); err != nil || i.String() != want {
			t.Errorf("%s is read as %s, %v", ref, i, err)
		}
	}
}

func FuzzCheckPackage(f *testing.F) {
	for _, seed := range []string{"", "curl", "Curl", "curl:8", "c++", "a..b", "_7zz", "shell", "\xff", "сurl", "a b", "x#y", "https://a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := nixery.CheckPackage(name)
		if err == nil {
			if _, err := reference.ParseNormalizedNamed("nixery.dev/" + name); err != nil && len(name) <= 255 {
				t.Errorf("%q passes but is no name: %v", name, err)
			}
			return
		}
		checkMistake(t, err, name)
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "nixery.dev", "nixery.dev/shell/arm64/curl:x", "nixery.dev/a//b", "nixery.dev/:", "nixery.dev/a@b", "nixery.dev/\xff"} {
		f.Add("", seed)
		f.Add("registry.corp:5000", strings.Replace(seed, "nixery.dev", "registry.corp:5000", 1))
	}
	f.Fuzz(func(t *testing.T, host, ref string) {
		i, err := nixery.Parse(host, ref)
		if err != nil {
			checkMistake(t, err, "")
			return
		}
		again, err := nixery.Parse(host, i.String())
		if err != nil || again.String() != i.String() || i.Check() != nil {
			t.Errorf("%q is read as %q and then as %q, %v", ref, i, again, err)
		}
		if _, err := reference.ParseNormalizedNamed(i.String()); err != nil {
			t.Errorf("%q is read but is no name: %v", i, err)
		}
	})
}

// checkMistake wants an error that can be shown: a place in the text, and words that are text.
func checkMistake(t *testing.T, err error, text string) {
	t.Helper()
	var wrong *nixery.SyntaxError
	if !errors.As(err, &wrong) {
		return
	}
	if wrong.At < 0 || wrong.At > len(wrong.Text) || text != "" && wrong.Text != text || wrong.Problem == "" {
		t.Errorf("%q: %+v", text, wrong)
	}
	for _, s := range []string{wrong.Error(), wrong.Problem, wrong.Hint} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q cannot be shown", s)
		}
	}
}
