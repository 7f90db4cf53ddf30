package script

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The API server shows a static pod, and cannot change it.
func TestStaticPodIsRefused(t *testing.T) {
	t.Parallel()
	if here.internet == nil {
		t.Log("the cluster is not that of testdata/cluster: which static pods it has is not known")
		return
	}
	const pod = "static-node-1"
	system := here.Elsewhere("kube-system")
	if err := system.AwaitPod(t.Context(), pod, "runs", func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodRunning }); err != nil {
		t.Fatal(err)
	}
	before := asItIs(t, system, pod)
	p := sitDown(t, nil, "-n", system.Name, pod)
	const words = "pod " + pod + " is static: its node's kubelet runs it from a file, and the API server cannot change it"
	p.sees("CONTAINER", words)
	p.goesOnTo("d", "tools", "tab: on the node itself")
	p.goesOnTo("tab", "tab: in the pod")
	p.goesOnTo("tab", words, "debug it in a copy of the pod")
	p.presses("enter")
	p.leaves()
	before.still(t)
}

// A target that crashes again and again is left out: a container that looks at it would wait for it for ever.
func TestTargetInACrashLoopIsLeftOut(t *testing.T) {
	t.Parallel()
	const pod = "loops"
	shell := pictures().shell
	err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{
		{Name: "app", Image: shell, Command: []string{"sh", "-c", "exit 3"}},
		{Name: "sidecar", Image: shell, Command: []string{"sh", "-c", "exec sleep 1000000"}},
	}})
	if err == nil {
		err = here.AwaitPod(t.Context(), pod, "is in a crash loop that leaves it some time", func(p *corev1.Pod) bool {
			s := statusOf(p.Status.ContainerStatuses, "app")
			return s.RestartCount > 1 && s.State.Waiting != nil && s.State.Waiting.Reason == "CrashLoopBackOff"
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	startsWithoutTarget(t, pod, "! app is not running (waiting: CrashLoopBackOff): its processes and files cannot be seen, only the pod's network")
}

// A pod that waits for its first containers takes a debug container, which looks at the one that is running: there is no application yet.
func TestPodStuckInInitIsLookedAt(t *testing.T) {
	t.Parallel()
	const pod = "initialises"
	spec := corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "waits", Image: pictures().shell, Command: []string{"sh", "-c", "exec sleep 1000000"}}},
		Containers:     []corev1.Container{{Name: "app", Image: pictures().web}},
	}
	err := here.Create(t.Context(), pod, spec)
	if err == nil {
		err = here.AwaitPod(t.Context(), pod, "is in its first container", func(p *corev1.Pod) bool {
			return statusOf(p.Status.InitContainerStatuses, "waits").State.Running != nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "waiting")
	p.chooses("busybox")
	p.sees("target waits: its processes", admitted)
	untouched(t, pod)
	p.presses("enter")
	p.getsShell()
	p.types("tr '\\0' ' ' </proc/1/cmdline\r")
	p.sees("sleep 1000000 ")
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
}

// startsWithoutTarget wants to be told, before anything is added, that there is no target, and a shell all the same.
func startsWithoutTarget(t *testing.T, pod, words string) {
	t.Helper()
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "waiting")
	p.chooses("busybox")
	p.sees("target none: shares the pod's network, no container's processes", words, admitted)
	untouched(t, pod)
	p.presses("enter")
	p.getsShell()
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
	if added := debuggersOf(t, here.Namespace, pod); len(added) != 1 || added[0].TargetContainerName != "" {
		t.Errorf("the debug containers are %+v, want one without a target", added)
	}
}

// An image that runs as root, in a pod that refuses that, is not sent before its user is changed, which one key does.
func TestNonRootPodTakesTheTargetsUser(t *testing.T) {
	t.Parallel()
	const pod = "refuses-root"
	err := here.Run(t.Context(), pod, corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: new(true)},
		Containers:      []corev1.Container{{Name: "app", Image: pictures().web, SecurityContext: &corev1.SecurityContext{RunAsUser: new(int64(1234))}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	const refusal = "the pod asks for a non-root user, and the image runs as root: it will not start"
	p.sees("✗ "+refusal, "→ m: run as the target's user 1234 M: run as root anyway")
	p.presses("enter", "m")
	p.must(p.WaitFor(soon, "the finding gone", func(s terminal.Screen) bool { return !s.Has(refusal) && s.Has(admitted) }))
	p.reads("What changes in the pod", "runAsUser: 1234")
	untouched(t, pod)
	p.presses("enter")
	p.getsShellOf("$")
	if out := p.asks("id -u"); !strings.Contains(out, "\n1234\n") {
		t.Errorf("the user is another: %q", out)
	}
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
}

// Where containers share their processes PID 1 is nobody's: the shell is told where the target's files are.
func TestSharedProcessesShowTheTargetsFiles(t *testing.T) {
	t.Parallel()
	const pod, bash = "shares", "name: bashful\npurpose: bash\nimage: nicolaka/netshoot:latest\ncommand: [bash]\n"
	name := corev1.DownwardAPIVolumeFile{Path: "name", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
	info := corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{name}}}
	err := here.Run(t.Context(), pod, corev1.PodSpec{
		ShareProcessNamespace: new(true),
		Containers: []corev1.Container{
			{Name: "sidecar", Image: pictures().shell, Command: []string{"sh", "-c", "exec sleep 1000000"}},
			{Name: "app", Image: pictures().web, VolumeMounts: []corev1.VolumeMount{{Name: "info", MountPath: "/etc/its-pod"}}},
		},
		Volumes: []corev1.Volume{{Name: "info", VolumeSource: info}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"busybox", "bashful"} {
		p := sitDown(t, map[string]string{"bashful.yaml": bash}, pod)
		p.sees("CONTAINER", "running")
		p.presses("down") // app is the second
		p.chooses(tool)
		p.sees("target app", "PID 1 is its pause process, not app; the shell has its process in $TARGET_PID and its files in $TARGET_ROOT")
		p.presses("enter")
		p.getsShellOf("#")
		if out := p.asks("cat $TARGET_ROOT/etc/its-pod/name; echo"); !strings.Contains(out, "\n"+pod+"\n") {
			t.Errorf("with %s the files of the target are not there: %q", tool, out)
		}
		p.types("exit\r")
		p.getsCard("✓ exit 0")
		p.leaves()
	}
}

// statusOf finds what the kubelet says of a container.
func statusOf(list []corev1.ContainerStatus, name string) corev1.ContainerStatus {
	for _, s := range list {
		if s.Name == name {
			return s
		}
	}
	return corev1.ContainerStatus{}
}
