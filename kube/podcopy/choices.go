// Package podcopy makes the copy of a pod that is debugged in the pod's place, and judges it: what is kept of the pod, what is left out, whom the
// copy would disturb, and what keeps it from starting. It only reads.
package podcopy

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// All stands for every label in [Choices.Labels], and for every container without one of its own in [Choices.Images].
const All = "*"

// Choices are what a copy keeps of its pod. The zero value is the copy that cannot hurt: it has no labels, so nothing sends it traffic or adopts
// it; no probes, so nothing kills it; nothing in it is started again; and it cannot write to what it shares with the pod.
type Choices struct {
	Named       string   // its name; empty: one is made up
	Labels      []string // the keys of those that are kept, or [All]
	Annotations bool     // are kept; so with the probes
	Liveness    bool
	Readiness   bool
	Startup     bool
	NoInit      bool     // init containers, and with them sidecars, are left out
	Separate    bool     // its containers do not share their processes
	SameNode    bool     // it is bound to the pod's node, past the scheduler
	Writable    bool     // volumes that it shares with the pod are mounted as in the pod, otherwise read-only
	Restarts    bool     // its containers are started again as in the pod, otherwise never (restartPolicy Never)
	Images      []Image  // of containers that get another
	InPlaceOf   string   // the container whose place the tool takes; empty: it is a container of its own
	Replace     bool     // the pod is deleted once the copy has been created
	Limited     bool     // what is added to it gets small requests and limits: quotas may want them
	OptOut      []string // service meshes that are told to add nothing to the copy: "Istio"
}

// Image is another image for a container of a copy.
type Image struct {
	Container string // or [All]
	Image     string
}

// managedBy is the label that says who has created a pod. A copy has one of its own.
const managedBy = "app.kubernetes.io/managed-by"

// Keeps reports whether a label is kept.
func (c Choices) Keeps(label string) bool {
	return label != managedBy && (slices.Contains(c.Labels, label) || slices.Contains(c.Labels, All))
}

// Make is the copy of a pod, by a name. It owns all that is in it. Of the pod's own choices it leaves those out that a copy cannot have: its
// owners, its finalizers, its debug containers and, unless the copy stays on it, its node. A container that is added later is not yet protected
// ([Protect]).
func (c Choices) Make(original *corev1.Pod, name string) *corev1.Pod {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: original.Namespace, Labels: c.labels(original)},
		Spec:       *original.Spec.DeepCopy(),
	}
	if c.Annotations {
		pod.Annotations = annotations(original)
	}
	pod.Spec.EphemeralContainers = nil
	if c.Separate || !pod.Spec.HostPID { // a pod shares the node's processes or its own, not both
		pod.Spec.ShareProcessNamespace = new(!c.Separate)
	}
	if !c.SameNode {
		pod.Spec.NodeName = ""
	}
	if c.NoInit {
		pod.Spec.InitContainers = nil
	}
	if !c.Restarts {
		pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	}
	for i := range pod.Spec.Containers {
		c.strip(&pod.Spec.Containers[i])
	}
	c.setImages(&pod.Spec)
	if !c.Writable {
		Protect(&pod.Spec)
	}
	return pod
}

// annotations are those of a pod that its copy can have. A kubelet marks the pods of its own files by some, and the API server takes no pod for one
// of them that another client creates.
func annotations(original *corev1.Pod) map[string]string {
	kept := maps.Clone(original.Annotations)
	maps.DeleteFunc(kept, func(key, _ string) bool {
		switch key {
		case corev1.MirrorPodAnnotationKey, "kubernetes.io/config.hash", "kubernetes.io/config.seen", "kubernetes.io/config.source":
			return true
		}
		return false
	})
	return kept
}

// labels are those of a pod that are kept.
func (c Choices) labels(original *corev1.Pod) map[string]string {
	var kept map[string]string
	for key, value := range original.Labels {
		if !c.Keeps(key) {
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[key] = value
	}
	return kept
}

// kept are the keys of the labels of a pod that are kept, in order.
func (c Choices) kept(original *corev1.Pod) []string {
	return slices.Sorted(maps.Keys(c.labels(original)))
}

// strip takes the probes away that are not kept.
func (c Choices) strip(one *corev1.Container) {
	if !c.Liveness {
		one.LivenessProbe = nil
	}
	if !c.Readiness {
		one.ReadinessProbe = nil
	}
	if !c.Startup {
		one.StartupProbe = nil
	}
}

// setImages gives containers the images that are chosen for them; init containers keep theirs.
func (c Choices) setImages(spec *corev1.PodSpec) {
	images := map[string]string{}
	for _, image := range c.Images {
		images[image.Container] = image.Image
	}
	for i := range spec.Containers {
		one := &spec.Containers[i]
		one.Image = cmp.Or(images[one.Name], images[All], one.Image)
	}
}
