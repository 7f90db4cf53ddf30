package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
)

// Plan is a debugging session before it exists: whom it is about, what would be added, how to attach, and what it leaves.
// It is a value: building one is pure, and nothing changes in a cluster before [Cluster.CarryOut]. The ephemeral
// container is the first kind; a new kind is a new deed and a new builder.
type Plan struct {
	UID     string   // of the pod: another of the same name has another
	Target  Target   // what is looked at; without a Container when no container's processes are shared
	Debug   Target   // the container to attach to
	Image   string   // what runs in it
	Profile Profile  // …
	TTY     bool     // how it is made, and so how it must be attached
	Exec    []string // what a session runs in Debug with [Cluster.Exec]; empty: sessions attach
	Adds    string   // exactly what is added to the cluster, as YAML
	Command string   // the equal kubectl command
	Leaves  string   // what stays in the cluster afterwards, in a sentence
	Notes   []Note   // what a person should know before
	Request Request  // what it was made from, to do the same again
	// Beside are the containers of the pod as they were, to see later what has happened to them ([Meanwhile]).
	Beside []Container
	Typed  string // the pod's name as a person has typed it, where [Guard.Protected] asks for it

	deed deed
}

// Note is a remark on a plan.
type Note struct {
	Warns bool // otherwise it only tells
	Text  string
}

// deed is what a kind of plan does to the cluster.
type deed interface {
	// do makes the change and returns the pod as it is then, from whose resource version its effect can be watched.
	do(ctx context.Context, c *Cluster) (*corev1.Pod, error)
	// try lets the cluster judge the change without making it.
	try(ctx context.Context, c *Cluster) error
	// likeness is equal for deeds that a cluster judges equally: all but the name of the container, which is new each time.
	likeness() string
	// adds is the container that the change brings, for [Guard.Check] and for what a profile loses.
	adds() *corev1.EphemeralContainer
}

// Request is what a person chose.
type Request struct {
	Name    string // of the debug container; see [DebugName]
	Image   string
	Command []string // replaces the image's entrypoint, or its arguments only when ArgumentsOnly
	// ArgumentsOnly keeps the image's own entrypoint.
	ArgumentsOnly bool
	Env           []EnvVar
	Profile       Profile
	Custom        Custom
	// Target is the container whose processes and files are to be seen; empty for none.
	Target string
	// Mounts are volumes of container MountsOf to bring along; empty means of Target.
	Mounts   []Mount
	MountsOf string
	// PullPolicy is Always, IfNotPresent or Never; empty means IfNotPresent, because the server would make it Always for
	// a tag :latest and so pull again on every use.
	PullPolicy string
	// RunAsUser and RunAsGroup are IDs to run as, whatever profile and pod say; nil leaves it to them.
	RunAsUser, RunAsGroup *int64
	// Root runs as root where pod or profile ask for another user. It counts before RunAsUser and RunAsGroup.
	Root bool
	// StdinOnce ends the program's input when the first client that is attached leaves; most programs end with it.
	// Nobody can type to it after that. Runtimes do so only for a container without a terminal (see Plan.Notes).
	StdinOnce bool
	// EndsAfter is how long the program may run before it is ended in the container itself, whether dayfly is still there
	// or not; rounded up to seconds, and 0 is for ever. It takes a Command that replaces the entrypoint, and sh and sleep in
	// the image.
	EndsAfter time.Duration
	// Private has the container run nothing but a sleep, without a terminal; Command, or a shell, is what sessions run in
	// it (Plan.Exec), and what they type and print is not in the pod's log. It takes sh and sleep in the image.
	Private bool
	// NoTTY makes it without a terminal, and NoStdin without an input: for programs whose output is read by others, not by a person.
	NoTTY, NoStdin bool
}

// EnvVar is one variable of the environment.
type EnvVar struct {
	Name, Value string
}

// NewPlan builds the plan of putting an ephemeral container into a pod. The error is a [*Problem]: the pod cannot take
// one, or the request is wrong.
func NewPlan(pod *Pod, r Request) (Plan, error) {
	if pod.Refusal != nil {
		return Plan{}, pod.Refusal
	}
	if err := CheckImage(r.Image); err != nil {
		return Plan{}, err
	}
	if _, taken := pod.Container(r.Name); taken || r.Name == "" {
		return Plan{}, &Problem{
			What: fmt.Sprintf("pod %s already has a container %q, and a debug container's name can never be used again", pod.Name, Clean(r.Name)),
			Hint: "choose another name",
		}
	}
	notes, target, err := chooseTarget(pod, r.Target)
	if err != nil {
		return Plan{}, err
	}
	if len(r.Mounts) > 0 {
		r.MountsOf = cmp.Or(r.MountsOf, r.Target) // also of one that is not running
	}
	r.Target = target
	if problem := r.checkLife(); problem != nil {
		return Plan{}, problem
	}
	if r.PullPolicy == "" {
		r.PullPolicy = "IfNotPresent"
	}
	brought, mountNotes := mounts(pod.object, r.MountsOf, r.Mounts)
	sent, exec := r.sent(pod.object)
	container, err := sent.container(brought)
	if err != nil {
		return Plan{}, &Problem{What: Clean(err.Error()), Hint: "fix the preset", Err: err}
	}
	deed, err := newInjection(pod.object, container)
	if err != nil {
		return Plan{}, err
	}
	about := Target{Namespace: pod.Namespace, Pod: pod.Name}
	return Plan{
		UID: string(pod.object.UID), Target: about.Of(target), Debug: about.Of(r.Name),
		Image: r.Image, Profile: r.Profile, TTY: container.TTY, Exec: exec,
		Adds: deed.yaml(), Command: sent.kubectl(pod.Context, about) + sent.kubectlExec(pod.Context, about, exec),
		Leaves:  fmt.Sprintf("the entry of debug container %s stays in pod %s until the pod is deleted: Kubernetes cannot remove it", r.Name, pod.Name),
		Notes:   slices.Concat(notes, mountNotes, r.userNotes(), r.lifeNotes(container.TTY)),
		Request: r, Beside: slices.Clone(pod.Containers), deed: deed,
	}, nil
}

// chooseTarget drops a target that is not running: the kubelet would try for ever to find its processes.
func chooseTarget(pod *Pod, name string) ([]Note, string, error) {
	if name == "" {
		return nil, "", nil
	}
	c, ok := pod.Container(name)
	if !ok || c.Kind == DebugContainer {
		return nil, "", &Problem{
			What: fmt.Sprintf("pod %s has no container %q to look at", pod.Name, Clean(name)),
			Help: []Help{ChooseTarget},
		}
	}
	if c.Running {
		return nil, name, nil
	}
	return []Note{{Warns: true, Text: fmt.Sprintf("%s is not running (%s): its processes and files cannot be seen, only the pod's network", name, c.State)}}, "", nil
}

// CheckImage holds an image name against the grammar of the distribution project, which the kubelet uses too. The error is
// a [*Problem].
func CheckImage(image string) error {
	_, err := reference.ParseNormalizedNamed(image)
	if err == nil {
		return nil
	}
	hint := "it has the form registry/path/name:tag, as busybox:1.37 or quay.io/team/tool@sha256:…"
	if lower := lowerName(image); lower != image {
		if _, err := reference.ParseNormalizedNamed(lower); err == nil {
			hint = "image names are lower case: " + lower
		}
	}
	return &Problem{What: fmt.Sprintf("%q is not an image name: %s", Clean(image), Clean(err.Error())), Hint: hint, Err: err}
}

// lowerName is the image with its name in lower case; its tag may be upper case.
func lowerName(image string) string {
	name := strings.LastIndex(image, "/") + 1 // a colon before it is that of a port
	if i := strings.IndexAny(image[name:], ":@"); i >= 0 {
		name += i
	} else {
		name = len(image)
	}
	return strings.ToLower(image[:name]) + image[name:]
}
