package kube

// Target names one container of one pod. With an empty Container it means the pod as a whole.
type Target struct {
	Namespace string
	Pod       string
	Container string
}

// String is the short form used in titles and errors: "web-7d" or "web-7d/app".
// The namespace is left out because it is always on the screen already.
func (t Target) String() string {
	if t.Container == "" {
		return t.Pod
	}
	return t.Pod + "/" + t.Container
}

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
