package kubelet

import "slices"

// outside is what a container of a pod on a node runs outside of its own namespaces: in those of a container there, or in the node's.
type outside struct {
	target *container // that is joined; nil: the node is
	spaces []string   // of the target: net ipc uts pid mnt
	argv   []string
}

func (o *outside) joins(space string) bool {
	return o != nil && o.target != nil && slices.Contains(o.spaces, space)
}

// host reports whether it is the node's own files that are found at /.
func (o *outside) host() bool { return o != nil && o.target == nil }
