package reconcile

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// endpoints lists for each Service of a namespace the pods that it selects, in one EndpointSlice.
func endpoints(s *store.Store, now time.Time, namespace string) {
	services, _ := s.List(corev1.Resource("services"), namespace)
	if len(services) == 0 {
		return
	}
	pods := Pods(s, namespace)
	for _, object := range services {
		service := object.(*corev1.Service) //nolint:forcetypeassert // services only are stored as such
		if len(service.Spec.Selector) > 0 {
			putSlice(s, now, sliceOf(service, pods))
		}
	}
}

// putSlice stores a slice, unless it is there as it is.
func putSlice(s *store.Store, now time.Time, slice *discoveryv1.EndpointSlice) {
	resource := discoveryv1.Resource("endpointslices")
	key := store.Key{Resource: resource, Namespace: slice.Namespace, Name: slice.Name}
	object, err := s.Get(key)
	if apierrors.IsNotFound(err) {
		_ = api.Register(s, now, slice) // it fails when somebody was faster
		return
	}
	before, ok := object.(*discoveryv1.EndpointSlice)
	if !ok || equality.Semantic.DeepEqual(before.Endpoints, slice.Endpoints) && equality.Semantic.DeepEqual(before.Ports, slice.Ports) {
		return
	}
	_, err = s.Update(key, func(o store.Object) error {
		stored := o.(*discoveryv1.EndpointSlice) //nolint:forcetypeassert // see above
		stored.Endpoints, stored.Ports = slice.Endpoints, slice.Ports
		stored.Generation++
		return nil
	})
	if err != nil {
		return // deleted meanwhile
	}
}

// sliceOf is the slice of a Service. All pods are in it that have an address and have not ended, ready or not, as the real controller has it.
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/endpointslice/utils.go
func sliceOf(service *corev1.Service, pods []*corev1.Pod) *discoveryv1.EndpointSlice {
	id := scene.UID("endpointslices", service.Namespace, service.Name)
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name: service.Name + "-" + rand.SafeEncodeString(string(id[:5])), GenerateName: service.Name + "-", Namespace: service.Namespace,
			UID: id, Generation: 1,
			Labels: map[string]string{
				discoveryv1.LabelServiceName: service.Name, discoveryv1.LabelManagedBy: "endpointslice-controller.k8s.io",
			},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(service, corev1.SchemeGroupVersion.WithKind("Service"))},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		slice.Labels[corev1.IsHeadlessService] = ""
	}
	selector := labels.SelectorFromSet(service.Spec.Selector)
	for _, pod := range pods {
		ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		if ended || pod.Status.PodIP == "" || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		if slice.Ports == nil {
			slice.Ports = portsOf(service, pod)
		}
		slice.Endpoints = append(slice.Endpoints, endpointOf(service, pod))
	}
	slices.SortFunc(slice.Endpoints, func(a, b discoveryv1.Endpoint) int { return cmp.Compare(a.TargetRef.Name, b.TargetRef.Name) })
	return slice
}

func endpointOf(service *corev1.Service, pod *corev1.Pod) discoveryv1.Endpoint {
	ready, leaving := isReady(pod), pod.DeletionTimestamp != nil
	return discoveryv1.Endpoint{
		Addresses: []string{pod.Status.PodIP},
		Conditions: discoveryv1.EndpointConditions{
			Ready: ptr.To(service.Spec.PublishNotReadyAddresses || ready && !leaving), Serving: &ready, Terminating: &leaving,
		},
		NodeName:  &pod.Spec.NodeName,
		TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
	}
}

// portsOf is the ports of a Service as a pod has them. One whose name the pod does not know is left out.
func portsOf(service *corev1.Service, pod *corev1.Pod) (ports []discoveryv1.EndpointPort) {
	for _, port := range service.Spec.Ports {
		if number := portOf(port.TargetPort, pod); number > 0 {
			ports = append(ports, discoveryv1.EndpointPort{Name: ptr.To(port.Name), Port: &number, Protocol: ptr.To(cmp.Or(port.Protocol, corev1.ProtocolTCP))})
		}
	}
	return ports
}

func portOf(target intstr.IntOrString, pod *corev1.Pod) int32 {
	if target.Type == intstr.Int {
		return target.IntVal
	}
	for i := range pod.Spec.Containers {
		for _, port := range pod.Spec.Containers[i].Ports {
			if port.Name == target.StrVal {
				return port.ContainerPort
			}
		}
	}
	return 0
}
