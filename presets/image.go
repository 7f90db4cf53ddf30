package presets

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// OfImage is any image as a preset without a name: it starts what the image itself starts.
func OfImage(image string) Preset {
	return Preset{Purpose: image, Image: image, Profile: string(kube.General)}
}

// ParseComposed reads an image of a Nixery registry, the public one or another host, and makes it one of that host.
func ParseComposed(image, host string) (nixery.Image, bool) {
	for _, of := range []string{nixery.Host, host} {
		if composed, err := nixery.Parse(of, image); err == nil {
			composed.Host = host
			return composed, true
		}
	}
	return nixery.Image{}, false
}

// OfComposed is a Nixery image as a preset without a name: with the shell and the environment that it needs, and the profile that its
// packages need.
func OfComposed(image nixery.Image, c *nixery.Catalogue) Preset {
	image = image.Canonical()
	comfort := c.Comfort()
	shown := slices.DeleteFunc(slices.Clone(image.Packages), func(name string) bool { return slices.Contains(comfort, name) })
	p := Preset{
		Purpose: cmp.Or(strings.Join(shown, " "), "a shell"), Image: image.String(),
		Command: image.Command(), Profile: string(profileOf(image.Packages, c)),
	}
	for _, v := range image.Env() {
		p.Env = append(p.Env, Var(v))
	}
	return p
}

// profileOf is the strongest profile that one of the packages needs to do its work.
func profileOf(packages []string, c *nixery.Catalogue) kube.Profile {
	profile := kube.General
	for _, name := range packages {
		p, ok := c.Find(name)
		if !ok || p.Profile == "" {
			continue
		}
		if need := kube.Profile(p.Profile); profile == kube.General || need == kube.Sysadmin {
			profile = need
		}
	}
	return profile
}
