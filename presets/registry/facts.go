package registry

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Facts returns what the answer of [Registry.Look] tells about an image, for [debug.Check]; nil when it tells nothing. Of an image that is
// not made for the node they are the platforms that it is made for.
func Facts(i Image, err error) *debug.ImageFacts {
	facts := &debug.ImageFacts{OS: i.Platform.OS, Arch: i.Platform.Arch, User: i.User, Shell: i.Shell, Size: i.Size}
	platforms := i.Platforms
	var problem *Problem
	switch {
	case errors.As(err, &problem) && problem.Kind == WrongPlatform:
		facts, platforms = &debug.ImageFacts{}, problem.Platforms
	case err != nil, i.Digest == "":
		return nil
	}
	for _, p := range platforms {
		facts.Platforms = append(facts.Platforms, p.String())
	}
	return facts
}
