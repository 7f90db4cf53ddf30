package podcopy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Option is one thing that a person can choose about a copy.
type Option struct {
	Group string // under which it stands
	Words string // what it is
	Means string // what follows from how it is chosen now
	On    bool
	Turn  func(Choices) Choices // is the choices with it turned; nil where something is typed: an image, a name
	Image string                // the container whose image it is, or [All]
	Name  bool                  // it is the copy's name
}

// Options are all that can be chosen about the copy of a pod, in the order in which a person reads them. In an idle copy nothing is restarted.
func Options(original *corev1.Pod, c Choices, e Environment, idle bool) []Option {
	options := slices.Concat(labelOptions(original, c, e), keepOptions(original, c), runOptions(original, c, idle), imageOptions(original, c))
	if !idle { // whose shell is in a container's place
		options = append(options, placeOptions(original, c)...)
	}
	return append(options, nameOption(c), replaceOption(original, c))
}

// nameOption is the name of the copy.
func nameOption(c Choices) Option {
	if c.Named == "" {
		return Option{Group: "the copy", Words: "name", Means: "made up, and new each time", Name: true}
	}
	return Option{Group: "the copy", Words: "name", Means: kube.Sanitize(c.Named), Name: true, On: true}
}

// labelOptions are the labels of the pod, one by one: those that somebody selects by first.
func labelOptions(original *corev1.Pod, c Choices, e Environment) []Option {
	needed, unneeded := e.Needed(original), "no selector needs it"
	if kinds := e.Unknown(); len(kinds) > 0 {
		unneeded = "not known: " + kube.List(kinds) + " could not be read"
	}
	keys := slices.SortedFunc(maps.Keys(original.Labels), func(a, b string) int {
		if wanted := len(needed[b]) - len(needed[a]); wanted != 0 && (len(needed[a]) == 0) != (len(needed[b]) == 0) {
			return wanted
		}
		return strings.Compare(a, b)
	})
	options := make([]Option, 0, len(keys))
	for _, key := range keys {
		if key == managedBy {
			continue
		}
		by := "selected by " + strings.Join(needed[key], ", ")
		if len(needed[key]) == 0 {
			by = unneeded
		}
		options = append(options, Option{
			Group: "keep labels", Words: kube.Sanitize(key + "=" + original.Labels[key]), Means: by, On: c.Keeps(key),
			Turn: func(c Choices) Choices { return c.turnLabel(original, key) },
		})
	}
	return options
}

// turnLabel keeps a label, or leaves it out.
func (c Choices) turnLabel(original *corev1.Pod, key string) Choices {
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(original.Labels)), func(k string) bool { return !c.Keeps(k) })
	if i := slices.Index(keys, key); i >= 0 {
		c.Labels = slices.Delete(keys, i, i+1)
	} else {
		c.Labels = slices.Concat(keys, []string{key})
	}
	return c
}

// keepOptions are what else is kept of the pod.
func keepOptions(original *corev1.Pod, c Choices) []Option {
	var options []Option
	add := func(there bool, words, on, off string, is bool, turn func(*Choices)) {
		if there {
			options = append(options, option("keep", words, on, off, is, turn))
		}
	}
	has := func(probe func(*corev1.Container) *corev1.Probe) bool {
		return slices.ContainsFunc(original.Spec.Containers, func(one corev1.Container) bool { return probe(&one) != nil })
	}
	add(len(original.Annotations) > 0, "annotations", "controllers and webhooks may act on them", "left out", c.Annotations,
		func(c *Choices) { c.Annotations = !c.Annotations })
	add(has(func(one *corev1.Container) *corev1.Probe { return one.LivenessProbe }), "liveness probes", "they can kill the program you debug", "nothing kills the program",
		c.Liveness, func(c *Choices) { c.Liveness = !c.Liveness })
	add(has(func(one *corev1.Container) *corev1.Probe { return one.ReadinessProbe }), "readiness probes", "the copy is ready when they succeed", "the copy counts as ready at once",
		c.Readiness, func(c *Choices) { c.Readiness = !c.Readiness })
	add(has(func(one *corev1.Container) *corev1.Probe { return one.StartupProbe }), "startup probes", "they can kill the program you debug", "nothing kills the program",
		c.Startup, func(c *Choices) { c.Startup = !c.Startup })
	add(len(original.Spec.InitContainers) > 0, "init containers", "they run again: "+Names(original.Spec.InitContainers), "what they prepare is missing, and so are sidecars",
		!c.NoInit, func(c *Choices) { c.NoInit = !c.NoInit })
	add(c.Limited && c.InPlaceOf == "", "limits", "what dayfly adds may use "+LimitWords(), "", true, func(c *Choices) { c.Limited = false })
	add(len(c.OptOut) > 0, "service mesh", "", "the copy asks "+kube.List(c.OptOut)+" to add nothing to it", false, func(c *Choices) { c.OptOut = nil })
	return options
}

// runOptions are how the copy runs.
func runOptions(original *corev1.Pod, c Choices, idle bool) []Option {
	node := original.Spec.NodeName
	var options []Option
	if !idle {
		options = append(options, option("run", "restart containers", "as in the pod", "what ends stays ended, and can be looked at", c.Restarts,
			func(c *Choices) { c.Restarts = !c.Restarts }))
	}
	options = append(options,
		option("run", "share processes", "the tools see the program's processes and files", "the tools see the network only", !c.Separate,
			func(c *Choices) { c.Separate = !c.Separate }))
	if node != "" {
		options = append(options, option("run", "on the pod's node", "on "+kube.Sanitize(node)+", past the scheduler", "the scheduler chooses a node", c.SameNode,
			func(c *Choices) { c.SameNode = !c.SameNode }))
	}
	if shared := Written(&original.Spec); len(shared) > 0 {
		options = append(options, option("run", "write to shared volumes", "the copy changes the pod's data: "+kube.Sanitize(strings.Join(shared, ", ")),
			"mounted read-only: "+kube.Sanitize(strings.Join(shared, ", ")), c.Writable, func(c *Choices) { c.Writable = !c.Writable }))
	}
	return options
}

// imageOptions are the images of the containers.
func imageOptions(original *corev1.Pod, c Choices) []Option {
	var options []Option
	made := c.Make(original, original.Name)
	for i := range original.Spec.Containers {
		before, now := &original.Spec.Containers[i], &made.Spec.Containers[i]
		o := Option{Group: "images", Words: kube.Sanitize(before.Name), Means: kube.Sanitize(now.Image), Image: before.Name, On: before.Image != now.Image}
		if o.On {
			o.Means += fmt.Sprintf(" instead of %s", kube.Sanitize(before.Image))
		}
		options = append(options, o)
	}
	if len(options) < 2 {
		return options
	}
	all := Option{Group: "images", Words: "all others", Means: "each its own", Image: All}
	for _, image := range c.Images {
		if image.Container == All {
			all.On, all.Means = true, kube.Sanitize(image.Image)
		}
	}
	return append(options, all)
}

// placeOptions are the containers whose place the tool can take.
func placeOptions(original *corev1.Pod, c Choices) []Option {
	var options []Option
	for i := range original.Spec.Containers {
		name := original.Spec.Containers[i].Name
		options = append(options, option("the tool takes the place of", kube.Sanitize(name), "its variables, volumes and user, not its program",
			"the tool is a container of its own", c.InPlaceOf == name, func(c *Choices) {
				if c.InPlaceOf == name {
					c.InPlaceOf = ""
				} else {
					c.InPlaceOf = name
				}
			}))
	}
	return options
}

// replaceOption is whether the pod stays beside its copy.
func replaceOption(original *corev1.Pod, c Choices) Option {
	off := "it stays as it is"
	if Static(original) {
		off = "it stays: its node's kubelet runs it from a file"
	}
	return option("pod "+kube.Sanitize(original.Name), "delete it", afterwards(original), off, c.Replace && !Static(original),
		func(c *Choices) { c.Replace = !c.Replace && !Static(original) })
}

// WithName is the choices with a name for the copy; an empty one is made up.
func (c Choices) WithName(name string) Choices {
	c.Named = name
	return c
}

// WithImage is the choices with another image for a container, or with its own again: an empty one.
func (c Choices) WithImage(container, image string) Choices {
	c.Images = slices.DeleteFunc(slices.Clone(c.Images), func(i Image) bool { return i.Container == container })
	if image != "" {
		c.Images = append(c.Images, Image{Container: container, Image: image})
	}
	return c
}

func option(group, words, on, off string, is bool, turn func(*Choices)) Option {
	o := Option{Group: group, Words: words, Means: off, On: is, Turn: func(c Choices) Choices { turn(&c); return c }}
	if is {
		o.Means = on
	}
	return o
}

// Names are those of containers, for a sentence.
func Names(containers []corev1.Container) string {
	all := make([]string, len(containers))
	for i := range containers {
		all[i] = kube.Sanitize(containers[i].Name)
	}
	return strings.Join(all, ", ")
}
