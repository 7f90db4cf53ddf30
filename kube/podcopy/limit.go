package podcopy

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
)

// small are requests that fit almost everywhere, and limits with which a shell and most tools run.
func small() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m"), corev1.ResourceMemory: resource.MustParse("256Mi")},
	}
}

// LimitWords are those limits.
func LimitWords() string { return "500m CPU and 256 MiB memory" }

// Limit gives the containers of a copy that the pod does not have small requests and limits. Of a resource of which they name one already, they keep what
// they name.
func Limit(spec *corev1.PodSpec, original *corev1.Pod) {
	eachAdded(spec, original, func(c *corev1.Container) {
		all := small()
		c.Resources = *c.Resources.DeepCopy() // which it may share with another
		for name, request := range all.Requests {
			_, requested := c.Resources.Requests[name]
			if _, limited := c.Resources.Limits[name]; requested || limited {
				continue
			}
			if c.Resources.Requests == nil {
				c.Resources.Requests = corev1.ResourceList{}
			}
			if c.Resources.Limits == nil {
				c.Resources.Limits = corev1.ResourceList{}
			}
			c.Resources.Requests[name], c.Resources.Limits[name] = request, all.Limits[name]
		}
	})
}

// Added are the containers of a copy that the pod does not have.
func Added(spec *corev1.PodSpec, original *corev1.Pod) []string {
	var names []string
	eachAdded(spec, original, func(c *corev1.Container) { names = append(names, kube.Sanitize(c.Name)) })
	return names
}

func eachAdded(spec *corev1.PodSpec, original *corev1.Pod, do func(*corev1.Container)) {
	for _, lists := range [][2][]corev1.Container{{spec.InitContainers, original.Spec.InitContainers}, {spec.Containers, original.Spec.Containers}} {
		for i := range lists[0] {
			if one := &lists[0][i]; containerOf(lists[1], one.Name) == nil {
				do(one)
			}
		}
	}
}
