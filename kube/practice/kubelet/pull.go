package kubelet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// refusal is how long a registry takes to say no.
const refusal = 300 * time.Millisecond

// recheck is how long an image takes that is there and is asked for again (imagePullPolicy Always).
const recheck = 150 * time.Millisecond

// image sees to it that a container's image is on the node, and calls one of two functions, at once or later.
func (c *container) image(there func(scene.Image), not func(problem)) {
	k, n := c.pod.k, c.pod.node
	ref, err := scene.Normalise(c.spec.Image)
	if err != nil {
		message := fmt.Sprintf("Failed to apply default image tag %[1]q: couldn't parse image name %[1]q: %[2]s", c.spec.Image, err)
		k.events.container(c, corev1.EventTypeWarning, "InspectFailed", message)
		not(problem{"InvalidImageName", message})
		return
	}
	c.ref = ref
	switch {
	case n.present[ref] && c.spec.ImagePullPolicy != corev1.PullAlways:
		image, _ := k.images.Find(ref)
		k.events.container(c, corev1.EventTypeNormal, "Pulled",
			fmt.Sprintf("Container image %q already present on machine", c.spec.Image))
		there(image)
	case c.spec.ImagePullPolicy == corev1.PullNever:
		message := fmt.Sprintf("Container image %q is not present with pull policy of Never", c.spec.Image)
		k.events.container(c, corev1.EventTypeWarning, "ErrImageNeverPull", message)
		not(problem{"ErrImageNeverPull", message})
	case c.pulls.since(c.pulls.at, k.clock.Now()):
		message := fmt.Sprintf("Back-off pulling image %q", c.spec.Image)
		k.events.container(c, corev1.EventTypeNormal, "BackOff", message)
		not(problem{"ImagePullBackOff", message + ": ErrImagePull: " + c.refused})
	default:
		c.pull(there, not)
	}
}

// pull waits for its turn, and for as long as the catalogue says.
func (c *container) pull(there func(scene.Image), not func(problem)) {
	k, n := c.pod.k, c.pod.node
	k.events.container(c, corev1.EventTypeNormal, "Pulling", fmt.Sprintf("Pulling image %q", c.spec.Image))
	asked, ref := k.clock.Now(), c.ref
	begin := func() {
		image, err := k.images.Find(ref)
		if err == nil && len(image.Platforms) > 1 && !image.Runs(n.architecture) {
			err = errPlatform
		}
		took := image.Pull.Duration
		switch {
		case err != nil:
			took = refusal
		case n.present[ref]:
			took = recheck
		}
		k.after(took, func() {
			n.next()
			if c.gone() {
				return
			}
			if err != nil {
				c.refuse(refusalWords(ref, err), not)
				return
			}
			n.present[ref] = true
			c.pulls = backoff{}
			k.events.container(c, corev1.EventTypeNormal, "Pulled", fmt.Sprintf(
				"Successfully pulled image %q in %v (%v including waiting). Image size: %d bytes.",
				c.spec.Image, took, k.clock.Now().Sub(asked).Truncate(time.Millisecond), image.Size))
			there(image)
		})
	}
	if n.queue = append(n.queue, begin); len(n.queue) == 1 {
		begin()
	}
}

func (c *container) refuse(words string, not func(problem)) {
	k := c.pod.k
	c.pulls.next(k.clock.Now(), k.clock.Now())
	c.refused = words
	k.events.container(c, corev1.EventTypeWarning, "Failed", fmt.Sprintf("Failed to pull image %q: %s", c.spec.Image, words))
	not(problem{"ErrImagePull", words})
}

var errPlatform = errors.New("no match for platform in manifest: not found")

// refusalWords is what containerd says.
func refusalWords(ref string, err error) string {
	registry, rest, _ := strings.Cut(ref, "/")
	name, tag, _ := strings.Cut(rest, ":")
	switch pull := fmt.Sprintf("failed to pull and unpack image %q: ", ref); {
	case errors.Is(err, scene.ErrBroken):
		if registry == "docker.io" {
			registry = "registry-1.docker.io"
		}
		return fmt.Sprintf("%sfailed to resolve reference %q: pulling from host %s failed with status code [manifests %s]: %v",
			pull, ref, registry, tag, err)
	case errors.Is(err, errPlatform):
		return "rpc error: code = NotFound desc = " + pull + err.Error()
	case registry == "docker.io" && !strings.HasPrefix(name, "library/"):
		return fmt.Sprintf("%sfailed to resolve reference %q: pull access denied, repository does not exist or may require "+
			"authorization: server message: insufficient_scope: authorization failed", pull, ref)
	default:
		return fmt.Sprintf("rpc error: code = NotFound desc = %sfailed to resolve reference %[2]q: %[2]s: not found", pull, ref)
	}
}
