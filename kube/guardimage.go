package kube

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// checkImage tells whether an image may be used; nil: it may.
func (g Guard) checkImage(image string) *Problem {
	if len(g.Images) == 0 && !g.DigestOnly {
		return nil
	}
	ref, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return g.problem(fmt.Sprintf("%q is not an image name, and not every image is allowed %s", Sanitize(image), g.where()), "", ChooseImage)
	}
	if len(g.Images) > 0 && !slices.ContainsFunc(g.Images, func(glob string) bool { return splitGlob(glob).matches(ref) }) {
		return g.problem(fmt.Sprintf("image %s is not among those allowed %s", Sanitize(image), g.where()), g.allowed(ref), ChooseImage)
	}
	if _, digested := ref.(reference.Digested); g.DigestOnly && !digested {
		return g.problem(fmt.Sprintf("image %s has no digest, and only images with one are allowed %s", Sanitize(image), g.where()),
			"pin it by digest: "+Sanitize(ref.Name())+"@sha256:…", ChooseImage)
	}
	return nil
}

// allowed is what could be taken instead of an image.
func (g Guard) allowed(ref reference.Named) string {
	hint := "allowed: " + Sanitize(strings.Join(g.Images, ", "))
	if _, digested := ref.(reference.Digested); digested && slices.ContainsFunc(g.Images, func(glob string) bool { return splitGlob(glob).tag != "" }) {
		hint += "; a pattern with a tag matches no image with a digest"
	}
	return hint
}

// imageGlob is a pattern of images in its parts. The tag and the digest are globs too; an empty one is not written.
type imageGlob struct {
	name        []string // between slashes
	tag, digest string
}

func splitGlob(glob string) imageGlob {
	rest, digest, _ := strings.Cut(glob, "@")
	name, tag := rest, ""
	if colon := strings.LastIndex(rest, ":"); colon > strings.LastIndex(rest, "/") { // not that of a port
		name, tag = rest[:colon], rest[colon+1:]
	}
	return imageGlob{strings.Split(name, "/"), tag, digest}
}

// CheckImageGlob tells what is wrong with a pattern of images: NAME, NAME:TAG, NAME@DIGEST or NAME:TAG@DIGEST. In each part * is any text
// without a slash, ? any one character, and ** between slashes of the name any parts of the path. The name is held against the one that the
// container runtime uses, docker.io/library/busybox, and against its short form, busybox.
//
// A name alone is of all its tags and digests. A tag is only of images without a digest, since the digest decides what is pulled, whatever
// tag stands beside it: those want a pattern with a digest, NAME@sha256:* for any.
func CheckImageGlob(glob string) error {
	if glob == "" {
		return fmt.Errorf("a pattern of images is empty: write registry.example/team/*, or ** for any image")
	}
	split := splitGlob(glob)
	for _, part := range append(slices.Clone(split.name), split.tag, split.digest) {
		if _, err := path.Match(part, ""); err != nil {
			return fmt.Errorf("pattern %q of images cannot be understood: write it as registry.example/team/*:1.*", glob)
		}
		if strings.Contains(part, "**") && part != "**" {
			return fmt.Errorf("pattern %q of images: ** stands by itself between slashes: write registry.example/**", glob)
		}
	}
	if slices.Contains(split.name, "") || strings.HasSuffix(glob, ":") || strings.HasSuffix(glob, "@") || strings.Contains(glob, ":@") {
		return fmt.Errorf("pattern %q of images has an empty part: write it as registry.example/team/*:1.*", glob)
	}
	if split.digest != "" && !strings.Contains(split.digest, ":") {
		return fmt.Errorf("pattern %q of images: a digest is sha256:… : write %s@sha256:* for any", glob, strings.Join(split.name, "/"))
	}
	return nil
}

// matches holds an image against a pattern; without a tag or a digest it has the tag latest.
func (g imageGlob) matches(image reference.Named) bool {
	tag, digest := "", ""
	image = reference.TagNameOnly(image)
	if t, ok := image.(reference.Tagged); ok {
		tag = t.Tag()
	}
	if d, ok := image.(reference.Digested); ok {
		digest = d.Digest().String()
	}
	if (g.tag != "" || g.digest != "") && (g.digest == "") != (digest == "") {
		return false
	}
	if !globMatches(g.tag, tag) || !globMatches(g.digest, digest) {
		return false
	}
	return slices.ContainsFunc([]string{image.Name(), reference.FamiliarName(image)}, func(name string) bool {
		return partsMatch(g.name, strings.Split(name, "/"))
	})
}

// globMatches holds a part against its glob; one that is not written matches all.
func globMatches(glob, part string) bool {
	ok, err := path.Match(glob, part)
	return glob == "" || ok && err == nil
}

func partsMatch(globs, parts []string) bool {
	if len(globs) == 0 {
		return len(parts) == 0
	}
	if globs[0] == "**" { // of one part or more
		for n := 1; n <= len(parts); n++ {
			if partsMatch(globs[1:], parts[n:]) {
				return true
			}
		}
		return false
	}
	if len(parts) == 0 {
		return false
	}
	ok, err := path.Match(globs[0], parts[0])
	return ok && err == nil && partsMatch(globs[1:], parts[1:])
}
