package debug

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// CopyLife is how long a copy of a pod lives unless somebody says otherwise.
const CopyLife = time.Hour

// kept are the choices as they are with a profile: legacy takes away the labels, and nothing else, whatever is chosen.
func (o CopyOptions) kept(p kube.Profile) podcopy.Choices {
	c := o.Choices
	if p == kube.Legacy {
		c.Labels, c.Annotations, c.Liveness, c.Readiness, c.Startup, c.NoInit = nil, true, true, true, true, false
	}
	return c
}

// Fit is the request as it can be carried out in an environment; nil: not known. Where it is not known whether a Job may be created, one is asked for.
func (r Request) Fit(e *CopyEnvironment) Request {
	if e == nil || !r.Way.Copies() {
		return r
	}
	r.Own.By, r.Own.NoTimer = e.By, r.Own.NoTimer || e.Jobs == kube.No
	r.Idle.LastLog, r.Idle.LastExit = e.LastLog[r.Target], e.LastExit[r.Target]
	return r
}

// copyName is the name of a copy that gets a container: the pod's, as far as there is room for it, and what makes the container's new.
func copyName(pod, container string) string {
	suffix := "-debug-" + container[strings.LastIndex(container, "-")+1:]
	suffix = suffix[:min(len(suffix), 20)]
	return strings.TrimRight(pod[:min(len(pod), validation.DNS1123LabelMaxLength-len(suffix))], "-.") + suffix
}

// copyOf is the container that a request gets in a copy of a pod, whose name it gives the request if that has none.
func copyOf(pod kube.Target, r *Request) kube.Target {
	r.Own.Name = cmp.Or(r.Own.Name, r.Copy.Named, copyName(pod.Pod, r.Name))
	return kube.Target{Namespace: pod.Namespace, Pod: r.Own.Name, Container: cmp.Or(r.Copy.InPlaceOf, r.Name)}
}

// inCopy builds the plan of a copy of a pod that has the container beside its own, or in the place of one of them, and shares their processes:
// what kubectl debug --copy-to with --share-processes makes, and more carefully so.
func inCopy(pod *kube.Pod, r Request) (Plan, error) {
	if problem := r.checkCopy(pod); problem != nil {
		return Plan{}, problem
	}
	place := r.Copy.InPlaceOf
	switch {
	case place == "" && len(r.Mounts) > 0:
		r.MountsOf = cmp.Or(r.MountsOf, r.Target)
	case place == "":
	case r.Image == "":
		r.Target = place // it is the session's own container, with another command
	case r.Target == place:
		r.Target = "" // its program does not run
	}
	if place != "" {
		r.Mounts = nil // the container has its own
	}
	uncreated := pod.Object().DeepCopy()
	uncreated.Status = corev1.PodStatus{} // of its containers none runs, nor has an ID
	unlimited := r
	unlimited.EndsAfter = 0 // the cluster takes the copy away: nothing in the container has to end it
	made, err := unlimited.make(uncreated)
	if err != nil {
		return Plan{}, err
	}
	var notes []Note
	p, err := r.copyPlan(pod, func(spec *corev1.PodSpec) (*corev1.Container, error) {
		if place == "" {
			spec.Containers = append(spec.Containers, *made.container)
			return made.container, nil
		}
		c := specOf(spec, place)
		notes = made.sent.placeNotes(c)
		return c, made.sent.takePlace(c)
	})
	if err != nil {
		return Plan{}, err
	}
	about := p.Target.Of("")
	made.sent.Name = p.Debug.Container
	p.TTY, p.Exec, p.Notes = made.container.TTY, made.exec, slices.Concat(p.Notes, notes, made.notes)
	p.Command = made.sent.kubectl(pod.Context, about) + made.sent.kubectlExec(pod.Context, p.Debug, made.exec)
	return p, nil
}

// takePlace has a container of a copy run what the request asks for; all else is as in the pod.
func (r Request) takePlace(c *corev1.Container) error {
	r.run(c)
	c.Lifecycle, c.LivenessProbe, c.ReadinessProbe, c.StartupProbe = nil, nil, nil, nil // they are about the program, which does not run
	for _, v := range r.Env {
		c.Env = slices.DeleteFunc(c.Env, func(own corev1.EnvVar) bool { return own.Name == v.Name })
		c.Env = append(c.Env, corev1.EnvVar{Name: v.Name, Value: v.Value})
	}
	if err := r.finish(c); err != nil {
		return &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "fix the preset", Err: err}
	}
	return nil
}

// placeNotes say whose place is taken, and what of it the kubectl command does otherwise.
func (r Request) placeNotes(c *corev1.Container) []Note {
	runs := "runs another command in " + c.Image
	if r.Image != "" {
		runs = "runs " + r.Image + " instead of its own image"
	}
	has := []string{"variables", "volumes", "resources"}
	if r.Profile != kube.Baseline && r.Profile != kube.Restricted { // which take it away
		has = append(has, "user")
	}
	text := fmt.Sprintf("%s %s, with its own %s; its program does not run", c.Name, runs, kube.List(has))
	var unsaid []string
	if len(r.Env) > 0 && len(c.Env) > 0 {
		unsaid = append(unsaid, "leaves out the container's own variables")
	}
	if c.Lifecycle != nil {
		unsaid = append(unsaid, "keeps its lifecycle hooks")
	}
	if c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil {
		unsaid = append(unsaid, "keeps its probes")
	}
	if r.Image != "" && len(c.Command) > 0 && (r.ArgumentsOnly || len(r.Command) == 0) {
		unsaid = append(unsaid, "keeps its command, which the image may not have")
	}
	if len(unsaid) > 0 {
		text += "; the kubectl command " + kube.List(unsaid)
	}
	return []Note{{Text: kube.Sanitize(text)}}
}

// copyPlan is the plan of a copy that equip puts into it what a person gets.
func (r Request) copyPlan(pod *kube.Pod, equip func(*corev1.PodSpec) (*corev1.Container, error)) (Plan, error) {
	about := kube.Target{Namespace: pod.Namespace, Pod: pod.Name}
	debugged := r.Way.place(about, &r)
	change, err := newCopying(pod.Object(), r, equip)
	if err != nil {
		return Plan{}, err
	}
	return Plan{
		UID: string(pod.Object().UID), Target: about.Of(r.Target), Debug: debugged, Image: kube.Sanitize(change.container.Image), Profile: r.Profile,
		Change: change, Adds: change.Manifest(), Leftovers: []leftovers.Leftover{change.Leftover()}, Notes: r.copyNotes(pod.Object()), Request: r,
	}, nil
}

// checkCopy tells what keeps a request from a copy of a pod; nil: nothing does. It gives the copy its name.
func (r *Request) checkCopy(pod *kube.Pod) *kube.Problem {
	if pod.Object() == nil {
		return &kube.Problem{Message: fmt.Sprintf("pod %s has not been read", pod.Name), Help: []kube.Help{kube.Retry}}
	}
	_ = copyOf(kube.Target{Pod: pod.Name}, r)
	if problem := CheckCopyName(pod, r.Own.Name); problem != nil {
		return problem
	}
	if limit := validation.DNS1123LabelMaxLength; r.timed() && len(r.Own.Name) > limit {
		return &kube.Problem{
			Message: fmt.Sprintf("%q is too long for a copy of pod %s that ends by itself: its Job cannot have that name", kube.Sanitize(r.Own.Name), pod.Name),
			Hint:    fmt.Sprintf("use at most %d characters", limit),
		}
	}
	if c, ok := pod.Container(r.Target); r.Target != "" && (!ok || c.Kind == kube.DebugContainer) {
		return &kube.Problem{
			Message: fmt.Sprintf("pod %s has no container %q to look at", pod.Name, kube.Sanitize(r.Target)), Help: []kube.Help{kube.ChooseTarget},
		}
	}
	if problem := r.checkPlace(pod); problem != nil {
		return problem
	}
	return r.checkChoices(pod)
}

// CheckCopyName tells why a copy of a pod cannot have a name; nil: it can.
func CheckCopyName(pod *kube.Pod, name string) *kube.Problem {
	if wrong := validation.IsDNS1123Subdomain(name); len(wrong) == 0 && name != pod.Name {
		return nil
	}
	return &kube.Problem{
		Message: fmt.Sprintf("%q cannot be the name of a copy of pod %s", kube.Sanitize(name), pod.Name),
		Hint:    "use a name that no pod has, of lower case letters, digits and dashes",
	}
}

// checkPlace tells what keeps the copy from the place of a container, or of the pod; nil: nothing does.
func (r *Request) checkPlace(pod *kube.Pod) *kube.Problem {
	name := r.Copy.InPlaceOf
	taken := func(c corev1.Container) bool { return c.Name == name }
	switch {
	case name != "" && !slices.ContainsFunc(pod.Object().Spec.Containers, taken):
		return &kube.Problem{
			Message: fmt.Sprintf("pod %s has no container %q whose place could be taken", pod.Name, kube.Sanitize(name)),
			Hint:    "it has " + kube.Sanitize(podcopy.Names(pod.Object().Spec.Containers)),
		}
	case r.Copy.Replace && podcopy.Static(pod.Object()):
		return &kube.Problem{Message: "pod " + pod.Name + " is static: its node's kubelet runs it from a file, and makes it again when it is deleted", Hint: "debug a copy, and leave the pod as it is"}
	}
	return nil
}

// checkChoices tells which choice is about something that the pod does not have; nil: none is.
func (r *Request) checkChoices(pod *kube.Pod) *kube.Problem {
	object := pod.Object()
	for _, label := range r.Copy.Labels {
		if label == leftovers.ManagedByLabel {
			return &kube.Problem{Message: "label " + label + " cannot be kept: on a copy it says that dayfly has created it", Hint: "leave it out"}
		}
		if _, ok := object.Labels[label]; !ok && label != podcopy.All {
			return &kube.Problem{
				Message: fmt.Sprintf("pod %s has no label %q to keep", pod.Name, kube.Sanitize(label)),
				Hint:    "it has " + cmp.Or(kube.Sanitize(kube.List(slices.Sorted(maps.Keys(object.Labels)))), "none"),
			}
		}
	}
	for _, image := range r.Copy.Images {
		named := func(c corev1.Container) bool { return image.Container == podcopy.All || c.Name == image.Container }
		if !slices.ContainsFunc(object.Spec.Containers, named) {
			return &kube.Problem{
				Message: fmt.Sprintf("pod %s has no container %q that could get another image", pod.Name, kube.Sanitize(image.Container)),
				Hint:    "init containers keep theirs", Help: []kube.Help{kube.ChooseTarget},
			}
		}
		if err := CheckImage(image.Image); err != nil {
			return kube.Explain(err)
		}
	}
	return nil
}

// timed reports whether a Job ends the copy.
func (r Request) timed() bool { return r.Way.OwnPod() && r.EndsAfter > 0 && !r.Own.NoTimer }
