package debug

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// AllVolumes stands for every volume that a container has mounted.
const AllVolumes = "all"

// Mount is a volume to bring along into a debug container, at the paths where the container that is looked at has it.
type Mount struct {
	Volume   string // its name in the pod, or [AllVolumes]
	Writable bool   // otherwise it is read-only
}

// mounts are the mounts of a container of the pod that are wanted, with remarks on those that cannot be had. A container
// needs not run for that: its volumes outlive it. Nothing that is missing is an error, for the tool works without.
func mounts(pod *corev1.Pod, container string, wanted []Mount) ([]corev1.VolumeMount, []Note) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if container == "" {
		return nil, []Note{{Warns: true, Text: "without a target there are no volumes to mount"}}
	}
	var list []corev1.VolumeMount
	var notes []Note
	has := volumeMounts(pod, container)
	for _, m := range wanted {
		found := false
		for _, mount := range has {
			if m.Volume != AllVolumes && m.Volume != mount.Name {
				continue
			}
			found = true
			var note *Note
			list, note = bring(list, mount, m.Writable)
			if note != nil && !slices.Contains(notes, *note) {
				notes = append(notes, *note)
			}
		}
		if !found {
			notes = append(notes, Note{Warns: true, Text: missingVolume(pod, container, m.Volume)})
		}
	}
	if len(list) > 0 {
		notes = append(notes, Note{Text: "the kubectl command omits the volume mounts: kubectl debug takes them only with --custom"})
	}
	return list, notes
}

// bring adds one mount in the form that the API server takes from an ephemeral container: it refuses paths inside a volume.
// How mounts spread between host and container is left out, for that needs a privileged container.
func bring(list []corev1.VolumeMount, m corev1.VolumeMount, writable bool) ([]corev1.VolumeMount, *Note) {
	if m.SubPath != "" || m.SubPathExpr != "" {
		return list, &Note{Warns: true, Text: fmt.Sprintf("%s is not mounted: it is a subPath of volume %s, which Kubernetes does not allow in a debug container",
			kube.Sanitize(m.MountPath), kube.Sanitize(m.Name))}
	}
	brought := corev1.VolumeMount{Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly || !writable}
	if i := slices.IndexFunc(list, func(l corev1.VolumeMount) bool { return l.MountPath == m.MountPath }); i >= 0 {
		list[i].ReadOnly = list[i].ReadOnly && brought.ReadOnly // asked for by "all" and by its name
	} else {
		list = append(list, brought)
	}
	if writable && m.ReadOnly {
		return list, &Note{Warns: true, Text: fmt.Sprintf("%s stays read-only: the target mounts it read-only", kube.Sanitize(m.MountPath))}
	}
	return list, nil
}

func missingVolume(pod *corev1.Pod, container, volume string) string {
	switch {
	case volume == AllVolumes:
		return container + " mounts no volumes: there are none to mount here"
	case slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == volume }):
		return fmt.Sprintf("%s does not mount volume %q: it is not mounted here either", container, kube.Sanitize(volume))
	}
	return fmt.Sprintf("the pod has no volume %q to mount", kube.Sanitize(volume))
}

// volumeMounts are the mounts of an init or app container, in the order of their paths, so that what is shown does not change.
func volumeMounts(pod *corev1.Pod, container string) []corev1.VolumeMount {
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if c.Name == container {
			return slices.SortedStableFunc(slices.Values(c.VolumeMounts), func(a, b corev1.VolumeMount) int {
				return cmp.Compare(a.MountPath, b.MountPath)
			})
		}
	}
	return nil
}
