package registry

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Facts returns what the answer of [Registry.Look] tells about an image, for [kube.Check]; nil when it tells nothing. Of an image that is
// not made for the node they are the platforms that it is made for.
func Facts(i Image, err error) *kube.ImageFacts {
	facts := &kube.ImageFacts{OS: i.Platform.OS, Arch: i.Platform.Arch, User: i.User, Shell: i.Shell, Size: i.Size}
	platforms := i.Platforms
	var problem *Problem
	switch {
	case errors.As(err, &problem) && problem.Kind == WrongPlatform:
		facts, platforms = &kube.ImageFacts{}, problem.Platforms
	case err != nil, i.Digest == "":
		return nil
	}
	for _, p := range platforms {
		facts.Platforms = append(facts.Platforms, p.String())
	}
	return facts
}
