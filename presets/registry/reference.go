package registry

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/distribution/reference"

	"github.com/dayfly-k8s/dayfly/kube"
)

// maxPath is how long the name of an image may be, without its registry, tag and digest.
const maxPath = reference.RepositoryNameTotalLengthMax

// Reference is the name of an image, understood.
type Reference struct {
	text  string
	named reference.Named
}

// SyntaxError tells where the name of an image is wrong.
type SyntaxError struct {
	Text    string // as typed
	At      int    // the byte where it is wrong; len(Text) when something is missing at the end
	Problem string // what is wrong there
	Hint    string // what to write instead
}

// Error is one sentence.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("image %q: %s (at character %d): %s", brief(e.Text), e.Problem, e.character(), e.Hint)
}

// character is the place for people, who count from one.
func (e *SyntaxError) character() int { return utf8.RuneCountInString(e.Text[:e.At]) + 1 }

// ParseReference reads the name of an image by the grammar that container runtimes use
// (https://pkg.go.dev/github.com/distribution/reference); an error is a *SyntaxError.
func ParseReference(text string) (Reference, error) {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return Reference{}, locate(text, err)
	}
	return Reference{text: text, named: named}, nil
}

// String is the name as it was typed.
func (r Reference) String() string { return r.text }

// Domain is the host of the registry, with its port: docker.io for names without one.
func (r Reference) Domain() string {
	domain, _ := r.split()
	return domain
}

// Path is the name within the registry: library/busybox for busybox.
func (r Reference) Path() string {
	_, path := r.split()
	return path
}

// split is where the registry ends. The grammar takes a host that no host may be called, as my_registry.corp, for a part
// of the path; but whoever pulls it can only ask that host.
func (r Reference) split() (domain, path string) {
	if r.named == nil {
		return "", ""
	}
	domain, path = reference.Domain(r.named), reference.Path(r.named)
	if domain == "" {
		domain, path, _ = strings.Cut(path, "/")
	}
	return domain, path
}

// Name is Domain and Path: docker.io/library/busybox.
func (r Reference) Name() string { return r.Domain() + "/" + r.Path() }

// Tag is what follows the colon; empty when there is none, which means latest if there is no digest either.
func (r Reference) Tag() string {
	if tagged, ok := r.named.(reference.Tagged); ok {
		return tagged.Tag()
	}
	return ""
}

// Digest is what follows the @: sha256:…; empty when there is none.
func (r Reference) Digest() string {
	if digested, ok := r.named.(reference.Digested); ok {
		return digested.Digest().String()
	}
	return ""
}

// suffix is the tag and the digest with their signs.
func (r Reference) suffix() string {
	s := ""
	if tag := r.Tag(); tag != "" {
		s = ":" + tag
	}
	if digest := r.Digest(); digest != "" {
		s += "@" + digest
	}
	return s
}

// identifier is what a registry is asked for: the digest, else the tag, else latest.
func (r Reference) identifier() string {
	switch {
	case r.Digest() != "":
		return r.Digest()
	case r.Tag() != "":
		return r.Tag()
	}
	return "latest"
}

// brief is text of somebody else made fit for a sentence: cleaned, and cut when it is long.
func brief(s string) string {
	const limit = 300
	if len(s) > 8*limit { // what would be cut anyhow need not be cleaned
		s = strings.ToValidUTF8(s[:8*limit], "")
	}
	s = strings.TrimSpace(kube.Sanitize(s))
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}
