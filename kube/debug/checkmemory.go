package debug

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// headroom is what a shell and a small tool want at least.
const headroom = 64 << 20

// checkMemory finds that there is little memory left to share: a debug container has no limit of its own and counts within that of the
// pod, so that a tool that takes too much can have the application killed.
func checkMemory(_ Plan, f Facts) []Finding {
	left := max(f.MemoryLimit-f.MemoryUsed, 0)
	if f.MemoryLimit == 0 || left >= headroom {
		return nil
	}
	text := fmt.Sprintf("the pod has a memory limit of %s", mebibytes(f.MemoryLimit))
	if f.MemoryUsed > 0 {
		text = fmt.Sprintf("the pod has %s left of its memory limit of %s", mebibytes(left), mebibytes(f.MemoryLimit))
	}
	return []Finding{{Severity: Warning, Text: text + ", which a debug container shares: a tool that needs more can get the application killed"}}
}

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// memoryLimit is the limit that the kernel holds a whole pod to, in bytes; 0: none, for one of its containers has none.
func memoryLimit(spec *corev1.PodSpec) int64 {
	if spec.Resources != nil {
		if limit := spec.Resources.Limits.Memory().Value(); limit > 0 {
			return limit
		}
	}
	var running, highest int64 // what runs side by side, and the most there is before the app's containers start
	for i := range spec.InitContainers {
		c := &spec.InitContainers[i]
		limit := c.Resources.Limits.Memory().Value()
		if limit <= 0 {
			return 0
		}
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			running += limit
			limit = 0
		}
		highest = max(highest, running+limit)
	}
	for i := range spec.Containers {
		limit := spec.Containers[i].Resources.Limits.Memory().Value()
		if limit <= 0 {
			return 0
		}
		running += limit
	}
	return max(highest, running)
}
