package nodes

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// node is one that is well, as changes make it.
func node(changes ...func(*corev1.Node)) *corev1.Node {
	n := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "n-1", CreationTimestamp: metav1.NewTime(noon().Add(-48 * time.Hour)), Labels: map[string]string{}, Annotations: map[string]string{}},
		Status: corev1.NodeStatus{
			NodeInfo: corev1.NodeSystemInfo{OperatingSystem: "linux", Architecture: "amd64", OSImage: "Debian GNU/Linux 12 (bookworm)", KubeletVersion: "v1.34.4"},
		},
	}
	condition(corev1.NodeReady, corev1.ConditionTrue, "kubelet is posting ready status")(n)
	for _, change := range changes {
		change(n)
	}
	return n
}

// condition sets one, since five minutes.
func condition(kind corev1.NodeConditionType, status corev1.ConditionStatus, message string) func(*corev1.Node) {
	return func(n *corev1.Node) {
		n.Status.Conditions = slices.DeleteFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool { return c.Type == kind })
		n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{
			Type: kind, Status: status, Message: message, LastTransitionTime: metav1.NewTime(noon().Add(-5 * time.Minute)),
		})
	}
}

func taint(key, value string, effect corev1.TaintEffect) func(*corev1.Node) {
	return func(n *corev1.Node) {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: key, Value: value, Effect: effect})
	}
}

func cordon(n *corev1.Node) {
	n.Spec.Unschedulable = true
	taint(corev1.TaintNodeUnschedulable, "", corev1.TaintEffectNoSchedule)(n)
}

func kubelet(version string) func(*corev1.Node) {
	return func(n *corev1.Node) { n.Status.NodeInfo.KubeletVersion = version }
}

func young(n *corev1.Node) { n.CreationTimestamp = metav1.NewTime(noon().Add(-time.Minute)) }

func TestJudge(t *testing.T) {
	const silent = "Kubelet stopped posting node status."
	for name, test := range map[string]struct {
		changes  []func(*corev1.Node)
		severity Severity
		state    string
		why      string // of all sentences
	}{
		"well":        {nil, Healthy, "Ready", "ready for 5m"},
		"not ready":   {[]func(*corev1.Node){condition(corev1.NodeReady, corev1.ConditionFalse, "cni plugin not initialized")}, NotReady, "NotReady", "node n-1 is not ready, for 5m (cni plugin not initialized)"},
		"silent":      {[]func(*corev1.Node){condition(corev1.NodeReady, corev1.ConditionUnknown, silent)}, NotReady, "NotReady", "node n-1 is not responding, for 5m (" + silent + ")"},
		"young":       {[]func(*corev1.Node){condition(corev1.NodeReady, corev1.ConditionFalse, "starting"), young}, Starting, "NotReady", "node n-1 is not ready, for 5m (starting)"},
		"no word yet": {[]func(*corev1.Node){func(n *corev1.Node) { n.Status.Conditions = nil }}, NotReady, "Unknown", "node n-1 is not ready: its kubelet has not reported yet"},
		"pressure": {[]func(*corev1.Node){condition(corev1.NodeDiskPressure, corev1.ConditionTrue, "kubelet has disk pressure")}, Pressured, "DiskPressure",
			"DiskPressure for 5m: its kubelet evicts pods (kubelet has disk pressure)"},
		"no network":         {[]func(*corev1.Node){condition(corev1.NodeNetworkUnavailable, corev1.ConditionTrue, "")}, Pressured, "NetworkUnavailable", "NetworkUnavailable for 5m: its pods cannot be reached"},
		"cordoned":           {[]func(*corev1.Node){cordon}, Cordoned, "Ready, cordoned", "cordoned: no new pods are scheduled to it"},
		"cordoned, pressure": {[]func(*corev1.Node){cordon, condition(corev1.NodePIDPressure, corev1.ConditionTrue, "")}, Pressured, "PIDPressure, cordoned", "PIDPressure for 5m: new processes may fail; cordoned: no new pods are scheduled to it"},
		"cordoned, silent":   {[]func(*corev1.Node){cordon, condition(corev1.NodeReady, corev1.ConditionUnknown, silent)}, NotReady, "NotReady, cordoned", "node n-1 is not responding, for 5m (" + silent + "); cordoned: no new pods are scheduled to it"},
		"newer":              {[]func(*corev1.Node){kubelet("v1.35.0")}, Skewed, "Ready", "kubelet v1.35 is newer than the API server (v1.34), which is not supported"},
		"as old as may be":   {[]func(*corev1.Node){kubelet("v1.31.9-eks-5d632ec")}, Healthy, "Ready", "ready for 5m"},
		"too old":            {[]func(*corev1.Node){kubelet("v1.30.9")}, Skewed, "Ready", "kubelet v1.30 is 4 minor versions older than the API server (v1.34): at most 3 are supported"},
		"version not known":  {[]func(*corev1.Node){kubelet("fake")}, Healthy, "Ready", "ready for 5m"},
		"tainted":            {[]func(*corev1.Node){taint("dedicated", "gpu", corev1.TaintEffectNoSchedule)}, Tainted, "Ready", "ready for 5m, only for pods that tolerate its taints"},
		"control plane":      {[]func(*corev1.Node){taint("node-role.kubernetes.io/control-plane", "", corev1.TaintEffectNoSchedule)}, Healthy, "Ready", "ready for 5m"},
	} {
		t.Run(name, func(t *testing.T) {
			row := NodeOf(node(test.changes...)).Row
			server := Version{1, 34}
			if got := row.Judge(server, noon()); got != test.severity {
				t.Errorf("severity %d, want %d", got, test.severity)
			}
			if got := row.State(); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			if got := strings.Join(row.Why(server, noon()), "; "); got != test.why {
				t.Errorf("why\n%q, want\n%q", got, test.why)
			}
			// A row without its object is judged by the printer's words alone.
			row.Facts = nil
			if got := row.Judge(server, noon()); (got == NotReady) != (test.severity == NotReady) {
				t.Errorf("without its object the severity is %d", got)
			}
		})
	}
}

// A pod on a silent node and the node itself say the same.
func TestNodeAndPodSayTheSame(t *testing.T) {
	row := NodeOf(node(condition(corev1.NodeReady, corev1.ConditionUnknown, ""))).Row
	if why := row.Why(Version{}, noon())[0]; !strings.HasPrefix(why, kube.NotResponding("n-1")) {
		t.Errorf("why %q", why)
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"v1.34.4": {1, 34}, "v1.34": {1, 34}, "v1.34+": {1, 34}, "v1.32.1-eks-5d632ec": {1, 32}, "v1.30.2+k3s1": {1, 30}, "v1.29.0-vk-azure": {1, 29},
		"": {}, "fake": {}, "1.34.4": {}, "v1": {}, "v1.x": {}, "v1.-4.2": {}, "vendor.2": {},
	} {
		if got := ParseVersion(text); got != want {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestHostOf(t *testing.T) {
	label := func(key, value string) func(*corev1.Node) { return func(n *corev1.Node) { n.Labels[key] = value } }
	system := func(name, image string) func(*corev1.Node) {
		return func(n *corev1.Node) { n.Status.NodeInfo.OperatingSystem, n.Status.NodeInfo.OSImage = name, image }
	}
	for name, test := range map[string]struct {
		change func(*corev1.Node)
		want   Host
	}{
		"Debian":              {system("linux", "Debian GNU/Linux 12 (bookworm)"), Linux},
		"Windows":             {system("windows", "Windows Server 2022 Datacenter"), Windows},
		"Windows by label":    {func(n *corev1.Node) { system("", "")(n); label(corev1.LabelOSStable, "windows")(n) }, Windows},
		"Bottlerocket":        {system("linux", "Bottlerocket OS 1.49.0 (aws-k8s-1.34)"), Bottlerocket},
		"Talos":               {system("linux", "Talos (v1.11.5)"), Talos},
		"virtual kubelet":     {label("type", "virtual-kubelet"), Virtual},
		"virtual by taint":    {taint("virtual-kubelet.io/provider", "azure", corev1.TaintEffectNoSchedule), Virtual},
		"kwok":                {label("type", "kwok"), Virtual},
		"kwok by annotation":  {func(n *corev1.Node) { n.Annotations["kwok.x-k8s.io/node"] = "fake" }, Virtual},
		"Fargate":             {label("eks.amazonaws.com/compute-type", "fargate"), Fargate},
		"Fargate by taint":    {taint("eks.amazonaws.com/compute-type", "fargate", corev1.TaintEffectNoSchedule), Fargate},
		"another label":       {label("type", "gpu"), Linux},
		"says nothing":        {system("", ""), Unknown},
		"an unknown system":   {system("plan9", "9front"), Unknown},
		"hostile system":      {system("\x1b[31mlinux", "\x1b[2JTalos"), Unknown},
		"EC2, no Fargate":     {label("eks.amazonaws.com/compute-type", "ec2"), Linux},
		"Bottlerocket, taint": {func(n *corev1.Node) { system("linux", "Bottlerocket OS")(n); cordon(n) }, Bottlerocket},
	} {
		t.Run(name, func(t *testing.T) {
			got := HostOf(node(test.change))
			if got != test.want {
				t.Errorf("the host is %s, want %s", got, test.want)
			}
			if got.Bare() != (got == Virtual || got == Fargate) || got.Bare() && got.Note() == "" {
				t.Errorf("%s: bare %t, note %q", got, got.Bare(), got.Note())
			}
		})
	}
}

func TestUseOf(t *testing.T) {
	container := func(cpu, memory string) corev1.Container {
		return corev1.Container{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory),
		}}}
	}
	always := corev1.ContainerRestartPolicyAlways
	sidecar := container("50m", "10Mi")
	sidecar.RestartPolicy = &always
	plain := corev1.PodSpec{Containers: []corev1.Container{container("100m", "64Mi"), container("200m", "64Mi")}}
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want Amounts
	}{
		"nothing":          {corev1.PodSpec{Containers: []corev1.Container{{}}}, Amounts{Pods: 1}},
		"containers":       {plain, Amounts{300, 128 << 20, 1}},
		"small init":       {corev1.PodSpec{InitContainers: []corev1.Container{container("250m", "1Mi")}, Containers: plain.Containers}, Amounts{300, 128 << 20, 1}},
		"large init":       {corev1.PodSpec{InitContainers: []corev1.Container{container("1", "1Gi")}, Containers: plain.Containers}, Amounts{1000, 1 << 30, 1}},
		"sidecar":          {corev1.PodSpec{InitContainers: []corev1.Container{sidecar}, Containers: plain.Containers}, Amounts{350, 138 << 20, 1}},
		"init and sidecar": {corev1.PodSpec{InitContainers: []corev1.Container{sidecar, container("1", "1Mi")}, Containers: plain.Containers}, Amounts{1050, 138 << 20, 1}},
		"overhead":         {corev1.PodSpec{Overhead: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m")}, Containers: plain.Containers}, Amounts{550, 128 << 20, 1}},
		"of the pod": {corev1.PodSpec{Containers: plain.Containers, Resources: &corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}}},
			Amounts{2000, 128 << 20, 1}},
	} {
		if got := UseOf([]corev1.Pod{{Spec: test.spec}}).Requests; got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// Whatever a node says of itself is clean where it is shown.
func TestNodesAreClean(t *testing.T) {
	const evil = "\x1b[2J\u202eevil\n"
	n := node(condition("Evil"+evil, corev1.ConditionTrue, evil), condition(corev1.NodeReady, corev1.ConditionFalse, evil), taint("k"+evil, evil, corev1.TaintEffect(evil)))
	n.Name, n.Labels[evil], n.Annotations[evil] = "n"+evil, evil, evil
	n.Labels["node-role.kubernetes.io/"+evil] = ""
	n.Spec.ProviderID, n.Spec.PodCIDRs = evil, []string{evil}
	n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: evil}}
	n.Status.NodeInfo = corev1.NodeSystemInfo{KubeletVersion: evil, OSImage: evil, KernelVersion: evil, ContainerRuntimeVersion: evil, OperatingSystem: evil, Architecture: evil}
	n.Status.Capacity = corev1.ResourceList{corev1.ResourceName(evil): resource.MustParse("1")}
	read := NodeOf(n)
	texts := append([]string{read.Name, read.Roles, read.Version, read.Address, read.System, read.Kernel, read.Runtime, read.State()}, read.Why(Version{1, 34}, noon())...)
	for _, c := range read.Facts.Conditions {
		texts = append(texts, c.Name, c.Message, c.Reason)
	}
	for _, taint := range read.Facts.Taints {
		texts = append(texts, taint.String(), taint.Words())
	}
	for _, f := range slices.Concat(read.Detail.About, read.Detail.Capacity, read.Detail.Labels, read.Detail.Annotations) {
		texts = append(texts, f.Label, f.Text)
	}
	yaml, _ := read.YAML()
	for _, text := range append(texts, strings.Split(yaml, "\n")...) {
		apitest.WantClean(t, text)
	}
}

func TestWords(t *testing.T) {
	for milli, want := range map[int64]string{0: "0", 10: "10m", 4000: "4", 3500: "3.5", 63920: "63.9"} {
		if got := CPUWords(milli); got != want {
			t.Errorf("%d m are %q, want %q", milli, got, want)
		}
	}
	for bytes, want := range map[int64]string{0: "0", 1: "1 MiB", 64 << 20: "64 MiB", 16 << 30: "16 GiB", 16_000_000_000: "14.9 GiB"} {
		if got := MemoryWords(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}

// What is wrong comes first, and whether the node is ready before all else.
func TestConditionsInOrder(t *testing.T) {
	f := FactsOf(node(condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, ""), condition(corev1.NodeDiskPressure, corev1.ConditionTrue, ""), condition(corev1.NodeReady, corev1.ConditionUnknown, "")))
	var got []string
	for _, c := range f.Conditions {
		got = append(got, c.Name+" "+c.Is)
	}
	if want := []string{"Ready unknown", "DiskPressure true", "MemoryPressure false"}; !slices.Equal(got, want) {
		t.Errorf("the conditions are %q, want %q", got, want)
	}
}
