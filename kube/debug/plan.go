// Package debug plans debugging sessions: what a plan changes in a cluster, whether rules, rights and facts allow it, what it leaves behind, and how
// its container is ended.
package debug

import (
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// Plan is a debugging session before it exists: whom it is about, what would be changed, how to attach, and what it leaves.
// It is a value: building one is pure, and nothing changes in a cluster before [Plan.Apply]. By which of the [Ways] it goes, nobody needs to
// know who has one: a new way is a new builder, and a [Change] of its own.
type Plan struct {
	UID     string       // of the pod: another of the same name has another
	Target  kube.Target  // what is looked at; without a Container when no container's processes are shared
	Debug   kube.Target  // the container to attach to
	Image   string       // what runs in it
	Tools   string       // the image that brings the tools, where that is another
	Profile kube.Profile // …
	TTY     bool         // how it is made, and so how it must be attached
	Exec    []string     // what a session runs in Debug with [stream.Exec]; empty: sessions attach
	Change  Change       // what it does to the cluster
	Adds    string       // exactly what is sent for that, as YAML
	Command string       // the equal kubectl command
	// Leftovers are what stays in the cluster after the session, unless somebody takes it away ([leftovers.Leftover.Remove]).
	Leftovers []leftovers.Leftover
	Notes     []Note  // what a person should know before
	Request   Request // what it was made from, to do the same again
	// Siblings are the containers of the pod as they were, to see later what has happened to them ([Restarts]).
	Siblings []kube.Container
	Typed    string // the target pod's name as a person has typed it, where [kube.Guard.Protected] asks for it, or [Plan.Replaces]
}

// Leaves is what stays in the cluster after the plan, and what dayfly does about it, in a sentence.
func (p Plan) Leaves() string {
	words := make([]string, len(p.Leftovers))
	for i, left := range p.Leftovers {
		if words[i] = left.Words; left.Removable {
			words[i] += ": dayfly deletes it before exiting" + left.Otherwise
		}
	}
	return strings.Join(words, "; ")
}

// Inside reports whether the session is in the target itself, and not beside it.
func (p Plan) Inside() bool {
	return p.Target.Container != "" && p.Debug.Container == p.Target.Container
}

// Gives says what the profile lets the container do.
func (p Plan) Gives() string {
	if p.Request.Way == Idle && !addsOnly(p.Profile) {
		return "no effect here, the container keeps its own settings"
	}
	if p.Request.Way == Node && p.Profile == kube.General {
		return "root with the runtime's defaults" // on a node it adds no capability
	}
	return p.Profile.Gives()
}

// Replaces reports whether the plan deletes the pod that it is about. Its name has to be typed before, whatever the context.
func (p Plan) Replaces() bool { return p.Request.Way.Copies() && p.Request.Copy.Replace }

// CleansUp reports whether the plan leaves something that can be taken away again.
func (p Plan) CleansUp() bool { return len(p.Removable()) > 0 }

// Removable are the leftovers that can be taken away.
func (p Plan) Removable() []leftovers.Leftover {
	var list []leftovers.Leftover
	for _, left := range p.Leftovers {
		if left.Removable {
			list = append(list, left)
		}
	}
	return list
}

// Made are the [Plan.Removable] now that they are there: made is the pod that [Plan.Apply] has returned.
func (p Plan) Made(made *corev1.Pod) []leftovers.Leftover {
	list := p.Removable()
	for i := range list {
		list[i] = list[i].Made(made)
	}
	return list
}

// Again is the plan of the same with another container, before it is made anew for the pod as it is then ([NewPlan]): of it, the names, the
// request and what is asked of a person hold.
func (p Plan) Again(container string) Plan {
	p.Request.Name, p.Request.Own.Name = container, ""
	p.Request.Copy.Named, p.Request.Copy.Replace = "", false // a name that was chosen may be taken, and the pod that comes next is another
	p.Debug = p.Request.Way.place(p.Target.Of(""), &p.Request)
	return p
}

// Because is the plan with the reason for it, in a person's words.
func (p Plan) Because(reason string) Plan {
	if p.Change != nil {
		p.Change = p.Change.Because(reason)
		p.Adds = p.Change.Manifest()
	}
	return p
}

// NewPlan builds the plan of debugging a pod in the way that the request names. The error is a [*kube.Problem]: the pod cannot be debugged in
// that way, or the request is wrong.
func NewPlan(pod *kube.Pod, r Request) (Plan, error) {
	build := r.Way.builder()
	if build == nil {
		return Plan{}, &kube.Problem{Message: fmt.Sprintf("there is no way %q to debug a pod", kube.Sanitize(string(r.Way))), Help: []kube.Help{kube.ChooseTool}}
	}
	own := r.Way == Copy && r.Copy.InPlaceOf != "" && r.Image == "" // the image that is there is meant
	if err := CheckImage(r.Image); err != nil && !own {
		return Plan{}, err
	}
	if _, taken := pod.Container(r.Name); taken || r.Name == "" {
		return Plan{}, &kube.Problem{
			Message: fmt.Sprintf("pod %s already has a container %q, and a debug container's name can never be used again", pod.Name, kube.Sanitize(r.Name)),
			Hint:    "choose another name",
		}
	}
	if problem := r.checkLifetime(); problem != nil {
		return Plan{}, problem
	}
	if r.PullPolicy == "" && !own {
		r.PullPolicy = "IfNotPresent"
	}
	return build(pod, r)
}

// made is the container of a request, as it is sent: with its mounts, and with what sessions run in it, if they do not attach.
type made struct {
	sent      Request
	container *corev1.Container
	exec      []string
	notes     []Note
}

// make builds the container of a request in a pod.
func (r Request) make(pod *corev1.Pod) (made, error) {
	brought, notes := mounts(pod, r.MountsOf, r.Mounts)
	sent, exec := r.sent(pod)
	container, err := sent.container(brought)
	if err != nil {
		return made{}, &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "fix the preset", Err: err}
	}
	return made{sent: sent, container: container, exec: exec, notes: slices.Concat(notes, r.userNotes(), r.lifetimeNotes(container.TTY))}, nil
}

// chooseTarget drops a target that is not running: the kubelet would try for ever to find its processes.
func chooseTarget(pod *kube.Pod, name string) ([]Note, string, error) {
	if name == "" {
		return nil, "", nil
	}
	c, ok := pod.Container(name)
	if !ok || c.Kind == kube.DebugContainer {
		return nil, "", &kube.Problem{
			Message: fmt.Sprintf("pod %s has no container %q to look at", pod.Name, kube.Sanitize(name)),
			Help:    []kube.Help{kube.ChooseTarget},
		}
	}
	if c.Running {
		return nil, name, nil
	}
	text := fmt.Sprintf("%s is not running (%s): its processes and files cannot be seen, only the pod's network", name, c.State)
	if c.Exit != nil {
		text += "; " + Idle.Words() + " you get a shell in its own image"
	}
	return []Note{{Warns: true, Text: text}}, "", nil
}

// CheckImage holds an image name against the grammar of the distribution project, which the kubelet uses too. The error is
// a [*kube.Problem].
func CheckImage(image string) error {
	_, err := reference.ParseNormalizedNamed(image)
	if err == nil {
		return nil
	}
	hint := "it has the form registry/path/name:tag, such as busybox:1.37 or quay.io/team/tool@sha256:…"
	if lower := lowerName(image); lower != image {
		if _, err := reference.ParseNormalizedNamed(lower); err == nil {
			hint = "image names are lower case: " + lower
		}
	}
	return &kube.Problem{Message: fmt.Sprintf("%q is not an image name: %s", kube.Sanitize(image), kube.Sanitize(err.Error())), Hint: hint, Err: err}
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

// builder builds the plan of a request that has been looked at; nil: there is no such way.
func (w Way) builder() func(*kube.Pod, Request) (Plan, error) {
	switch w {
	case InPod:
		return inPod
	case Copy:
		return inCopy
	case Idle:
		return inIdleCopy
	case Join:
		return fromNode
	case Node:
		return onNode
	}
	return nil
}

// place is the container that a request gets by the way beside a pod. It completes the names in the request.
func (w Way) place(pod kube.Target, r *Request) kube.Target {
	switch w {
	case Copy:
		return copyOf(pod, r)
	case Idle:
		return copyOf(pod, r).Of(r.Target)
	case Join, Node:
		return nodePodOf(pod, r)
	case InPod:
	}
	return pod.Of(r.Name)
}
