package reconcile

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
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
	r.countDeployments(namespace)
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

// countSet brings the status of a ReplicaSet up to date.
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
}

// countDeployments brings the status of the Deployments of ReplicaSets up to date: during a rollout one has several.
func (r *replicaSets) countDeployments(namespace string) {
	counted := map[types.UID]appsv1.DeploymentStatus{}
	sets, _ := r.store.List(appsv1.Resource("replicasets"), namespace)
	for _, object := range sets {
		rs := object.(*appsv1.ReplicaSet) //nolint:forcetypeassert // replica sets only are stored as such
		owner := metav1.GetControllerOf(rs)
		if owner == nil {
			continue
		}
		deployment, ok := r.deployment(namespace, owner.Name)
		if !ok || deployment.UID != owner.UID {
			continue
		}
		status := counted[owner.UID]
		status.ObservedGeneration = deployment.Generation
		status.Replicas += rs.Status.Replicas
		status.ReadyReplicas += rs.Status.ReadyReplicas
		if equality.Semantic.DeepEqual(scene.ReplicaSet(deployment).Spec.Selector, rs.Spec.Selector) {
			status.UpdatedReplicas += rs.Status.Replicas
		}
		status.AvailableReplicas = status.ReadyReplicas
		status.UnavailableReplicas = max(0, status.Replicas-status.ReadyReplicas)
		counted[owner.UID] = status
	}
	deployments, _ := r.store.List(appsv1.Resource("deployments"), namespace)
	for _, object := range deployments {
		deployment := object.(*appsv1.Deployment) //nolint:forcetypeassert // deployments only are stored as such
		if status, ok := counted[deployment.UID]; ok {
			setStatus(r.store, appsv1.Resource("deployments"), deployment, func(d *appsv1.Deployment) *appsv1.DeploymentStatus { return &d.Status }, status)
		}
	}
}

func (r *replicaSets) deployment(namespace, name string) (*appsv1.Deployment, bool) {
	object, err := r.store.Get(store.Key{Resource: appsv1.Resource("deployments"), Namespace: namespace, Name: name})
	deployment, ok := object.(*appsv1.Deployment)
	return deployment, ok && err == nil
}
