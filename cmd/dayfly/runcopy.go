package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// copyFlags are the flags of dayfly run that say how a copy of the pod is.
type copyFlags struct {
	life     time.Duration // 0: until it is deleted
	labels   []string
	images   []string // CONTAINER=IMAGE
	name     string
	node     bool
	writable bool
	restarts bool
	place    string // of the container that the command takes; empty: none
	replace  bool
	limits   bool
}

// addTo adds the flags. What a copy is without them is the copy that cannot hurt.
func (c *copyFlags) addTo(flags *pflag.FlagSet) {
	flags.DurationVar(&c.life, "life", 0, "End the command after this long, even if dayfly is gone; a pod of its own is deleted then (default: sessions.life in config.yaml, else never, and 1h for a pod of its own; 0: never)")
	flags.StringVar(&c.name, "copy-name", "", "Name the copy `NAME` (default: the pod's name and a suffix)")
	flags.StringSliceVar(&c.labels, "keep-labels", nil, "Keep the labels `KEY,...` of the pod in the copy ('*': all)")
	flags.StringSliceVar(&c.images, "set-image", nil, "Run the images `CONTAINER=IMAGE,...` in the copy's containers ('*': all)")
	flags.BoolVar(&c.node, "same-node", false, "Run the copy on the pod's node")
	flags.BoolVar(&c.writable, "writable", false, "Let the copy write to PVC and hostPath volumes of the pod")
	flags.BoolVar(&c.restarts, "restart", false, "Restart the copy's containers as the pod's are")
	flags.StringVar(&c.place, "in-place-of", "", "Run the command in the place of `CONTAINER`: in its image, unless --image or --preset is given")
	flags.BoolVar(&c.replace, "replace", false, "Delete the pod once its copy is created; the copy goes afterwards; needs --confirm POD")
	flags.BoolVar(&c.limits, "limits", false, "Give the tool's container in a pod of its own small requests and limits, where a quota wants them")
}

// check finds what does not go together.
func (c *copyFlags) check(copied, ownPod bool, timeout time.Duration, flags *pflag.FlagSet) error {
	if c.limits && !ownPod {
		return usageError{errors.New("--limits is about a pod of the command's own: add --copy or --from-node")}
	}
	for _, name := range []string{"copy-name", "keep-labels", "set-image", "same-node", "writable", "restart", "in-place-of", "replace"} {
		if !copied && flags != nil && flags.Changed(name) {
			return usageError{fmt.Errorf("--%s is about a copy of the pod: add --copy", name)}
		}
	}
	if c.life < 0 {
		return usageError{fmt.Errorf("--life %s: use a positive duration such as 30m, or 0", c.life)}
	}
	if c.life > 0 && timeout > c.life {
		return usageError{fmt.Errorf("--timeout %s is longer than the command may run (--life %s)", timeout, c.life)}
	}
	if c.place != "" && c.limits {
		return usageError{fmt.Errorf("--limits is about a container of the tool's own: leave out --in-place-of %s, which has the pod's limits", c.place)}
	}
	for _, text := range c.images {
		container, image, ok := strings.Cut(text, "=")
		if !ok || container == "" {
			return usageError{fmt.Errorf("--set-image %q: write CONTAINER=IMAGE", text)}
		}
		if err := debug.CheckImage(image); err != nil {
			return usageError{fmt.Errorf("--set-image: %w", err)}
		}
	}
	for _, key := range c.labels {
		if key == "" {
			return usageError{errors.New("--keep-labels: a label's key is empty")}
		}
	}
	return nil
}

// sets reports whether a container gets another image.
func (c *copyFlags) sets(container string) bool {
	return container != "" && slices.ContainsFunc(c.images, func(text string) bool { return strings.HasPrefix(text, container+"=") })
}

// choices are what the copy keeps of the pod.
func (c *copyFlags) choices() podcopy.Choices {
	choices := podcopy.Choices{Named: c.name, Labels: c.labels, SameNode: c.node, Writable: c.writable, Restarts: c.restarts, InPlaceOf: c.place, Replace: c.replace, Limited: c.limits}
	for _, text := range c.images {
		container, image, _ := strings.Cut(text, "=")
		choices.Images = append(choices.Images, podcopy.Image{Container: container, Image: image})
	}
	return choices
}

// lifeOf is how long what is made for a command is there at most: as the flag says, if somebody has set it, else as long as usual; 0: for ever. A pod of the
// command's own always has a limit, which is not shorter than the command is waited for, unless somebody wants it otherwise.
func lifeOf(flag *pflag.Flag, set, usual, timeout time.Duration, ownPod bool) time.Duration {
	switch {
	case flag != nil && flag.Changed:
		return set
	case !ownPod:
		return usual
	}
	life := cmp.Or(usual, debug.CopyLife)
	if timeout > life {
		life += timeout
	}
	return life
}
