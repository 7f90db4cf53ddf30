package nixery

import (
	"cmp"
	"errors"
	"strings"
)

// Parse takes a reference under a host (empty: the public instance) apart: the canonical image whose String is the
// reference, if that was canonical. The errors are those of [Image.Check], and a *SyntaxError has the whole reference.
func Parse(host, ref string) (Image, error) {
	i := Image{Host: cmp.Or(host, Host)}
	path, under := strings.CutPrefix(ref, i.Host)
	if !under || path != "" && path[0] != '/' {
		return Image{}, &SyntaxError{Text: ref, Problem: "this is not an image of the registry " + brief(i.Host), Hint: "begin with the registry and a /"}
	}
	at := min(len(i.Host)+1, len(ref)) // where the part that is looked at begins in ref
	path = ref[at:]
	for path != "" {
		part, rest, more := strings.Cut(path, "/")
		if !more {
			var tagged bool
			part, i.Tag, tagged = strings.Cut(part, ":")
			if tagged && i.Tag == "" {
				return Image{}, &SyntaxError{Text: ref, At: len(ref), Problem: "the tag after the : is missing", Hint: "write one, or remove the :"}
			}
			if err := checkTag(i.Tag); err != nil {
				return Image{}, within(ref, at+len(part)+1, err)
			}
		}
		if err := i.take(part); err != nil {
			return Image{}, within(ref, at, err)
		}
		at += len(part) + 1
		if more && rest == "" {
			return Image{}, within(ref, at, CheckPackage(""))
		}
		path = rest
	}
	if err := i.Check(); err != nil {
		return Image{}, err
	}
	return i.Canonical(), nil
}

// take adds a part of a path: a meta as long as there is no package.
func (i *Image) take(part string) error {
	switch {
	case part == metaShell && len(i.Packages) == 0:
		i.Shell = true
	case part == metaARM64 && len(i.Packages) == 0:
		i.ARM64 = true
	default:
		if err := CheckPackage(part); err != nil {
			return err
		}
		i.Packages = append(i.Packages, part)
	}
	return nil
}

// within moves a mistake in a part to where that part is in the whole.
func within(whole string, at int, err error) error {
	var mistake *SyntaxError
	if !errors.As(err, &mistake) {
		return err
	}
	return &SyntaxError{Text: whole, At: at + mistake.At, Problem: mistake.Problem, Hint: mistake.Hint}
}
