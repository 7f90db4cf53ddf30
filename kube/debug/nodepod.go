package debug

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// nodePodOf is the container that a request gets in a pod on a node, whose name and namespace it gives the request if that has none.
func nodePodOf(about kube.Target, r *Request) kube.Target {
	r.Own.Namespace = cmp.Or(r.Own.Namespace, UsualNamespace)
	if r.Own.Name == "" {
		r.Own.Name = nodepod.Name("node-debugger-", about.Node, r.Name)
		if r.Way == Join {
			r.Own.Name = nodepod.Name("join-", about.Pod, r.Name)
		}
	}
	return kube.Target{Namespace: r.Own.Namespace, Pod: r.Own.Name, Container: r.Name}
}

// nodePodChange is the change that creates a pod on a node, behind a Job that ends it.
type nodePodChange struct {
	*leftovers.TimedPod
	words string // what it does, without names that are new each time
}

// nodePlan is the plan of a pod on a node: what tells what it is, and words what is done, for sentences.
func (r Request) nodePlan(about, debugged kube.Target, pod *corev1.Pod, what, words string) Plan {
	pod.Spec.TerminationGracePeriodSeconds = new(int64(1)) // a shell that is the first process ignores SIGTERM for all of it
	if r.Node.Limited {
		podcopy.Limit(&pod.Spec, &corev1.Pod{})
	}
	marks := map[string]string{leftovers.NodeAnnotation: pod.Spec.NodeName}
	if r.Way == Join {
		marks[leftovers.JoinsAnnotation] = about.Namespace + "/" + about.String()
	}
	c := &pod.Spec.Containers[0]
	change := &nodePodChange{words: words, TimedPod: leftovers.NewTimedPod(pod, leftovers.PodOptions{
		What: what, Marks: marks, Session: r.Name, By: r.Own.By, Life: wholeSeconds(r.EndsAfter), LifeWords: Span(r.EndsAfter), Job: r.timed(), Image: c.Image,
	})}
	return Plan{
		Target: about, Debug: debugged, Image: kube.Sanitize(c.Image), Profile: r.Profile, TTY: c.TTY, Change: change, Adds: change.Manifest(),
		Leftovers: []leftovers.Leftover{change.Leftover()}, Request: r,
	}
}

// nodePodNotes say where the pod runs, what it may use, and when it ends.
func (r Request) nodePodNotes(about kube.Target) []Note {
	notes := []Note{{Text: "it runs on node " + kube.Sanitize(about.Node) + ", whatever the node's taints and the scheduler say"}}
	if r.Way == Join && about.Namespace == r.Own.Namespace {
		notes = append(notes, Note{Warns: true, Text: "it is created in the namespace of the pod itself, " + about.Namespace})
	}
	if r.Node.Limited {
		notes = append(notes, Note{Text: "it may use " + podcopy.LimitWords() + ": a tool that needs more memory is killed"})
	}
	switch {
	case r.EndsAfter <= 0:
	case r.Own.NoTimer:
		notes = append(notes, Note{Text: "the pod ends " + Span(r.EndsAfter) + " after its start, even if dayfly is gone; its entry stays, because no Job deletes it"})
	default:
		notes = append(notes, Note{Text: "the cluster deletes the pod " + Span(r.EndsAfter) + " after its creation, even if dayfly is gone: the Job runs nothing, and owns the pod"})
	}
	return notes
}

func (m *nodePodChange) Words() string { return m.words }

func (m *nodePodChange) Intro() string { return "will be created, and deleted before dayfly exits:" }

// Difference is all that is created: nothing that is there changes.
func (m *nodePodChange) Difference() (intro, diff string) {
	return "Nothing that is there is changed. All that is created:\n", " " + indented(m.Manifest())
}

func (m *nodePodChange) Manifest() string { return allObjects(m.TimedPod) }

func (m *nodePodChange) Spec() *corev1.PodSpec { return &m.Pod.Spec }

func (m *nodePodChange) Container() *corev1.Container { return &m.Pod.Spec.Containers[0] }

func (m *nodePodChange) Right() kube.Right { return kube.RightToCreate() }

func (m *nodePodChange) Done() string {
	return fmt.Sprintf("pod %s, %s, with %s was created in namespace %s", m.Pod.Name, m.What, m.Container().Image, m.Pod.Namespace)
}

func (m *nodePodChange) WhenGone() (string, []kube.Help) {
	return "do the same again: it makes a new pod", nil
}

// Known is the pod before it is there, on its node.
func (m *nodePodChange) Known(f Facts) Facts {
	pod := kube.NewPod(m.Pod.DeepCopy())
	pod.Refusal = nil
	f.Pod, f.Events, f.MemoryUsed, f.MemoryLimit, f.Unmade = pod, nil, 0, 0, true
	if f.Host != nil {
		f.PodSecurity = f.Host.Levels[m.Pod.Namespace]
	}
	return f
}

func (m *nodePodChange) Because(reason string) Change {
	if reason == "" {
		return m
	}
	other := *m
	other.TimedPod = m.TimedPod.Because(reason)
	return &other
}

// checkHost tells what keeps a person from a node; nil: nothing that is known.
func (r Request) checkHost(node string) *kube.Problem {
	if node == "" {
		return &kube.Problem{Message: "it is on no node yet: there is nothing to debug from", Help: []kube.Help{kube.ChooseWay}}
	}
	if r.Node.Host.Bare() {
		return &kube.Problem{Message: fmt.Sprintf("node %s is no machine of its own (%s)", kube.Sanitize(node), r.Node.Host.Note()), Hint: "use another way", Help: []kube.Help{kube.ChooseWay}}
	}
	return nil
}

// whole is the request's command, as a whole: what an image starts by itself is not known here.
func (r Request) whole() ([]string, *kube.Problem) {
	switch {
	case r.ArgumentsOnly:
		return nil, &kube.Problem{
			Message: "this tool is only arguments to its image's own program, which is not known here",
			Hint:    "choose a tool with a shell, such as busybox", Help: []kube.Help{kube.ChooseTool},
		}
	case len(r.Command) == 0:
		return []string{"sh"}, nil
	}
	return slices.Clone(r.Command), nil
}

// FitNode is the request as it can be carried out from a node; nil: nothing is known of it.
func (r Request) FitNode(e *NodeEnvironment) Request {
	if e == nil || !r.Way.FromNode() {
		return r
	}
	r.Own.By, r.Own.NoTimer, r.Node.Host = e.By, r.Own.NoTimer || e.Jobs == kube.No, e.Host
	return r
}

// onNode builds the plan of debugging the node of a pod by a pod on it: what kubectl debug node/NAME makes, or the node's own shell.
func onNode(pod *kube.Pod, r Request) (Plan, error) {
	node := ""
	if pod.Object() != nil {
		node = pod.Object().Spec.NodeName
	}
	if problem := r.checkHost(node); problem != nil {
		return Plan{}, problem
	}
	about := kube.Target{Node: node}
	debugged := nodePodOf(about, &r)
	if r.Node.Shell {
		return r.shellPlan(pod, about, debugged)
	}
	sent := r
	sent.EndsAfter, sent.Target, sent.Mounts = 0, "", nil
	if r.Profile == kube.General {
		sent.Profile = kube.Legacy // on a node it sets nothing, as kubectl has it
	}
	made, err := sent.make(&corev1.Pod{})
	if err != nil {
		return Plan{}, err
	}
	object := nodepod.OnNode(node, debugged.Namespace, debugged.Pod, r.Profile, *made.container)
	var windows []Note
	if r.Node.Host == nodes.Windows {
		object = nodepod.Windows(node, debugged.Namespace, debugged.Pod, *made.container)
		object.Spec.Containers[0].SecurityContext = nil
		r.Profile = kube.Sysadmin
		windows = []Note{{Warns: true, Text: "a Windows node: the container runs as a process of the host (HostProcess), and its image must be one for Windows; kubectl debug has no such way"}}
	}
	r.Target = ""
	p := r.nodePlan(about, debugged, object, "which debugs node "+node, "create a pod on node "+node)
	p.Exec = made.exec
	p.Notes = slices.Concat(windows, r.nodeFileNotes(), r.nodePodNotes(about), made.notes)
	if windows == nil {
		made.sent.Profile = r.Profile
		p.Command = made.sent.kubectl(pod.Context, kube.Target{Namespace: debugged.Namespace, Pod: "node/" + about.Node})
		p.Notes = append(p.Notes, Note{Text: "the pod that the kubectl command makes stays until somebody deletes it"})
	}
	return p, nil
}

// nodeFileNotes say what is special about the files of some hosts.
func (r Request) nodeFileNotes() []Note {
	if !nodepod.Gives(r.Profile).Files || r.Node.Host != nodes.Talos && r.Node.Host != nodes.Bottlerocket {
		return nil
	}
	return []Note{{Text: r.Node.Host.Note()}}
}

// shellPlan is the plan of the node's own shell, in its namespaces and with its files.
func (r Request) shellPlan(pod *kube.Pod, about, debugged kube.Target) (Plan, error) {
	if host := r.Node.Host; host == nodes.Talos || host == nodes.Windows {
		return Plan{}, &kube.Problem{
			Message: "node " + about.Node + " has no shell of its own to join (" + host.Note() + ")",
			Help:    []kube.Help{kube.ChooseTool},
		}
	}
	command, problem := r.whole()
	switch {
	case problem != nil, len(r.Command) == 0, len(r.Command) == 1 && r.startsShell():
		command = nodepod.HostShell()
		if r.Node.Host == nodes.Bottlerocket {
			command = []string{"bash"}
		}
	}
	if r.Node.Host == nodes.Bottlerocket { // https://github.com/bottlerocket-os/bottlerocket#admin-container
		command = append([]string{"apiclient", "exec", "admin"}, command...)
	}
	r.Profile, r.Target = kube.Sysadmin, ""
	sent := r
	sent.EndsAfter, sent.Mounts, sent.Root, sent.RunAsUser, sent.RunAsGroup = 0, nil, false, nil, nil
	sent.Command, sent.ArgumentsOnly = nodepod.ShellCommand(command), false
	made, err := sent.make(&corev1.Pod{})
	if err != nil {
		return Plan{}, err
	}
	object := nodepod.Inside(about.Node, debugged.Namespace, debugged.Pod, *made.container)
	p := r.nodePlan(about, debugged, object, "which runs the shell of node "+about.Node, "create a pod on node "+about.Node)
	p.Exec = made.exec
	p.Command = made.sent.kubectl(pod.Context, kube.Target{Namespace: debugged.Namespace, Pod: "node/" + about.Node})
	p.Notes = slices.Concat([]Note{{Text: "the node's own shell, with its own programs: of the image only nsenter is used; the kubectl command mounts the node's files too"}},
		r.nodePodNotes(about), made.notes)
	return p, nil
}

// OnHost are what of the node the plan's container has, in words; empty: the plan is about no node.
func (p Plan) OnHost() string {
	switch {
	case p.Request.Way != Node || p.Change == nil:
		return ""
	case p.Request.Node.Host == nodes.Windows:
		return "a process of the host, with all its files"
	case p.Request.Node.Shell:
		return "its own shell, in its namespaces, with its files"
	}
	return nodepod.Gives(p.Profile).Words()
}
