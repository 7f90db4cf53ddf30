package kit

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// What screens ask of App ([Kit.Ask]): moving between screens.
type (
	// Show puts a screen on top.
	Show struct{ Screen Screen }
	// Leave goes back to the screen below.
	Leave struct{}
	// Return leaves the top screen, and brings what was chosen in it.
	Return struct{ Result tea.Msg }
	// Flash is one line in the footer for a while.
	Flash struct{ Text string }
)

// What screens ask of App: screens of other rooms, by what they are about.
type (
	// OpenPods begins anew with the pods of another cluster or namespace. An empty namespace is all of them.
	OpenPods struct {
		Cluster   *kube.Cluster
		Namespace string
	}
	// OpenPod shows the containers of a pod.
	OpenPod struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// Inspect shows all of a pod.
	Inspect struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// Compare shows a pod beside its replicas, and in what it differs.
	Compare struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// OpenReport offers to make a report on a pod, for a ticket.
	OpenReport struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// OpenLogs shows the logs of a pod.
	OpenLogs struct {
		Cluster   *kube.Cluster
		Pod       kube.PodKey
		Container string // empty: the pod's default
		Previous  bool   // of the container before this one
	}
	// OpenFiles shows the files of a container.
	OpenFiles struct {
		Cluster   *kube.Cluster
		Pod       kube.PodKey
		Container string // empty: the one to look at first
	}
	// EnterContainer opens a shell in a container of the pod's own, to which nothing is added.
	EnterContainer struct {
		Cluster   *kube.Cluster
		Pod       kube.PodKey
		Container string // empty: the pod's default
	}
	// OpenTools offers the tools for a pod.
	OpenTools struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
		Target  string // the container to look at; empty: the pod's default
	}
	// OpenMany offers to run one command in many pods, or on many nodes.
	OpenMany struct {
		Cluster *kube.Cluster
		Pods    []kube.PodKey
		Nodes   []string
	}
	// OpenCapture offers to capture packets of pods.
	OpenCapture struct {
		Cluster *kube.Cluster
		Pods    []kube.PodKey
	}
	// Quarantine shows what it means to take a pod out of its Services, or to bring it back, and does it.
	Quarantine struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// Evict shows what it means to evict a pod, and does it.
	Evict struct {
		Cluster *kube.Cluster
		Pod     kube.PodKey
	}
	// OpenNodePods shows the pods of a node, of all namespaces.
	OpenNodePods struct {
		Cluster *kube.Cluster
		Node    string
	}
	// InspectNode shows all of a node.
	InspectNode struct {
		Cluster *kube.Cluster
		Node    string
	}
	// OpenNodeTools offers the tools for a node.
	OpenNodeTools struct {
		Cluster *kube.Cluster
		Node    string
	}
)

// What screens ask of App: sessions.
type (
	// Attach opens a session with a debug container that runs, or goes on with one.
	Attach struct {
		Cluster   *kube.Cluster
		Target    kube.Target
		Container kube.Container
	}
	// OpenShell opens one more shell in a debug container that runs.
	OpenShell struct {
		Cluster   *kube.Cluster
		Target    kube.Target
		Container kube.Container
	}
)

// EditFile has a person edit a file of this machine in their editor, which gets the terminal. Done makes the message that tells of the editor's end.
type EditFile struct {
	File string
	Done func(err error) tea.Msg
}

// Tick comes to all screens once a second.
type Tick struct{}
