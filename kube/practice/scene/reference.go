package scene

import (
	"errors"
	"regexp"
	"strings"
)

// errReference is how the kubelet calls the name of an image that cannot be one.
var errReference = errors.New("invalid reference format")

// reference is the grammar of distribution/reference: registry, path, tag, digest.
var reference = regexp.MustCompile(`^(?:([a-zA-Z0-9.-]+(?::[0-9]+)?)/)??` +
	`([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)` +
	`(?::([\w][\w.-]{0,127}))?(?:@([a-z0-9]+:[0-9a-f]{32,}))?$`)

// Normalise writes the name of an image in full: registry, path and tag, as container runtimes know it.
func Normalise(image string) (string, error) {
	parts := reference.FindStringSubmatch(image)
	if parts == nil {
		return "", errReference
	}
	registry, path, tag, digest := parts[1], parts[2], parts[3], parts[4]
	if registry == "" {
		// The first part of a path is a registry when it looks like a host.
		if first, rest, ok := strings.Cut(path, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
			registry, path = first, rest
		}
	} else if !strings.ContainsAny(registry, ".:") && registry != "localhost" {
		registry, path = "", registry+"/"+path
	}
	if registry == "" {
		registry = "docker.io"
	}
	if registry == "docker.io" && !strings.Contains(path, "/") {
		path = "library/" + path
	}
	switch {
	case digest != "":
		return registry + "/" + path + "@" + digest, nil
	case tag == "":
		tag = "latest"
	}
	return registry + "/" + path + ":" + tag, nil
}
