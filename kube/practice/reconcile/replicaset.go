package reconcile

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Kubelet is what runs the pods.
type Kubelet interface {
	// Changed tells that a pod was made, or its deletion asked for. It only makes appointments.
	Changed(key store.Key)
}

// replicaSets sees to it that each has its pods, and remembers how many it has made.
type replicaSets struct {
	store   *store.Store
	clock   *clock.Clock
	kubelet Kubelet
	made    map[types.UID]int
}

// reconcile gives each ReplicaSet of a namespace the pods that it should have: it takes and releases pods by their labels, as the real controller
// does, makes those that it lacks, and deletes those that are too many.
func (r *replicaSets) reconcile(namespace string) {
	sets, _ := r.store.List(appsv1.Resource("replicasets"), namespace)
	if len(sets) == 0 {
		return
	}
	pods := slices.DeleteFunc(Pods(r.store, namespace), func(pod *corev1.Pod) bool { return !active(pod) })
	for _, object := range sets {
		rs := object.(*appsv1.ReplicaSet) //nolint:forcetypeassert // replica sets only are stored as such
		selector, err := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
		if err != nil || rs.DeletionTimestamp != nil {
			continue
		}
		own := r.claim(rs, selector, pods)
		wanted := int(ptr.Deref(rs.Spec.Replicas, 1))
		for range wanted - len(own) {
			r.makeReplica(rs)
		}
		if len(own) > wanted {
			r.scaleDown(own, len(own)-wanted)
		}
		r.countSet(rs)
	}
}

// active reports whether a pod still counts as one of its ReplicaSet's.
func active(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// claim is the pods of a ReplicaSet. One that nobody controls and that the selector matches is adopted, an own one that it no longer matches is
// released.
func (r *replicaSets) claim(rs *appsv1.ReplicaSet, selector labels.Selector, pods []*corev1.Pod) (own []*corev1.Pod) {
	for _, pod := range pods {
		owner, matches := metav1.GetControllerOf(pod), selector.Matches(labels.Set(pod.Labels))
		switch {
		case owner == nil && matches:
			ref := *metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
			SetOwners(r.store, pod, append(slices.Clone(pod.OwnerReferences), ref))
			own = append(own, pod)
		case owner == nil || owner.UID != rs.UID:
		case matches:
			own = append(own, pod)
		default:
			SetOwners(r.store, pod, slices.DeleteFunc(slices.Clone(pod.OwnerReferences), func(ref metav1.OwnerReference) bool { return ref.UID == rs.UID }))
		}
	}
	return own
}

// makeReplica makes one more pod of a ReplicaSet.
func (r *replicaSets) makeReplica(rs *appsv1.ReplicaSet) {
	for {
		pod := scene.ReplicaPod(rs, r.made[rs.UID])
		pod.UID = scene.UID(api.Pods().Resource, pod.Namespace, pod.Name)
		r.made[rs.UID]++
		err := api.Register(r.store, r.clock.Now(), pod)
		if apierrors.IsAlreadyExists(err) {
			continue // somebody has made one of that name
		}
		if err == nil { // else its namespace is going
			r.kubelet.Changed(Key(pod))
		}
		return
	}
}

// countSet brings the status of a ReplicaSet up to date, and that of its Deployment.
func (r *replicaSets) countSet(rs *appsv1.ReplicaSet) {
	all, ready, labelled := int32(0), int32(0), int32(0)
	template := labels.Set(rs.Spec.Template.Labels).AsSelectorPreValidated()
	for _, pod := range Pods(r.store, rs.Namespace) {
		if !active(pod) || !metav1.IsControlledBy(pod, rs) {
			continue
		}
		all++
		if isReady(pod) {
			ready++
		}
		if template.Matches(labels.Set(pod.Labels)) {
			labelled++
		}
	}
	status := appsv1.ReplicaSetStatus{
		Replicas: all, FullyLabeledReplicas: labelled, ReadyReplicas: ready, AvailableReplicas: ready, ObservedGeneration: rs.Generation,
	}
	setStatus(r.store, appsv1.Resource("replicasets"), rs, func(rs *appsv1.ReplicaSet) *appsv1.ReplicaSetStatus { return &rs.Status }, status)
	owner := metav1.GetControllerOf(rs)
	if owner == nil {
		return
	}
	object, err := r.store.Get(store.Key{Resource: appsv1.Resource("deployments"), Namespace: rs.Namespace, Name: owner.Name})
	if deployment, ok := object.(*appsv1.Deployment); ok && err == nil {
		status := appsv1.DeploymentStatus{
			Replicas: all, UpdatedReplicas: all, ReadyReplicas: ready, AvailableReplicas: ready,
			UnavailableReplicas: max(0, all-ready), ObservedGeneration: deployment.Generation,
		}
		setStatus(r.store, appsv1.Resource("deployments"), deployment, func(d *appsv1.Deployment) *appsv1.DeploymentStatus { return &d.Status }, status)
	}
}
