package podcopy

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Shared reports whether a volume is the same one in the pod and in its copy: data that both would write to. All others are made anew for each pod,
// or cannot be written to.
func Shared(v *corev1.Volume) bool {
	s := &v.VolumeSource
	own := s.EmptyDir != nil || s.ConfigMap != nil || s.Secret != nil || s.DownwardAPI != nil || s.Projected != nil || s.Ephemeral != nil ||
		s.GitRepo != nil || s.Image != nil || s.CSI != nil
	return !own && *s != (corev1.VolumeSource{})
}

// Protect makes every mount of shared volumes read-only, in all containers of a pod, and block devices with them.
func Protect(spec *corev1.PodSpec) {
	var shared []string
	for i := range spec.Volumes {
		if Shared(&spec.Volumes[i]) {
			shared = append(shared, spec.Volumes[i].Name)
		}
	}
	protect := func(containers []corev1.Container) {
		for i := range containers {
			for j := range containers[i].VolumeMounts {
				if mount := &containers[i].VolumeMounts[j]; slices.Contains(shared, mount.Name) {
					mount.ReadOnly = true
				}
			}
			for _, device := range containers[i].VolumeDevices { // which have no flag of their own
				for k := range spec.Volumes {
					if claim := spec.Volumes[k].PersistentVolumeClaim; spec.Volumes[k].Name == device.Name && claim != nil {
						claim.ReadOnly = true
					}
				}
			}
		}
	}
	protect(spec.InitContainers)
	protect(spec.Containers)
}

// Written are the names of the shared volumes that a container of a pod mounts writable, each once, in the order of the volumes.
func Written(spec *corev1.PodSpec) []string {
	var names []string
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if !Shared(v) || readOnly(v) {
			continue
		}
		writes := func(c corev1.Container) bool {
			return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == v.Name && !m.ReadOnly }) ||
				slices.ContainsFunc(c.VolumeDevices, func(d corev1.VolumeDevice) bool { return d.Name == v.Name })
		}
		if slices.ContainsFunc(spec.InitContainers, writes) || slices.ContainsFunc(spec.Containers, writes) {
			names = append(names, v.Name)
		}
	}
	return names
}

// readOnly reports whether a volume cannot be written to, however it is mounted.
func readOnly(v *corev1.Volume) bool {
	switch s := &v.VolumeSource; {
	case s.PersistentVolumeClaim != nil:
		return s.PersistentVolumeClaim.ReadOnly
	case s.NFS != nil:
		return s.NFS.ReadOnly
	case s.ISCSI != nil:
		return s.ISCSI.ReadOnly
	case s.FC != nil:
		return s.FC.ReadOnly
	case s.RBD != nil:
		return s.RBD.ReadOnly
	case s.CephFS != nil:
		return s.CephFS.ReadOnly
	case s.Cinder != nil:
		return s.Cinder.ReadOnly
	case s.Glusterfs != nil:
		return s.Glusterfs.ReadOnly
	case s.FlexVolume != nil:
		return s.FlexVolume.ReadOnly
	case s.GCEPersistentDisk != nil:
		return s.GCEPersistentDisk.ReadOnly
	case s.AWSElasticBlockStore != nil:
		return s.AWSElasticBlockStore.ReadOnly
	case s.AzureFile != nil:
		return s.AzureFile.ReadOnly
	case s.AzureDisk != nil:
		return s.AzureDisk.ReadOnly != nil && *s.AzureDisk.ReadOnly
	case s.Quobyte != nil:
		return s.Quobyte.ReadOnly
	case s.PortworxVolume != nil:
		return s.PortworxVolume.ReadOnly
	case s.ScaleIO != nil:
		return s.ScaleIO.ReadOnly
	case s.StorageOS != nil:
		return s.StorageOS.ReadOnly
	}
	return false // of a host path, say
}
