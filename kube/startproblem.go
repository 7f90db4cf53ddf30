package kube

import (
	"fmt"
	"strings"
)

// startProblem explains why a debug container does not start, with what to do about it.
func startProblem(p Plan, reason, message string) *Problem {
	what := fmt.Sprintf("%s does not start: %s", p.Debug.Container, reason)
	if message != "" {
		what += ": " + message
	}
	return &Problem{What: what, Hint: startHint(p, reason, message), Err: startError(reason)}
}

func startHint(p Plan, reason, message string) string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(message, w) {
				return true
			}
		}
		return false
	}
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "RegistryUnavailable":
		switch {
		case has("no match for platform", "no matching manifest"): // before "not found", with which it goes on
			return "the image is not made for the node's architecture: take another tool"
		case has("not found", "manifest unknown", "does not exist"):
			return fmt.Sprintf("there is no image %s where the node looks for it: check name and tag, or take another tool", p.Image)
		case has("unauthorized", "authentication required", "denied", "403 Forbidden"):
			return "the node may not pull that image: it needs an imagePullSecret, or take another tool"
		case has("no such host", "i/o timeout", "connection refused", "deadline exceeded"):
			return "the node cannot reach that registry: take an image from one that it can reach"
		}
		return "the registry does not give the image to the node: take another tool, or ask whoever runs the registry"
	case "InvalidImageName":
		return "mend the image's name"
	case "ErrImageNeverPull":
		return "the image is not on the node, and its pull policy is Never"
	// The runtime's sentence decides, not the reason: an event brings the sentence alone.
	case "CreateContainerConfigError", "CreateContainerError", "StartError", "ContainerCannotRun", "RunContainerError":
		switch {
		case has("non-root", "runAsNonRoot"):
			if p.Profile == Restricted {
				return "the image runs as root, which the pod or the profile forbids: use an image with a non-root user, or another profile if the pod allows root"
			}
			return "the image runs as root, which the pod or the profile forbids: use an image with a non-root user"
		case has("unable to find target container", "is not running"):
			return fmt.Sprintf("container %s is not running: debug without a target", p.Target.Container)
		case has("executable file not found"), has("exec: ") && has("no such file or directory"):
			return "the image does not have that command: choose another command or tool"
		case has("permission denied"):
			return "the image's command may not be executed: choose another command or tool"
		case has("exec format error"):
			return "the image is made for another architecture than the node's: take another tool"
		}
	}
	return "it does not mend by waiting: take another tool or profile"
}
