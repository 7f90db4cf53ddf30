package kubelet

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// mayRun is what is against making the container.
func (c *container) mayRun(image scene.Image) *problem {
	if why := c.nonRoot(image); why != nil {
		return why
	}
	if len(image.Argv(c.spec.Command, c.spec.Args)) == 0 {
		return &problem{"CreateContainerError", fmt.Sprintf("failed to generate container %q spec: failed to generate spec: no command specified",
			c.unmade())}
	}
	if c.target == "" {
		return nil
	}
	switch target := c.pod.find(c.target); {
	case target == nil || target.instances == 0:
		return &problem{"CreateContainerConfigError", "unable to find target container " + c.target}
	case target.run == nil:
		return &problem{"CreateContainerError", fmt.Sprintf(
			"failed to generate container %q spec: invalid target container: container %q is not running - in state CONTAINER_EXITED",
			c.unmade(), target.id)}
	}
	return nil
}

// unmade is the ID of a container that came to nothing.
func (c *container) unmade() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(c.pod.uid+"/"+c.pod.uid)))
}

// nonRoot holds runAsNonRoot against the user that the container would have.
func (c *container) nonRoot(image scene.Image) *problem {
	var nonRoot, user = (*bool)(nil), (*int64)(nil)
	if s := c.pod.object().Spec.SecurityContext; s != nil {
		nonRoot, user = s.RunAsNonRoot, s.RunAsUser
	}
	if s := c.spec.SecurityContext; s != nil {
		if s.RunAsNonRoot != nil {
			nonRoot = s.RunAsNonRoot
		}
		if s.RunAsUser != nil {
			user = s.RunAsUser
		}
	}
	if nonRoot == nil || !*nonRoot {
		return nil
	}
	where := fmt.Sprintf("(pod: %q, container: %s)", c.pod.full(), c.spec.Name)
	number := strings.Trim(image.User, "0123456789") == ""
	switch {
	case user != nil && *user == 0:
		return &problem{"CreateContainerConfigError", "container's runAsUser breaks non-root policy " + where}
	case user != nil:
		return nil
	case image.User == "" || image.User == "0":
		return &problem{"CreateContainerConfigError", "container has runAsNonRoot and image will run as root " + where}
	case !number:
		return &problem{"CreateContainerConfigError", fmt.Sprintf(
			"container has runAsNonRoot and image has non-numeric user (%s), cannot verify user is non-root %s", image.User, where)}
	}
	return nil
}
