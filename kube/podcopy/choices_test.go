package podcopy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// rich is a pod that has some of everything that a copy is chosen from.
func rich() *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		p.Labels = map[string]string{"app": "web", "tier": "front", "pod-template-hash": "7d"}
		p.Annotations = map[string]string{
			"team": "shop", corev1.MirrorPodAnnotationKey: "x", "kubernetes.io/config.hash": "x", "kubernetes.io/config.seen": "x",
			"kubernetes.io/config.source": "file", "kubectl.kubernetes.io/last-applied-configuration": "{}",
		}
		p.Finalizers = []string{"shop/finalizer"}
		p.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web-7d", Controller: new(true)}}
		p.GenerateName = "web-"
		probe := func() *corev1.Probe { return &corev1.Probe{PeriodSeconds: 7} }
		app := &p.Spec.Containers[0]
		app.LivenessProbe, app.ReadinessProbe, app.StartupProbe = probe(), probe(), probe()
		app.VolumeMounts = []corev1.VolumeMount{
			{Name: "data", MountPath: "/data"}, {Name: "scratch", MountPath: "/tmp"},
			{Name: "kube-api-access-x", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true},
		}
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "proxy", Image: "shop/proxy:1"})
		p.Spec.InitContainers = []corev1.Container{{Name: "migrate", Image: "shop/migrate:1", LivenessProbe: probe()}}
		p.Spec.RestartPolicy = corev1.RestartPolicyAlways
		p.Spec.Volumes = []corev1.Volume{
			{Name: "data", VolumeSource: claim("data")},
			{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "kube-api-access-x", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{}}},
		}
		apitest.WithDebugger("debugger-a", new(apitest.Running()))(p)
	})
}

func claim(name string) corev1.VolumeSource {
	return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
}

// The copy that nobody has chosen anything for can neither disturb others nor be killed by its probes.
func TestMakeByDefault(t *testing.T) {
	original := rich()
	before := original.DeepCopy()
	got := podcopy.Choices{}.Make(original, "web-copy")
	if diff := cmp.Diff(metav1.ObjectMeta{Name: "web-copy", Namespace: "shop"}, got.ObjectMeta); diff != "" {
		t.Errorf("its metadata is (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff(corev1.PodStatus{}, got.Status); diff != "" {
		t.Errorf("it has a status:\n%s", diff)
	}
	want := before.Spec.DeepCopy()
	want.EphemeralContainers, want.NodeName, want.ShareProcessNamespace, want.RestartPolicy = nil, "", new(true), corev1.RestartPolicyNever
	app := &want.Containers[0]
	app.LivenessProbe, app.ReadinessProbe, app.StartupProbe = nil, nil, nil
	app.VolumeMounts[0].ReadOnly = true
	if diff := cmp.Diff(want, &got.Spec); diff != "" {
		t.Errorf("its spec is (- want, + got):\n%s", diff)
	}
	got.Spec.Containers[0].VolumeMounts[0].MountPath = "/changed"
	got.Spec.Volumes[0].PersistentVolumeClaim.ClaimName = "changed"
	if diff := cmp.Diff(before, original); diff != "" {
		t.Errorf("the original has changed:\n%s", diff)
	}
}

func TestMakeByChoices(t *testing.T) {
	all := []string{podcopy.All}
	everywhere := podcopy.Image{Container: podcopy.All, Image: "tools:1"}
	ours := podcopy.Image{Container: "app", Image: "shop/web:2"}
	images := func(p *corev1.Pod) any {
		return []string{p.Spec.Containers[0].Image, p.Spec.Containers[1].Image, p.Spec.InitContainers[0].Image}
	}
	probes := func(p *corev1.Pod) any {
		c := p.Spec.Containers[0]
		return []bool{c.LivenessProbe != nil, c.ReadinessProbe != nil, c.StartupProbe != nil}
	}
	labels := func(p *corev1.Pod) any { return p.Labels }
	shares := func(p *corev1.Pod) any { return p.Spec.ShareProcessNamespace }
	for name, tt := range map[string]struct {
		choices podcopy.Choices
		change  func(*corev1.Pod)
		of      func(*corev1.Pod) any
		want    any
	}{
		"all labels":       {podcopy.Choices{Labels: all}, nil, labels, map[string]string{"app": "web", "tier": "front", "pod-template-hash": "7d"}},
		"some labels":      {podcopy.Choices{Labels: []string{"tier", "other"}}, nil, labels, map[string]string{"tier": "front"}},
		"no such label":    {podcopy.Choices{Labels: []string{"other"}}, nil, labels, map[string]string(nil)},
		"none to keep":     {podcopy.Choices{Labels: all}, func(p *corev1.Pod) { p.Labels = nil }, labels, map[string]string(nil)},
		"liveness":         {podcopy.Choices{Liveness: true}, nil, probes, []bool{true, false, false}},
		"readiness":        {podcopy.Choices{Readiness: true}, nil, probes, []bool{false, true, false}},
		"startup":          {podcopy.Choices{Startup: true}, nil, probes, []bool{false, false, true}},
		"one image":        {podcopy.Choices{Images: []podcopy.Image{ours}}, nil, images, []string{"shop/web:2", "shop/proxy:1", "shop/migrate:1"}},
		"all images":       {podcopy.Choices{Images: []podcopy.Image{everywhere}}, nil, images, []string{"tools:1", "tools:1", "shop/migrate:1"}},
		"all but one":      {podcopy.Choices{Images: []podcopy.Image{everywhere, ours}}, nil, images, []string{"shop/web:2", "tools:1", "shop/migrate:1"}},
		"separate":         {podcopy.Choices{Separate: true}, nil, shares, new(false)},
		"host PID":         {podcopy.Choices{}, func(p *corev1.Pod) { p.Spec.HostPID = true }, shares, (*bool)(nil)},
		"separate, on PID": {podcopy.Choices{Separate: true}, func(p *corev1.Pod) { p.Spec.HostPID = true }, shares, new(false)},
		"same node":        {podcopy.Choices{SameNode: true}, nil, func(p *corev1.Pod) any { return p.Spec.NodeName }, "node-1"},
		"without init":     {podcopy.Choices{NoInit: true}, nil, func(p *corev1.Pod) any { return len(p.Spec.InitContainers) }, 0},
		"never restarted":  {podcopy.Choices{}, nil, func(p *corev1.Pod) any { return p.Spec.RestartPolicy }, corev1.RestartPolicyNever},
		"restarts":         {podcopy.Choices{Restarts: true}, nil, func(p *corev1.Pod) any { return p.Spec.RestartPolicy }, corev1.RestartPolicyAlways},
		"writable":         {podcopy.Choices{Writable: true}, nil, func(p *corev1.Pod) any { return p.Spec.Containers[0].VolumeMounts[0].ReadOnly }, false},
		// The API server takes no pod for a static one that another client than a kubelet creates; kubectl keeps all others.
		"annotations": {podcopy.Choices{Annotations: true}, nil, func(p *corev1.Pod) any { return p.Annotations }, map[string]string{
			"team": "shop", "kubectl.kubernetes.io/last-applied-configuration": "{}",
		}},
		"no annotations": {podcopy.Choices{Labels: all}, nil, func(p *corev1.Pod) any { return p.Annotations }, map[string]string(nil)},
	} {
		t.Run(name, func(t *testing.T) {
			original := rich()
			if tt.change != nil {
				tt.change(original)
			}
			before := original.DeepCopy()
			if diff := cmp.Diff(tt.want, tt.of(tt.choices.Make(original, "web-copy"))); diff != "" {
				t.Errorf("it is (- want, + got):\n%s", diff)
			}
			if diff := cmp.Diff(before, original); diff != "" {
				t.Errorf("the original has changed:\n%s", diff)
			}
		})
	}
}
