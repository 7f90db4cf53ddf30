package kubelet

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Changed hears of an object that somebody else has written or deleted. Only pods matter to it.
func (k *Kubelet) Changed(key store.Key) {
	if key.Resource == api.Pods() {
		k.after(0, func() { k.look(types.NamespacedName{Namespace: key.Namespace, Name: key.Name}) })
	}
}

// look compares a pod of the store with what is known of it, and sets going what follows.
func (k *Kubelet) look(name types.NamespacedName) {
	object, known := k.get(name), k.pods[name]
	if known != nil && (object == nil || object.UID != known.uid) {
		known.vanish()
		known = nil
	}
	switch {
	case object == nil:
	case object.DeletionTimestamp != nil && known == nil:
		k.remove(name)
	case object.DeletionTimestamp != nil:
		known.terminate(object)
	case object.Spec.NodeName == "":
		k.schedule(name)
	case known == nil:
		k.adopt(object)
	default:
		known.spec(object)
	}
}
