package kube

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/resource"
)

// MemoryUsed is the memory that the pod's containers use, in bytes, by the metrics API. It is 0 when the cluster has none, it may not
// be asked, or does not answer: many clusters are without.
func (c *Cluster) MemoryUsed(ctx context.Context, pod *Pod) int64 {
	body, err := BodyOf(c.core.Get().MaxRetries(0).
		AbsPath("/apis/metrics.k8s.io/v1beta1/namespaces", pod.Namespace, "pods", pod.Name).Do(ctx))
	if err != nil {
		return 0
	}
	var metrics struct {
		Containers []struct {
			Usage struct{ Memory resource.Quantity }
		}
	}
	if json.Unmarshal(body, &metrics) != nil {
		return 0
	}
	var sum int64
	for i := range metrics.Containers {
		sum += max(metrics.Containers[i].Usage.Memory.Value(), 0)
	}
	return max(sum, 0) // what overflows is no memory that a pod can have
}
