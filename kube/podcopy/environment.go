package podcopy

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Environment is what there is around a pod that a copy of it could disturb, or needs. The zero value is one of which nothing is known.
type Environment struct {
	selectors.Namespace                  // its Unread and Incomplete have the kinds below, too
	Claims              map[string]Claim // the pod's PersistentVolumeClaims, by name; without those of which nothing is known
	Node                *Node            // that the pod is on, or has to be on; nil: not known
	NoServiceAccount    bool             // the pod's service account does not exist
}

// The kinds that are read besides, as sentences name them.
const (
	kindClaims   = "PersistentVolumeClaims"
	kindNodes    = "Nodes"
	kindPods     = "Pods" // of the node
	kindAccounts = "ServiceAccounts"
)

// Claim is a PersistentVolumeClaim of the pod.
type Claim struct {
	Missing bool // there is none of its name
	Deleted bool // it is being deleted
	Lost    bool // its volume is gone
	Volume  string
	Modes   []corev1.PersistentVolumeAccessMode
}

// Node is the pod's node, and how much of it is requested.
type Node struct {
	kube.Node
	Missing     bool // there is none of its name
	Cordoned    bool
	Taints      []corev1.Taint
	Allocatable corev1.ResourceList
	Counted     bool                // Requested and Pods are known
	Requested   corev1.ResourceList // by all pods on it that have not ended
	Pods        int64               // that have not ended
}
