package detail

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// volumeOf says where a volume is from.
func volumeOf(v *corev1.VolumeSource) string {
	optional := func(o *bool) string {
		if o != nil && *o {
			return " (optional)"
		}
		return ""
	}
	var words string
	switch {
	case v.Secret != nil:
		words = "secret " + v.Secret.SecretName + optional(v.Secret.Optional)
	case v.ConfigMap != nil:
		words = "ConfigMap " + v.ConfigMap.Name + optional(v.ConfigMap.Optional)
	case v.PersistentVolumeClaim != nil:
		words = "PVC " + v.PersistentVolumeClaim.ClaimName
		if v.PersistentVolumeClaim.ReadOnly {
			words += " (read only)"
		}
	case v.EmptyDir != nil:
		words = "emptyDir"
		if v.EmptyDir.Medium == corev1.StorageMediumMemory {
			words += ", in memory"
		}
		if limit := v.EmptyDir.SizeLimit; limit != nil {
			words += ", at most " + limit.String()
		}
	case v.HostPath != nil:
		words = "hostPath " + v.HostPath.Path
	case v.Projected != nil:
		words = "projected: " + strings.Join(projections(v.Projected), ", ")
	case v.CSI != nil:
		words = "CSI driver " + v.CSI.Driver
	case v.NFS != nil:
		words = "NFS " + v.NFS.Server + ":" + v.NFS.Path
	case v.Ephemeral != nil:
		words = "generic ephemeral volume"
	case v.DownwardAPI != nil:
		words = "downward API"
	case v.Image != nil:
		words = "image " + v.Image.Reference
	default:
		words = otherVolume(v)
	}
	return kube.Sanitize(words)
}

func projections(p *corev1.ProjectedVolumeSource) []string {
	var words []string
	for i := range p.Sources {
		switch s := &p.Sources[i]; {
		case s.Secret != nil:
			words = append(words, "secret "+s.Secret.Name)
		case s.ConfigMap != nil:
			words = append(words, "ConfigMap "+s.ConfigMap.Name)
		case s.ServiceAccountToken != nil:
			words = append(words, "service account token")
		case s.DownwardAPI != nil:
			words = append(words, "downward API")
		default:
			words = append(words, "another source")
		}
	}
	return words
}

// otherVolume names the kind of a volume by the field it is in.
func otherVolume(v *corev1.VolumeSource) string {
	text, err := json.Marshal(v)
	var fields map[string]json.RawMessage
	if err != nil || json.Unmarshal(text, &fields) != nil {
		return "unknown volume type"
	}
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}
