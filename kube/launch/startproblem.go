package launch

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// startProblem explains why a debug container does not start, with what to do about it.
func startProblem(p debug.Plan, reason, message string) *kube.Problem {
	what := fmt.Sprintf("%s does not start: %s", p.Debug.Container, reason)
	if message != "" {
		what += ": " + message
	}
	hint, help := startHint(p, reason, message)
	return &kube.Problem{Message: what, Hint: hint, Help: help, Err: kube.StartError(reason)}
}

// startHint is what to do about a reason for which the kubelet does not start a container.
func startHint(p debug.Plan, reason, message string) (hint string, help []kube.Help) {
	tool := []kube.Help{kube.ChooseTool}
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
			return "the image is not built for the node's architecture", tool
		case has("not found", "manifest unknown", "does not exist"):
			return fmt.Sprintf("there is no image %s where the node looks for it: check its name and tag", p.Image), tool
		case has("unauthorized", "authentication required", "denied", "403 Forbidden"):
			return "the node may not pull that image: it needs an imagePullSecret", tool
		case has("no such host", "i/o timeout", "connection refused", "deadline exceeded"):
			return "the node cannot reach that registry: use an image from one that it can reach", tool
		}
		return "the registry does not give the image to the node: ask whoever runs the registry", tool
	case "InvalidImageName":
		return "correct the name of the image", []kube.Help{kube.ChooseImage}
	case "ErrImageNeverPull":
		return "the image is not on the node, and its pull policy is Never", tool
	// The runtime's sentence decides, not the reason: an event brings the sentence alone.
	case "CreateContainerConfigError", "CreateContainerError", "StartError", "ContainerCannotRun", "RunContainerError":
		switch {
		case has("non-root", "runAsNonRoot"):
			if p.Profile == kube.Restricted {
				return "the image runs as root, which the pod or the profile forbids: use an image with a non-root user, or another profile if the pod allows root", []kube.Help{kube.ChooseTool, kube.ChooseProfile}
			}
			return "the image runs as root, which the pod or the profile forbids: use an image with a non-root user", tool
		case has("unable to find target container", "is not running"):
			return fmt.Sprintf("container %s is not running: debug without a target", p.Target.Container), []kube.Help{kube.ChooseTarget}
		case p.Request.Way == debug.Join && has(`exec: "sh"`):
			return "the image has no shell, and joins nothing without: choose one with sh and nsenter, such as busybox", tool
		case has("executable file not found"), has("exec: ") && has("no such file or directory"):
			return "the image does not have that command: use another command", tool
		case has("permission denied"):
			return "the image's command may not be executed: use another command", tool
		case has("exec format error"):
			return "the image is built for another architecture than the node's", tool
		}
	}
	return "waiting does not help", []kube.Help{kube.ChooseTool, kube.ChooseProfile}
}
