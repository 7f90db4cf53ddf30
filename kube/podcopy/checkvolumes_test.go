package podcopy_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// withVolumes is a pod that mounts all of these, by their place: v0, v1, ….
func withVolumes(readOnly bool, sources ...corev1.VolumeSource) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		app := &p.Spec.Containers[0]
		for i, source := range sources {
			name := "v" + string(rune('0'+i))
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
			app.VolumeMounts = append(app.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: "/" + name, ReadOnly: readOnly})
		}
	})
}

func TestCheckWrites(t *testing.T) {
	path := corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/lib/\x1b[2J"}}
	nfs := corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{Server: "files", Path: "/export"}}
	iscsi := corev1.VolumeSource{ISCSI: &corev1.ISCSIVolumeSource{}}
	own := corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
	const writes, fails = "warns: the copy writes to the same data as the pod: ", " read-only in the copy: its program may fail when it writes there"
	for name, tt := range map[string]struct {
		pod      *corev1.Pod
		writable string // what is told when shared volumes are mounted as in the pod
		readOnly string // and otherwise
	}{
		"no volumes":        {withVolumes(false), "", ""},
		"its own":           {withVolumes(false, own), "", ""},
		"only read":         {withVolumes(true, claim("data")), "", ""},
		"claim":             {withVolumes(false, claim("data")), writes + "claim data [mount it read-only]", "tells: claim data is" + fails + " [mount it as in the pod]"},
		"host path":         {withVolumes(false, path), writes + "host path /var/lib/␛[2J [mount it read-only]", "tells: host path /var/lib/␛[2J is" + fails + " [mount it as in the pod]"},
		"several":           {withVolumes(false, claim("data"), own, nfs, iscsi), writes + "claim data, NFS export files:/export and volume v3 [mount them read-only]", "tells: claim data, NFS export files:/export and volume v3 are" + fails + " [mount them as in the pod]"},
		"more than one can": {withVolumes(false, claim("a"), claim("b"), claim("c"), claim("d"), claim("e"), claim("f")), writes + "claim a, claim b, claim c, claim d and 2 more [mount them read-only]", "tells: claim a, claim b, claim c, claim d and 2 more are" + fails + " [mount them as in the pod]"},
	} {
		t.Run(name, func(t *testing.T) {
			for text, c := range map[string]podcopy.Choices{tt.writable: {Writable: true}, tt.readOnly: {}} {
				if text == "" {
					wantFindings(t, tt.pod, c, podcopy.Environment{})
					continue
				}
				wantFindings(t, tt.pod, c, podcopy.Environment{}, text)
			}
		})
	}
}

// An init container that writes to a claim does not write when it is left out.
func TestWritesOfInitContainersThatAreLeftOut(t *testing.T) {
	pod := withVolumes(true, claim("data"))
	pod.Spec.InitContainers = []corev1.Container{{Name: "migrate", VolumeMounts: []corev1.VolumeMount{{Name: "v0", MountPath: "/data"}}}}
	wantFindings(t, pod, podcopy.Choices{NoInit: true, Writable: true}, podcopy.Environment{},
		"tells: init container migrate is left out: what it prepares in the pod is missing in the copy [keep the init containers]")
	wantFindings(t, pod, podcopy.Choices{Writable: true}, podcopy.Environment{},
		"warns: the copy writes to the same data as the pod: claim data [mount it read-only]",
		"warns: init container migrate runs again: what it does is done a second time [leave out the init containers]")
}

func TestCheckClaims(t *testing.T) {
	pod := withVolumes(true, claim("data"))
	ended := pod.DeepCopy()
	ended.Status.Phase = corev1.PodFailed
	waiting := pod.DeepCopy()
	waiting.Spec.NodeName = ""
	pinned := pod.DeepCopy()
	pinned.Spec.NodeSelector = map[string]string{corev1.LabelHostname: "node-1"}
	const info = "tells: the pod's node selector allows no other node than node-1: the copy starts there or not at all"
	bound := func(modes ...corev1.PersistentVolumeAccessMode) podcopy.Claim {
		return podcopy.Claim{Volume: "pv-1", Modes: modes}
	}
	const once, oncePod, many, read = corev1.ReadWriteOnce, corev1.ReadWriteOncePod, corev1.ReadWriteMany, corev1.ReadOnlyMany
	const elsewhere = "warns: claim data is ReadWriteOnce: on another node than the pod's the copy cannot start while the pod runs [keep the copy on the pod's node]"
	for name, tt := range map[string]struct {
		pod      *corev1.Pod
		claim    podcopy.Claim
		sameNode bool
		want     []string
	}{
		"many":                     {pod, bound(many), false, nil},
		"once":                     {pod, bound(once), false, []string{elsewhere}},
		"once, same node":          {pod, bound(once), true, nil},
		"once, pinned":             {pinned, bound(once), false, []string{info}},
		"once, has ended":          {ended, bound(once), false, nil},
		"once, on no node":         {waiting, bound(once), false, nil},
		"once or many":             {pod, bound(once, many), false, nil},
		"once or many read":        {pod, bound(once, read), false, nil},
		"one pod":                  {pod, bound(oncePod), false, []string{"stops: claim data is ReadWriteOncePod: the copy cannot start while the pod runs"}},
		"one pod, same node":       {pod, bound(oncePod), true, []string{"stops: claim data is ReadWriteOncePod: the copy cannot start while the pod runs"}},
		"one pod, which has ended": {ended, bound(oncePod), false, nil},
		"missing":                  {pod, podcopy.Claim{Missing: true}, true, []string{"stops: claim data does not exist: the copy cannot start without it"}},
		"being deleted":            {pod, podcopy.Claim{Deleted: true, Volume: "pv-1"}, true, []string{"stops: claim data is being deleted: no new pod can mount it"}},
		"lost":                     {pod, podcopy.Claim{Lost: true, Volume: "pv-1"}, true, []string{"stops: claim data has lost its volume: the copy cannot start without it"}},
		"without a volume":         {waiting, podcopy.Claim{Modes: []corev1.PersistentVolumeAccessMode{once}}, true, []string{"warns: claim data has no volume yet: the copy may have to wait for it"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, tt.pod, podcopy.Choices{SameNode: tt.sameNode}, podcopy.Environment{Claims: map[string]podcopy.Claim{"data": tt.claim}}, tt.want...)
		})
	}
	t.Run("several", func(t *testing.T) {
		claims := map[string]podcopy.Claim{"a": {Missing: true}, "b": {Missing: true}, "c": bound(once), "d": bound(once)}
		wantFindings(t, pod, podcopy.Choices{}, podcopy.Environment{Claims: claims},
			"stops: claims a and b do not exist: the copy cannot start without them",
			"warns: claims c and d are ReadWriteOnce: on another node than the pod's the copy cannot start while the pod runs [keep the copy on the pod's node]")
	})
	t.Run("not read", func(t *testing.T) {
		wantFindings(t, pod, podcopy.Choices{}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"PersistentVolumeClaims"}}},
			"tells: the pod's claims could not be read: whether the copy can mount them is not known")
	})
}
