package eviction

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Plan is how a pod is evicted.
type Plan struct {
	Target     kube.Target
	UID        string
	Controller string // that makes another: "ReplicaSet web-7d of Deployment web"; empty: nothing does
	Grace      int64  // seconds that its containers have to end
	Bare       bool   // nothing makes another, as far as is known: the pod's name has to be typed
	Unknown    bool   // whether anything does is not known
	Effects    []selectors.Effect
	Command    string        // kubectl's, which evicts nothing by itself: it is the request
	Refusal    *kube.Problem // why it cannot be done; nil: it can

	pod        *corev1.Pod
	controller *selectors.Controller
	budgets    []selectors.Budget // of the pod's namespace
}

// Of plans how a pod is evicted.
func Of(f Facts) Plan {
	p := Plan{Target: kube.Target{Namespace: f.Pod.Namespace, Pod: f.Pod.Name}, UID: string(f.Pod.UID), pod: f.Pod, controller: f.Controller, budgets: f.Around.DisruptionBudgets}
	if p.Refusal = refusal(f); p.Refusal != nil {
		return p
	}
	p.Grace = corev1.DefaultTerminationGracePeriodSeconds
	if s := f.Pod.Spec.TerminationGracePeriodSeconds; s != nil {
		p.Grace = *s
	}
	c := f.Controller
	p.Unknown = c != nil && !c.Gone && (c.Foreign || !c.Read)
	p.Bare = c == nil || c.Gone || c.Wanted == 0 || p.Unknown
	if !p.Bare {
		p.Controller = c.Whole()
	}
	p.Effects = append(p.Effects, controllerEffect(f))
	p.Effects = append(p.Effects, serviceEffects(f)...)
	for _, words := range f.Around.Budgets(f.Pod) {
		p.Effects = append(p.Effects, selectors.Effect{Text: words})
	}
	p.Effects = append(p.Effects, lost(f.Pod)...)
	if len(f.Pod.Finalizers) > 0 {
		text := "It has " + counted("finalizer", f.Pod.Finalizers) + ": it stays until whoever set that lets it go"
		p.Effects = append(p.Effects, selectors.Effect{Warns: true, Text: text})
	}
	if f.Asked {
		p.Effects = append(p.Effects, selectors.Effect{Text: "The cluster would evict it now"})
	}
	for i := range p.Effects {
		p.Effects[i].Text = kube.Sanitize(p.Effects[i].Text)
	}
	p.Command = command(f)
	return p
}

func counted(noun string, words []string) string {
	if len(words) > 1 {
		noun += "s"
	}
	return noun + " " + kube.List(words)
}

// command is the request by kubectl, which has no command of its own for one pod.
func command(f Facts) string {
	body := `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"` + f.Pod.Name + `"}}`
	create := kube.Kubectl(f.Context, "", "create", "--raw", "/api/v1/namespaces/"+f.Pod.Namespace+"/pods/"+f.Pod.Name+"/eviction", "-f", "-")
	return "echo " + kube.ShellLine([]string{body}) + " | " + create
}

func refusal(f Facts) *kube.Problem {
	name := "pod " + f.Pod.Name
	switch {
	case f.Static:
		return &kube.Problem{
			Message: name + " is static: evicting it takes away only what stands for it in the API, and the kubelet of its node runs it on",
			Hint:    "remove its file on the node",
		}
	case f.Pod.DeletionTimestamp != nil:
		return &kube.Problem{Message: name + " is being deleted already", Help: []kube.Help{kube.ListPods}}
	case f.Denied != nil:
		return f.Denied
	}
	return f.Answer
}

// controllerEffect tells who makes another pod.
func controllerEffect(f Facts) selectors.Effect {
	c := f.Controller
	switch {
	case c == nil:
		return selectors.Effect{Warns: true, Text: "Nothing makes another pod in its place: it has no controller"}
	case c.Foreign:
		return selectors.Effect{Warns: true, Text: c.String() + " has made it: whether that makes another is not known"}
	case c.Gone:
		return selectors.Effect{Warns: true, Text: "Nothing makes another pod in its place: " + c.String() + " does not exist any more"}
	case !c.Read:
		return selectors.Effect{Warns: true, Text: c.String() + " could not be read: whether another pod comes in its place is not known"}
	case c.Wanted == 0:
		return selectors.Effect{Warns: true, Text: "Nothing makes another pod in its place: " + c.Whole() + " wants none any more"}
	}
	switch c.Kind {
	case "Job":
		if c.Ignores {
			return selectors.Effect{Warns: true, Text: c.String() + " starts another pod: the work begins again; its podFailurePolicy does not count this one as failed"}
		}
		return selectors.Effect{Warns: true, Text: c.String() + " starts another pod: the work begins again, and this one counts as failed, towards its backoffLimit"}
	case "StatefulSet":
		return selectors.Effect{Text: c.Whole() + " makes it again, with its name and its claims, when it has gone"}
	case "DaemonSet":
		return selectors.Effect{Text: c.Whole() + " makes another on node " + f.Pod.Spec.NodeName + ", even if that is cordoned"}
	}
	return selectors.Effect{Text: c.Whole() + " makes another in its place"}
}

// serviceEffects tell of the Services that nobody serves meanwhile.
func serviceEffects(f Facts) []selectors.Effect {
	var found []selectors.Effect
	if slices.Contains(slices.Concat(f.Around.Unread, f.Around.Incomplete), selectors.Services) {
		found = append(found, selectors.Effect{Warns: true, Text: "The Services could not all be read: whether it is the last that serves one is not known"})
	}
	for _, s := range f.Around.Services {
		e, ok := f.Endpoints[s.Name]
		switch {
		case !ok || !s.Selects(f.Pod.Labels):
		case e.Known && e.Has(f.Pod.Name) && e.Besides(f.Pod.Name) == 0:
			found = append(found, selectors.Effect{Warns: true, Text: "It is the last that serves " + s.String() + ": requests fail until another pod is ready"})
		case !e.Known:
			found = append(found, selectors.Effect{Warns: true, Text: "Whether other pods serve " + s.String() + " could not be read"})
		}
	}
	if c := f.Controller; len(found) == 0 && c != nil && c.Read && c.Kind != "Job" && c.Ready == 1 && replacement.Ready(f.Pod) && c.Kind != "DaemonSet" {
		found = append(found, selectors.Effect{Warns: true, Text: "It is the only pod of " + c.String() + " that is ready"})
	}
	return found
}

// lost is what goes with the pod: data, and what debugs it.
func lost(pod *corev1.Pod) []selectors.Effect {
	var found []selectors.Effect
	var empty, host []string
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.EmptyDir != nil:
			empty = append(empty, v.Name)
		case v.HostPath != nil:
			host = append(host, v.Name)
		}
	}
	if len(empty) > 0 {
		found = append(found, selectors.Effect{Warns: true, Text: "What is in its " + counted("volume", empty) + " (emptyDir) is lost"})
	}
	if len(host) > 0 {
		found = append(found, selectors.Effect{Text: "What is in its " + counted("volume", host) + " (hostPath) stays on node " + pod.Spec.NodeName})
	}
	var running []string
	for i := range pod.Status.EphemeralContainerStatuses {
		if s := &pod.Status.EphemeralContainerStatuses[i]; s.State.Running != nil {
			running = append(running, s.Name)
		}
	}
	if len(running) > 0 {
		verb := " ends with it"
		if len(running) > 1 {
			verb = " end with it"
		}
		text := counted("debug container", running) + verb
		found = append(found, selectors.Effect{Warns: true, Text: strings.ToUpper(text[:1]) + text[1:]})
	}
	return found
}
