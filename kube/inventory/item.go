// Package inventory finds what debugging has left in a cluster, whichever tool has made it: debug containers in pods, copies of pods, pods on nodes, pods
// that other tools have made, and the Jobs that end them. It only reads.
package inventory

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Kind is what a leftover is.
type Kind int

// The kinds.
const (
	DebugContainer Kind = iota // in a pod; its entry stays until the pod goes
	Copy                       // a pod made as the copy of another
	NodePod                    // a pod made to debug the node that it is on
	Join                       // a pod that joins the namespaces of a container from its node
	ToolPod                    // a pod that another tool has made, for a purpose of its own
	Job                        // a Job that ends one of them, or runs it
)

// String is the word on the screen.
func (k Kind) String() string {
	return [...]string{"debug container", "copy", "node pod", "join", "tool pod", "Job"}[k]
}

// Danger is how bad it is that something is left; the worst is the highest.
type Danger int

// The dangers.
const (
	Over     Danger = iota // it runs no more, and gives nobody anything
	Running                // it runs, with the rights of any container
	Elevated               // it runs, and may do more than most containers
	NodeRoot               // it runs, and whoever gets into it is as good as root on its node
)

// String is the word on the screen.
func (d Danger) String() string {
	return [...]string{"over", "running", "elevated", "root on node"}[d]
}

// Item is one thing that debugging has left. Its words are cleaned.
type Item struct {
	Kind    Kind
	Tool    string // that has made it: "dayfly", "kubectl debug", "k9s", …; empty: not known
	Certain bool   // it is marked as this tool marks what it makes, and as nothing else is; otherwise it is likely
	Because string // why it is thought to be a leftover: "label app.kubernetes.io/managed-by=kubectl-debug"

	Target kube.Target // the pod, and in it the debug container; of a Job its namespace and, as Pod, its name. Node is the pod's
	UID    string      // of the pod, or of the Job
	Of     string      // what it was made for: "pod shop/web", "node n-1", "container app of pod shop/web"; empty: not known

	By     string    // the person, where the tool has noted one; otherwise empty
	Client string    // as the API server has noted it: "kubectl-debug"; may be empty
	Reason string    // why, in the person's words; may be empty
	Since  time.Time // when it was made, by the cluster's clock; zero: not known

	Image   string
	Gives   []string // what it may do, the worst first: "privileged", "hostPID", "mounts / of the node", "NET_ADMIN", "root"
	Danger  Danger
	State   string // as [kube.Container].State, or the pod's phase in words: "running", "ended: exit 0", "terminating"
	Running bool
	// Terminating tells that it is being deleted already; Ending says what holds it, where that is known.
	Terminating bool

	Until  time.Time // when the cluster takes it away by itself, by its own clock; zero: it does not
	Ending string    // what else there is to say of its end: "its entry goes with the pod", "finalizer x holds it"; may be empty

	// Session is the name that dayfly has marked it with; empty: it is not dayfly's. Owned: a Job of the pod's name owns the pod, and ends it.
	Session string
	Owned   bool
	// Controlled is the controller that would make the pod anew, and by which it is likely no leftover itself: "ReplicaSet web-7d"; empty: none.
	Controlled string
}

// Update is news of what has been found.
type Update struct {
	Items []Item // that are new; what was sent before stays
	Seen  int    // how many pods have been looked at
	Pods  int    // how many there are, as far as it is known; 0: not known
	Done  bool   // nothing more is coming
	// Unread are the kinds that could not be read, in words, with why: "Jobs: you may not list them". What of them is left is not found.
	Unread []string
	// Trouble is why the search has ended before it was through; nil: it has not.
	Trouble error
}
