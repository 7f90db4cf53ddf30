package kubelet

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// node is what a kubelet knows of its machine.
type node struct {
	name, ip, architecture string
	present                map[string]bool // images, by full reference
	queue                  []func()        // pulls: one at a time, as the kubelet has it by default
	addresses              int
	number                 int
	room                   *nodeRoom // nil: nothing real sees the node
}

func (k *Kubelet) node(name string) *node {
	if n := k.nodes[name]; n != nil {
		return n
	}
	n := &node{name: name, architecture: "amd64", present: map[string]bool{}, number: len(k.nodes) + 1}
	if object, err := k.store.Get(store.Key{Resource: api.Nodes(), Name: name}); err == nil {
		status := object.(*corev1.Node).Status //nolint:forcetypeassert // nodes only are stored as nodes
		n.architecture = status.NodeInfo.Architecture
		for _, address := range status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				n.ip = address.Address
				n.number = int(address.Address[len(address.Address)-1] - '0')
			}
		}
	}
	for _, image := range k.images.Images {
		if image.Present {
			for _, ref := range image.Names {
				n.present[ref] = true
			}
		}
	}
	k.nodes[name] = n
	return n
}

// address is a new one for a pod.
func (n *node) address() string {
	n.addresses++
	return fmt.Sprintf("10.244.%d.%d", n.number, 1+n.addresses%250)
}

// next lets the next pull begin, after one has ended.
func (n *node) next() {
	if n.queue = n.queue[1:]; len(n.queue) > 0 {
		n.queue[0]()
	}
}
