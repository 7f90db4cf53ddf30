package kube

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
)

// checkProfile looks at what is sent, not only at its name: a partial container can give what a profile gives.
func (g Guard) checkProfile(p Plan) *Problem {
	if slices.Contains(g.Profiles, p.Profile) {
		return g.problem(fmt.Sprintf("profile %s is not to be used %s", p.Profile, g.where()), "choose another with p")
	}
	if p.deed == nil {
		return nil
	}
	for _, gain := range gains(p.deed.adds()) {
		if refused, ok := g.refuses(gain); ok {
			return g.problem(fmt.Sprintf("the container would have %s, as with profile %s, which is not to be used %s", gain.words, refused, g.where()),
				"choose a profile that gives less (p), or take it out of the partial container (custom)")
		}
	}
	return nil
}

// refuses finds the refused profile that gives no more than a gain: what sysadmin gives includes what all others do.
func (g Guard) refuses(gain gain) (Profile, bool) {
	if slices.Contains(g.Profiles, gain.profile) {
		return gain.profile, true
	}
	if gain.profile != Sysadmin {
		return "", false
	}
	for _, weaker := range []Profile{Netadmin, General} {
		if slices.Contains(g.Profiles, weaker) {
			return weaker, true
		}
	}
	return "", false
}

// gain is something that a container may do, with the weakest profile that gives as much.
type gain struct {
	profile Profile
	words   string
}

func gains(c *corev1.EphemeralContainer) []gain {
	if c == nil || c.SecurityContext == nil {
		return nil
	}
	var all []gain
	s := c.SecurityContext
	if s.Privileged != nil && *s.Privileged {
		all = append(all, gain{Sysadmin, "all rights (privileged)"})
	}
	if s.ProcMount != nil && *s.ProcMount == corev1.UnmaskedProcMount {
		all = append(all, gain{Sysadmin, "the whole of /proc (procMount)"})
	}
	if w := s.WindowsOptions; w != nil && w.HostProcess != nil && *w.HostProcess {
		all = append(all, gain{Sysadmin, "the node's processes (hostProcess)"})
	}
	if s.Capabilities == nil {
		return all
	}
	for _, capability := range s.Capabilities.Add {
		profile := Sysadmin
		switch strings.TrimPrefix(strings.ToUpper(string(capability)), "CAP_") {
		case "SYS_PTRACE":
			profile = General
		case "NET_ADMIN", "NET_RAW":
			profile = Netadmin
		}
		all = append(all, gain{profile, "capability " + Clean(string(capability))})
	}
	return all
}

// checkImage looks at the image that is sent.
func (g Guard) checkImage(p Plan) *Problem {
	if len(g.Images) == 0 && !g.DigestOnly {
		return nil
	}
	image := p.Image
	if p.deed != nil {
		image = p.deed.adds().Image
	}
	ref, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return g.problem(fmt.Sprintf("%q is not an image name, and not every image is allowed %s", Clean(image), g.where()), "choose another image")
	}
	if len(g.Images) > 0 && !slices.ContainsFunc(g.Images, func(glob string) bool { return imageMatches(glob, ref) }) {
		return g.problem(fmt.Sprintf("image %s is not among those allowed %s", Clean(image), g.where()),
			"allowed are "+Clean(strings.Join(g.Images, ", ")))
	}
	if _, digested := ref.(reference.Digested); g.DigestOnly && !digested {
		return g.problem(fmt.Sprintf("image %s has no digest, and only images with one are allowed %s", Clean(image), g.where()),
			"name it by what it contains: "+Clean(ref.Name())+"@sha256:…")
	}
	return nil
}

// CheckImageGlob tells what is wrong with a pattern of images. In one, * is any text without a slash, ** between slashes any parts of
// the path, ? any one character. It is held against the name that the container runtime uses, docker.io/library/busybox:1.37, and against
// its short form, busybox:1.37; one without a tag or digest is of all of a name's.
func CheckImageGlob(glob string) error {
	if glob == "" {
		return fmt.Errorf("a pattern of images is empty: write registry.example/team/*, or ** for any image")
	}
	for part := range strings.SplitSeq(glob, "/") {
		if _, err := path.Match(part, ""); err != nil || part == "" {
			return fmt.Errorf("pattern %q of images cannot be understood: write it as registry.example/team/*:1.*", glob)
		}
		if strings.Contains(part, "**") && part != "**" {
			return fmt.Errorf("pattern %q of images: ** stands by itself between slashes: write registry.example/**", glob)
		}
	}
	return nil
}

// imageMatches holds an image against a glob. A tag beside a digest says nothing, since the digest decides: only a glob that leaves the
// digest open matches it.
func imageMatches(glob string, image reference.Named) bool {
	whole := reference.TagNameOnly(image)
	forms := []string{image.Name(), reference.FamiliarName(image), whole.String(), reference.FamiliarString(whole)}
	if d, ok := image.(reference.Digested); ok {
		forms = append(forms, image.Name()+"@"+d.Digest().String(), reference.FamiliarName(image)+"@"+d.Digest().String())
	}
	parts := strings.Split(glob, "/")
	return slices.ContainsFunc(forms, func(form string) bool { return partsMatch(parts, strings.Split(form, "/")) })
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
