package debug

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// Request is what a person chose.
type Request struct {
	Way     Way    // by which a person gets beside what is debugged; the zero value is [InPod]
	Name    string // of the debug container; see [NewName]
	Own     OwnPod
	Copy    CopyOptions
	Node    NodeOptions
	Idle    IdleOptions
	Image   string
	Command []string // replaces the image's entrypoint, or its arguments only when ArgumentsOnly
	// ArgumentsOnly keeps the image's own entrypoint.
	ArgumentsOnly bool
	Env           []EnvVar
	Profile       kube.Profile
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
	// EndsAfter is how long the program may run before it is ended, whether dayfly is still there or not; rounded up to seconds, and 0 is for
	// ever. A copy is taken away by the cluster. In the pod the container itself ends it, which takes a Command that replaces the entrypoint,
	// and sh and sleep in the image.
	EndsAfter time.Duration
	// Private has the container run nothing but a sleep, without a terminal; Command, or a shell, is what sessions run in
	// it (Plan.Exec), and what they type and print is not in the pod's log. It takes sh and sleep in the image.
	Private bool
	// NoTTY makes it without a terminal, and NoStdin without an input: for programs whose output is read by others, not by a person.
	NoTTY, NoStdin bool
}

// OwnPod says how the pod is made that only the session has, for ways that make one ([Way.OwnPod]). [Request.EndsAfter] is how long it lives: the
// cluster takes it away then.
type OwnPod struct {
	Name string // empty: one is made up
	// Namespace that it is created in; empty: for a copy that of the pod, else "default".
	Namespace string
	NoTimer   bool   // no Job may be created: the pod ends after its time, and its entry stays
	By        string // who makes it, for its annotations; empty: nobody says
}

// EnvVar is one variable of the environment.
type EnvVar struct {
	Name, Value string
}

// CopyOptions say how the copy of a pod is made, for ways that make one.
type CopyOptions struct {
	podcopy.Choices
}

// IdleOptions are what is known of a container that is run idle ([Idle]), beside its pod.
type IdleOptions struct {
	// Entrypoint and Command are those of its image, as a registry says, if Known; otherwise a container whose pod names no command has to be told it.
	Entrypoint, Command []string
	Known               bool
	LastLog             []string   // its last lines
	LastExit            *kube.Exit // its last exit that was seen, where the pod does not tell it
}

// NodeOptions say how a pod on a node is made, for ways that make one ([Way.FromNode]).
type NodeOptions struct {
	Host nodes.Host // what kind the node is; not known: as any Linux
	// Namespaces are those of the container that are joined; nil: [nodepod.Usual].
	Namespaces *nodepod.Namespaces
	// AsTarget runs as the user of the container that is joined, and not as root.
	AsTarget bool
	Limited  bool // it gets small requests and limits, where a quota wants some
	// Shell is the node's own shell in place of the tools, by joining the node's namespaces.
	Shell bool
}

// WayWords say what a person gets by the way of the request, in a few words.
func (r Request) WayWords() string {
	switch {
	case r.Way == Copy && r.Copy.InPlaceOf != "":
		return r.Way.Words() + ", in the place of " + kube.Sanitize(r.Copy.InPlaceOf)
	case r.Way.FromNode():
		return r.Way.Words() + ", by a pod in namespace " + r.Own.Namespace
	}
	return r.Way.Words()
}
