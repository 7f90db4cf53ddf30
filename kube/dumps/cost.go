package dumps

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Effect is something that a dump may do to the pod, in a sentence.
type Effect struct {
	Warns bool
	Text  string
}

// Cost says what a dump of a container may do to its pod: how long the process may stand still before a probe has it restarted, and how large the dump may be
// against the room that there is. It is what the pod itself tells; the room on the node is measured before the dump is made.
func (d *Dump) Cost(pod *kube.Pod, container string) []Effect {
	object := pod.Object()
	if object == nil {
		return nil
	}
	i := slices.IndexFunc(object.Spec.Containers, func(c corev1.Container) bool { return c.Name == container })
	if i < 0 {
		return nil
	}
	c := &object.Spec.Containers[i]
	var list []Effect
	if d.Pauses {
		list = append(list, pause(c))
	}
	switch {
	case d.Mapped:
		list = append(list, Effect{true, "the dump has all memory that the process has mapped, which may be many times what it uses; the room is measured before"})
	case d.Memory:
		list = append(list, size(c))
	}
	return append(list, d.room(&object.Spec, c)...)
}

// pause is what becomes of a process that stands still.
func pause(c *corev1.Container) Effect {
	text := "the process stands still while the dump is made"
	ready := ""
	if after := patience(c.ReadinessProbe); after > 0 {
		ready = fmt.Sprintf("; its readiness probe takes it out of its Services after %s", after)
	}
	if after := patience(c.LivenessProbe); after > 0 {
		p := c.LivenessProbe
		return Effect{true, fmt.Sprintf("%s: its liveness probe restarts it after %s (%d × %d s + %d s)%s", text, after, orOne(p.FailureThreshold, probeFailures), orOne(p.PeriodSeconds, probePeriod), orOne(p.TimeoutSeconds, 1), ready)}
	}
	return Effect{ready != "", text + "; it has no liveness probe that would restart it" + ready}
}

// What Kubernetes takes for a probe that does not say: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
const (
	probePeriod   = 10
	probeFailures = 3
)

func orOne(n, otherwise int32) int32 {
	if n <= 0 {
		return otherwise
	}
	return n
}

// patience is how long a probe bears with a process that does not answer; 0: there is no probe.
func patience(p *corev1.Probe) time.Duration {
	if p == nil {
		return 0
	}
	seconds := orOne(p.PeriodSeconds, probePeriod)*orOne(p.FailureThreshold, probeFailures) + orOne(p.TimeoutSeconds, 1)
	return time.Duration(seconds) * time.Second
}

// size is how large a dump is at most.
func size(c *corev1.Container) Effect {
	if limit, ok := c.Resources.Limits[corev1.ResourceMemory]; ok {
		return Effect{false, fmt.Sprintf("the dump is as large as the memory that is used: %s at most, the limit of %s", limit.String(), c.Name)}
	}
	return Effect{false, "the dump is as large as the memory that is used, and " + c.Name + " has no memory limit"}
}

// room is what limits the place where the dump is written.
func (d *Dump) room(spec *corev1.PodSpec, c *corev1.Container) []Effect {
	memory, limited := c.Resources.Limits[corev1.ResourceMemory]
	more := func(than *resource.Quantity) bool { return d.Mapped || d.Memory && (!limited || memory.Cmp(*than) > 0) }
	if d.InTarget {
		if v, at := volumeAt(spec, c, path.Dir(d.File)); v != nil {
			return volumeRoom(v, at, d.Memory || d.Mapped, more)
		}
		if s := c.SecurityContext; s != nil && s.ReadOnlyRootFilesystem != nil && *s.ReadOnlyRootFilesystem {
			return []Effect{{true, fmt.Sprintf("the root file system of %s is read-only, and no volume is mounted at %s: the dump cannot be written", c.Name, path.Dir(d.File))}}
		}
	}
	sum, bounded := resource.Quantity{}, false
	for i := range spec.Containers {
		if limit, ok := spec.Containers[i].Resources.Limits[corev1.ResourceEphemeralStorage]; ok {
			sum.Add(limit)
			bounded = true
		}
	}
	switch {
	case bounded && more(&sum):
		return []Effect{{true, fmt.Sprintf("the dump counts for the pod's limit of ephemeral storage, %s: the pod is evicted if that is passed", sum.String())}}
	case d.Memory, d.Mapped:
		return []Effect{{false, "it is written to the node's disk until it is here"}}
	}
	return nil
}

// volumeAt is the volume in which a folder of a container is; nil: it is in none.
func volumeAt(spec *corev1.PodSpec, c *corev1.Container, folder string) (v *corev1.Volume, at string) {
	for _, m := range c.VolumeMounts {
		below := strings.TrimSuffix(m.MountPath, "/")
		if folder != below && !strings.HasPrefix(folder, below+"/") || len(below) < len(at) {
			continue
		}
		if i := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name }); i >= 0 {
			v, at = &spec.Volumes[i], below
		}
	}
	return v, at
}

func volumeRoom(v *corev1.Volume, at string, memory bool, more func(*resource.Quantity) bool) []Effect {
	empty := v.EmptyDir
	where := fmt.Sprintf("it is written to volume %s at %s", kube.Sanitize(v.Name), kube.Sanitize(at))
	switch {
	case empty != nil && empty.Medium == corev1.StorageMediumMemory && memory:
		return []Effect{{true, where + ", which is in memory: what is written counts for the memory limit, and the process may be killed (OOMKilled)"}}
	case empty != nil && empty.SizeLimit != nil && more(empty.SizeLimit):
		return []Effect{{true, fmt.Sprintf("%s, which has %s at most: the pod is evicted if that is passed", where, empty.SizeLimit)}}
	}
	return []Effect{{false, where + " until it is here"}}
}
