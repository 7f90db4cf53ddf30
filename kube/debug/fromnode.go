package debug

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// fromNode builds the plan of joining namespaces of a container from a privileged pod on its node. Nothing changes in the pod itself.
func fromNode(pod *kube.Pod, r Request) (Plan, error) {
	object := pod.Object()
	if object == nil {
		return Plan{}, &kube.Problem{Message: fmt.Sprintf("pod %s has not been read", pod.Name), Help: []kube.Help{kube.Retry}}
	}
	joining, problem := r.joining(pod)
	if problem == nil {
		problem = r.checkHost(object.Spec.NodeName)
	}
	if problem != nil {
		return Plan{}, problem
	}
	command, problem := r.whole()
	if problem != nil {
		return Plan{}, problem
	}
	if joining.Sandbox != "" {
		r.Node.Namespaces = &joining.Namespaces // as much as can be
	}
	r.Profile = kube.Sysadmin // whatever is asked for: no other could join
	about := kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: r.Target, Node: object.Spec.NodeName}
	debugged := nodePodOf(about, &r)
	sent := r
	sent.EndsAfter, sent.Mounts, sent.Root, sent.RunAsUser, sent.RunAsGroup = 0, nil, false, nil, nil
	sent.Target, sent.Command, sent.ArgumentsOnly = "", joining.Command(command), false
	made, err := sent.make(&corev1.Pod{})
	if err != nil {
		return Plan{}, err
	}
	p := r.nodePlan(about, debugged, nodepod.Inside(object.Spec.NodeName, debugged.Namespace, debugged.Pod, *made.container),
		"which joins "+pod.Name+" from its node", "create a pod that joins "+r.Target+" of pod "+pod.Name+" from its node")
	p.UID, p.Exec, p.Siblings = string(object.UID), made.exec, slices.Clone(pod.Containers)
	p.Notes = slices.Concat(joinNotes(pod, joining), r.nodePodNotes(about), made.notes)
	return p, nil
}

// joining is how the request's target is joined, or why it cannot be.
func (r Request) joining(pod *kube.Pod) (nodepod.Joining, *kube.Problem) {
	j := nodepod.Joining{Namespaces: r.namespaces(), UID: r.RunAsUser, GID: r.RunAsGroup}
	if r.Root {
		j.UID, j.GID = nil, nil
	}
	j.AsTarget = r.Node.AsTarget
	c, ok := pod.Container(r.Target)
	switch {
	case r.Target != "" && !ok:
		return j, &kube.Problem{Message: fmt.Sprintf("pod %s has no container %q to join", pod.Name, kube.Sanitize(r.Target)), Help: []kube.Help{kube.ChooseTarget}}
	case r.Target == "":
		return j, &kube.Problem{Message: "from the node one joins a container, and none is chosen", Help: []kube.Help{kube.ChooseTarget}}
	case c.Kind == kube.DebugContainer:
		return j, &kube.Problem{Message: c.Name + " is a debug container: join one of the pod's own", Help: []kube.Help{kube.ChooseTarget}}
	case !c.Running:
		return j, &kube.Problem{
			Message: fmt.Sprintf("%s is not running (%s): it has no processes whose namespaces could be joined", c.Name, c.State),
			Help:    []kube.Help{kube.ChooseTarget, kube.ChooseWay},
		}
	case r.Node.Host == nodes.Windows:
		return j, &kube.Problem{Message: "node " + pod.Node + " runs Windows: its containers have no namespaces to join", Help: []kube.Help{kube.ChooseWay}}
	}
	if j.ContainerID = containerID(pod.Object(), r.Target); Sandboxed(pod) != "" {
		j.Sandbox = string(pod.Object().UID)
		j.Namespaces = nodepod.Namespaces{Network: j.Namespaces.Network}
		if !j.Namespaces.Network {
			return j, &kube.Problem{Message: "of a pod with a kernel of its own (" + Sandboxed(pod) + ") only the network can be joined", Hint: "join the network"}
		}
	} else if j.ContainerID == "" {
		return j, &kube.Problem{Message: "the kubelet has not told the ID of container " + r.Target + " yet", Help: []kube.Help{kube.Retry}}
	}
	return j, nil
}

// namespaces are those that are joined.
func (r Request) namespaces() nodepod.Namespaces {
	if r.Node.Namespaces == nil {
		return nodepod.Usual()
	}
	return *r.Node.Namespaces
}

// Sandboxed is the runtime class of a pod whose containers have a kernel of their own, by its usual names; empty: they most likely share the node's.
// https://gvisor.dev/docs/user_guide/quick_start/kubernetes/, https://github.com/kata-containers/kata-containers
func Sandboxed(pod *kube.Pod) string {
	if pod == nil || pod.Object() == nil || pod.Object().Spec.RuntimeClassName == nil {
		return ""
	}
	class := *pod.Object().Spec.RuntimeClassName
	for _, name := range []string{"gvisor", "runsc", "kata"} {
		if strings.Contains(strings.ToLower(class), name) {
			return kube.Sanitize(class)
		}
	}
	return ""
}

// joinNotes say what is joined, and what is not.
func joinNotes(pod *kube.Pod, j nodepod.Joining) []Note {
	notes := []Note{{Text: "nothing changes in pod " + pod.Name + "; kubectl debug has no such way"}}
	switch some := j.Namespaces.Words(); {
	case j.Sandbox != "":
		notes = append(notes, Note{Warns: true, Text: "the pod has a kernel of its own (" + Sandboxed(pod) + "): only its network can be joined, none of its processes is seen, and its localhost may be out of reach"})
	case len(some) == 0:
		notes = append(notes, Note{Warns: true, Text: "no namespace is joined: you see the node's processes, and the container's files in $TARGET_ROOT"})
	case !j.Namespaces.Processes:
		notes = append(notes, Note{Text: "its processes are not joined: you see those of the whole node; $TARGET_PID is the container's first"})
	}
	if j.Namespaces.Mounts {
		notes = append(notes, Note{Warns: true, Text: "its files are joined: the tools' are out of reach, and the container needs a shell of its own"})
	}
	return notes
}

// Joins are the namespaces that the plan joins, in words; empty: it joins none, or goes another way.
func (p Plan) Joins() string {
	if p.Request.Way != Join || p.Change == nil {
		return ""
	}
	return kube.List(p.Request.namespaces().Words())
}
