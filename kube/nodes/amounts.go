package nodes

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Amounts are how much of a node there is, or is asked for.
type Amounts struct {
	CPU    int64 // thousandths of a core
	Memory int64 // bytes
	Pods   int64
}

func amountsOf(list corev1.ResourceList) Amounts {
	return Amounts{CPU: list.Cpu().MilliValue(), Memory: list.Memory().Value(), Pods: list.Pods().Value()}
}

// CPUWords writes cores as Kubernetes does: "250m", "3.5".
func CPUWords(milli int64) string {
	if milli%1000 == 0 {
		return fmt.Sprint(milli / 1000)
	}
	if milli < 1000 {
		return fmt.Sprintf("%dm", milli)
	}
	return fmt.Sprintf("%.1f", float64(milli)/1000)
}

// MemoryWords writes bytes: "512 MiB", "15.6 GiB".
func MemoryWords(bytes int64) string {
	const mebi, gibi = 1 << 20, 1 << 30
	switch {
	case bytes == 0:
		return "0"
	case bytes < gibi:
		return fmt.Sprintf("%d MiB", (bytes+mebi-1)/mebi)
	case bytes%gibi == 0:
		return fmt.Sprintf("%d GiB", bytes/gibi)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/gibi)
}

// Use is what the pods of a node ask for, those that have ended left out.
type Use struct{ Requests, Limits Amounts }

// unfinished selects the pods that take up room, as kubectl describe node does.
func unfinished() fields.Selector {
	return fields.AndSelectors(
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
	)
}

// readUse adds up what the pods of a node ask for.
func readUse(ctx context.Context, c *kube.Cluster, node string) (*Use, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var list corev1.PodList
	selector := fields.AndSelectors(fields.OneTermEqualSelector("spec.nodeName", node), unfinished())
	err := c.Core().Get().MaxRetries(kube.NoRetries).Resource("pods").Param("fieldSelector", selector.String()).
		Param("resourceVersion", "0").Do(ctx).Into(&list)
	if err != nil {
		return nil, denied(c, "list the pods of node "+kube.Sanitize(node), err)
	}
	return UseOf(list.Items), nil
}

// UseOf adds up what pods ask for.
func UseOf(pods []corev1.Pod) *Use {
	use := &Use{Requests: Amounts{Pods: int64(len(pods))}}
	for i := range pods {
		spec := &pods[i].Spec
		use.Requests.add(spec, func(r *corev1.ResourceRequirements) corev1.ResourceList { return r.Requests })
		use.Limits.add(spec, func(r *corev1.ResourceRequirements) corev1.ResourceList { return r.Limits })
	}
	return use
}

// add adds what one pod asks for, as the scheduler counts it: its containers and sidecars together, or its largest init container beside the sidecars
// before it, whichever is more; what it asks for as a pod counts instead. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
func (a *Amounts) add(spec *corev1.PodSpec, of func(*corev1.ResourceRequirements) corev1.ResourceList) {
	a.CPU += podAmount(spec, corev1.ResourceCPU, of, (*resource.Quantity).MilliValue)
	a.Memory += podAmount(spec, corev1.ResourceMemory, of, (*resource.Quantity).Value)
}

func podAmount(spec *corev1.PodSpec, name corev1.ResourceName, of func(*corev1.ResourceRequirements) corev1.ResourceList, value func(*resource.Quantity) int64) int64 {
	amount := func(r *corev1.ResourceRequirements) int64 {
		quantity := of(r)[name]
		return value(&quantity)
	}
	var sidecars, largest, total int64
	for i := range spec.InitContainers {
		c := &spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars += amount(&c.Resources)
			largest = max(largest, sidecars)
			continue
		}
		largest = max(largest, sidecars+amount(&c.Resources))
	}
	for i := range spec.Containers {
		total += amount(&spec.Containers[i].Resources)
	}
	total = max(total+sidecars, largest)
	if spec.Resources != nil {
		if _, whole := of(spec.Resources)[name]; whole {
			total = amount(spec.Resources)
		}
	}
	overhead := spec.Overhead[name]
	return total + value(&overhead)
}
