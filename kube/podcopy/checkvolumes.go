package podcopy

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// checkWrites tells of the data that pod and copy would both write to, or that the copy cannot write to.
func checkWrites(s *subject) []Finding {
	var names []string
	writable := s.choices
	writable.Writable = true
	made := writable.Make(s.original, s.made.Name)
	written := Written(&made.Spec)
	for i := range made.Spec.Volumes {
		if v := &made.Spec.Volumes[i]; slices.Contains(written, v.Name) {
			names = append(names, dataOf(v))
		}
	}
	switch {
	case len(names) == 0:
		return nil
	case s.choices.Writable:
		return []Finding{{
			Severity: Warning, Text: "the copy writes to the same data as the pod: " + kube.List(names),
			Remedies: []Remedy{{"mount " + verb(names, "it", "them") + " read-only", func(c Choices) Choices { c.Writable = false; return c }}},
		}}
	}
	return []Finding{{
		Severity: Info, Text: kube.List(names) + verb(names, " is", " are") + " read-only in the copy: its program may fail when it writes there",
		Remedies: []Remedy{{"mount " + verb(names, "it", "them") + " as in the pod", func(c Choices) Choices { c.Writable = true; return c }}},
	}}
}

// dataOf names what is in a volume that is shared.
func dataOf(v *corev1.Volume) string {
	switch {
	case v.PersistentVolumeClaim != nil:
		return "claim " + v.PersistentVolumeClaim.ClaimName
	case v.HostPath != nil:
		return "host path " + v.HostPath.Path
	case v.NFS != nil:
		return "NFS export " + v.NFS.Server + ":" + v.NFS.Path
	}
	return "volume " + v.Name
}

// checkClaims finds the claims that the copy cannot mount, or not everywhere.
func checkClaims(s *subject) []Finding {
	var missing, deleted, lost, unbound, exclusive, local []string
	for _, name := range slices.Sorted(maps.Keys(s.around.Claims)) {
		one := s.around.Claims[name]
		has := func(mode corev1.PersistentVolumeAccessMode) bool { return slices.Contains(one.Modes, mode) }
		switch {
		case one.Missing:
			missing = append(missing, name)
		case one.Deleted:
			deleted = append(deleted, name)
		case one.Lost:
			lost = append(lost, name)
		case one.Volume == "":
			unbound = append(unbound, name)
		case s.running && has(corev1.ReadWriteOncePod):
			exclusive = append(exclusive, name)
		case s.running && !s.place.fixed() && has(corev1.ReadWriteOnce) && !has(corev1.ReadWriteMany) && !has(corev1.ReadOnlyMany):
			local = append(local, name)
		}
	}
	var found []Finding
	add := func(names []string, severity Severity, one, many string, remedies ...Remedy) {
		if len(names) > 0 {
			found = append(found, Finding{severity, counted("claim", names) + " " + verb(names, one, many), remedies})
		}
	}
	add(missing, Blocking, "does not exist: the copy cannot start without it", "do not exist: the copy cannot start without them")
	add(deleted, Blocking, "is being deleted: no new pod can mount it", "are being deleted: no new pod can mount them")
	add(lost, Blocking, "has lost its volume: the copy cannot start without it", "have lost their volumes: the copy cannot start without them")
	add(exclusive, Blocking, "is ReadWriteOncePod: the copy cannot start while the pod runs", "are ReadWriteOncePod: the copy cannot start while the pod runs")
	const elsewhere = " ReadWriteOnce: on another node than the pod's the copy cannot start while the pod runs"
	add(local, Warning, "is"+elsewhere, "are"+elsewhere, Remedy{"keep the copy on the pod's node", func(c Choices) Choices { c.SameNode = true; return c }})
	add(unbound, Warning, "has no volume yet: the copy may have to wait for it", "have no volumes yet: the copy may have to wait for them")
	return found
}
