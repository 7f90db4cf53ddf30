package debug

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

func TestNodeOf(t *testing.T) {
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus) corev1.NodeCondition {
		return corev1.NodeCondition{Type: kind, Status: status, Reason: "Because"}
	}
	for name, tt := range map[string]struct {
		conditions []corev1.NodeCondition
		want       kube.Node
	}{
		"says nothing": {nil, kube.Node{Ready: true}},
		"ready":        {[]corev1.NodeCondition{condition("Ready", "True"), condition("DiskPressure", "False")}, kube.Node{Ready: true}},
		"not ready":    {[]corev1.NodeCondition{condition("Ready", "False")}, kube.Node{Reason: "Because"}},
		"silent": {
			[]corev1.NodeCondition{condition("Ready", "Unknown"), condition("MemoryPressure", "Unknown")},
			kube.Node{Silent: true, Reason: "Because"},
		},
		"everything is bad": {
			[]corev1.NodeCondition{
				condition("NetworkUnavailable", "True"), condition("MemoryPressure", "True"), condition("DiskPressure", "True"),
				condition("PIDPressure", "True"), condition("Ready", "True"), condition("SomethingElse", "True"),
			},
			kube.Node{Ready: true, Pressure: []string{"NetworkUnavailable", "MemoryPressure", "DiskPressure", "PIDPressure"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(&tt.want, kube.NodeOf(&corev1.Node{Status: corev1.NodeStatus{Conditions: tt.conditions}})); diff != "" {
				t.Errorf("the node is (- want, + got):\n%s", diff)
			}
		})
	}
}

func TestCheckNode(t *testing.T) {
	tests := []struct {
		name string
		node *kube.Node
		size int64
		want []string
	}{
		{"not known", nil, 0, nil},
		{"well", &kube.Node{Ready: true}, 0, nil},
		{"not ready", &kube.Node{Name: "n-1", Reason: "no network"}, 0, []string{"warns: node n-1 is not ready (no network): a new container may not start on it"}},
		{"silent", &kube.Node{Name: "n-1", Silent: true}, 0, []string{"stops: node n-1 is not responding: nothing starts on it until it reports again"}},
		{"full", &kube.Node{Name: "n-1", Ready: true, Pressure: []string{"DiskPressure"}}, 90 << 20, []string{
			"warns: node n-1 reports DiskPressure: it evicts pods to free disk space, and pulling an image makes it worse" +
				"; this one is 90 MiB, compressed",
		}},
		{"in all ways", &kube.Node{Name: "n-1", Ready: true, Pressure: []string{"MemoryPressure", "PIDPressure", "NetworkUnavailable"}}, 0, []string{
			"warns: node n-1 reports MemoryPressure: it evicts pods to free memory, and a debug container uses some",
			"warns: node n-1 reports PIDPressure: it evicts pods to free process IDs, and a debug container uses some",
			"warns: node n-1 reports NetworkUnavailable: its network is not set up",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := checked(t, kube.NewPod(apitest.RunningPod()), request(), Facts{Node: tt.node, Image: &ImageFacts{Size: tt.size}})
			wantFindings(t, found, tt.want...)
		})
	}
}

func TestCheckPlatform(t *testing.T) {
	const windows = "stops: the node runs Windows: an image for Linux cannot start on it, and nothing says that this one is made for Windows"
	linux := func(arch string) *kube.Node { return &kube.Node{OS: "linux", Arch: arch, Ready: true} }
	selects := func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{osLabel: "linux", archLabel: "arm64"} }
	forWindows := func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }
	plain := func(*corev1.Pod) {}
	wrong := func(made, node string) string {
		return "stops: the image is made for " + made + ", and the node is " + node + ": it will not start there"
	}
	tests := []struct {
		name   string
		change func(*corev1.Pod)
		node   *kube.Node
		image  *ImageFacts
		want   string
	}{
		{"nothing known", plain, nil, nil, ""},
		{"image not known", plain, linux("arm64"), nil, ""},
		{"node not known", plain, nil, &ImageFacts{OS: "linux", Arch: "amd64"}, ""},
		{"the same", plain, linux("amd64"), &ImageFacts{OS: "linux", Arch: "amd64"}, ""},
		{"another", plain, linux("arm64"), &ImageFacts{OS: "linux", Arch: "amd64"}, wrong("linux/amd64", "linux/arm64")},
		{"one of many", plain, linux("arm64"), &ImageFacts{OS: "linux", Arch: "amd64", Platforms: []string{"linux/amd64", "linux/arm64/v8"}}, ""},
		{"none of many", plain, linux("arm"), &ImageFacts{Platforms: []string{"linux/amd64", "linux/arm64"}}, wrong("linux/amd64, linux/arm64", "linux/arm")},
		{"what the pod asks for", selects, nil, &ImageFacts{Platforms: []string{"linux/amd64\x1b[2J"}}, wrong("linux/amd64␛[2J", "linux/arm64")},
		{"the node counts before", selects, linux("amd64"), &ImageFacts{OS: "linux", Arch: "amd64"}, ""},
		{"Windows", plain, &kube.Node{OS: "windows", Arch: "amd64", Ready: true}, nil, windows},
		{"a pod for Windows", forWindows, nil, nil, windows},
		{"a pod for Windows, Linux image", forWindows, nil, &ImageFacts{Platforms: []string{"linux/amd64"}}, wrong("linux/amd64", "windows")},
		{"a pod for Windows, its own image", forWindows, nil, &ImageFacts{Platforms: []string{"linux/amd64", "windows/amd64"}}, ""},
		{"32 bits", plain, linux("amd64"), &ImageFacts{OS: "linux", Arch: "386"}, "warns: the image is made for linux/386, and the node is linux/amd64: it starts only if the node runs those too"},
		{"32 bits of another kind", plain, linux("amd64"), &ImageFacts{OS: "linux", Arch: "arm"}, wrong("linux/arm", "linux/amd64")},
		{"Windows, Linux image", plain, &kube.Node{OS: "windows", Arch: "amd64", Ready: true}, &ImageFacts{OS: "linux", Arch: "amd64"}, wrong("linux/amd64", "windows/amd64")},
		{"Windows, its own image", plain, &kube.Node{OS: "windows", Arch: "amd64", Ready: true}, &ImageFacts{OS: "windows", Arch: "amd64"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := checked(t, kube.NewPod(apitest.RunningPod(tt.change)), request(), Facts{Node: tt.node, Image: tt.image})
			if tt.want == "" {
				wantFindings(t, found)
				return
			}
			wantFindings(t, found, tt.want)
		})
	}
}

func TestCheckMemory(t *testing.T) {
	const shared = ", which a debug container shares: a tool that needs more can get the application killed"
	for name, tt := range map[string]struct {
		used, limit int64
		want        string
	}{
		"no limit":       {900 << 20, 0, ""},
		"enough":         {64 << 20, 128 << 20, ""},
		"little":         {65 << 20, 128 << 20, "warns: the pod has 63 MiB left of its memory limit of 128 MiB" + shared},
		"none":           {130 << 20, 128 << 20, "warns: the pod has 0 MiB left of its memory limit of 128 MiB" + shared},
		"use not known":  {0, 32 << 20, "warns: the pod has a memory limit of 32 MiB" + shared},
		"small is ample": {0, 64 << 20, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := checked(t, kube.NewPod(apitest.RunningPod()), request(), Facts{MemoryUsed: tt.used, MemoryLimit: tt.limit})
			if tt.want == "" {
				wantFindings(t, found)
				return
			}
			wantFindings(t, found, tt.want)
		})
	}
}

// The kernel holds a pod to a limit only if all of its containers have one, or the pod has one itself.
func TestMemoryLimit(t *testing.T) {
	app, unlimited := limited("app", "100Mi"), corev1.Container{Name: "free"}
	sidecar := limited("sidecar", "20Mi")
	sidecar.RestartPolicy = new(corev1.ContainerRestartPolicyAlways)
	own := &corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("70Mi")}}
	for name, tt := range map[string]struct {
		spec corev1.PodSpec
		want int64 // MiB
	}{
		"none":                 {corev1.PodSpec{Containers: []corev1.Container{unlimited}}, 0},
		"one of two":           {corev1.PodSpec{Containers: []corev1.Container{app, unlimited}}, 0},
		"both":                 {corev1.PodSpec{Containers: []corev1.Container{app, app}}, 200},
		"the pod's own":        {corev1.PodSpec{Resources: own, Containers: []corev1.Container{app, unlimited}}, 70},
		"init without":         {corev1.PodSpec{InitContainers: []corev1.Container{unlimited}, Containers: []corev1.Container{app}}, 0},
		"small init":           {corev1.PodSpec{InitContainers: []corev1.Container{limited("i", "50Mi")}, Containers: []corev1.Container{app}}, 100},
		"large init":           {corev1.PodSpec{InitContainers: []corev1.Container{limited("i", "500Mi")}, Containers: []corev1.Container{app}}, 500},
		"sidecar":              {corev1.PodSpec{InitContainers: []corev1.Container{sidecar}, Containers: []corev1.Container{app}}, 120},
		"init after a sidecar": {corev1.PodSpec{InitContainers: []corev1.Container{sidecar, limited("i", "110Mi")}, Containers: []corev1.Container{app}}, 130},
	} {
		t.Run(name, func(t *testing.T) {
			if got := memoryLimit(&tt.spec); got != tt.want<<20 {
				t.Errorf("the limit is %d MiB, want %d", got>>20, tt.want)
			}
		})
	}
}
