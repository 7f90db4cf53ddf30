package kube

// Target names one container of one pod. With an empty Container it means the pod as a whole, and without a Pod the node.
type Target struct {
	Namespace string
	Pod       string
	Container string
	Node      string // that is debugged, or from which the container is; else empty
}

// String is the short form used in titles and errors: "web-7d" or "web-7d/app".
// The namespace is left out because it is always on the screen already.
func (t Target) String() string {
	switch {
	case t.Pod == "" && t.Node != "":
		return "node " + t.Node
	case t.Container == "":
		return t.Pod
	}
	return t.Pod + "/" + t.Container
}

// Name is that of the pod, or of the node where no pod is meant.
func (t Target) Name() string {
	if t.Pod == "" {
		return t.Node
	}
	return t.Pod
}

// Kind is what is meant: a pod, or a node.
func (t Target) Kind() string {
	if t.Pod == "" && t.Node != "" {
		return "node"
	}
	return "pod"
}

// Words name the pod, or the node, in a sentence: "pod web".
func (t Target) Words() string { return t.Kind() + " " + t.Name() }

// Of is the same pod with another container.
func (t Target) Of(container string) Target {
	t.Container = container
	return t
}

// Size is a terminal's size in character cells.
type Size struct {
	Cols, Rows uint16
}

// PodKey names a pod in a list over all namespaces.
type PodKey struct {
	Namespace, Name string
}
