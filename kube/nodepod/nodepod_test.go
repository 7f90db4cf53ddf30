package nodepod_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

func TestName(t *testing.T) {
	long := strings.Repeat("n", 100)
	for _, test := range []struct{ prefix, about, session, want string }{
		{"node-debugger-", "node-1", "debugger-x2", "node-debugger-node-1-x2"},
		{"node-debugger-", "ip-10-0-0-1.eu-west-1.compute.internal", "debugger-x2", "node-debugger-ip-10-0-0-1-eu-west-1-compute-internal-x2"},
		{"join-", "web-7d9.b", "mine", "join-web-7d9-b-mine"},
		{"join-", long, "debugger-x2", "join-" + long[:55] + "-x2"},
		{"join-", long, long, "join-" + long[:38] + "-" + long[:19]},
		{"join-", strings.Repeat("a", 53) + "--" + long, "debugger-x2", "join-" + strings.Repeat("a", 53) + "-x2"},
		{"join-", strings.Repeat("a", 54) + ".b", "debugger-x2", "join-" + strings.Repeat("a", 54) + "-x2"},
	} {
		got := nodepod.Name(test.prefix, test.about, test.session)
		if got != test.want {
			t.Errorf("%s about %q is %q, want %q", test.session, test.about, got, test.want)
		}
		if wrong := validation.IsDNS1123Label(got); len(wrong) > 0 {
			t.Errorf("%q: %v", got, wrong)
		}
	}
}

// What a profile gives of a node is what kubectl debug gives: k8s.io/kubectl pkg/cmd/debug/profiles.go.
func TestOnNode(t *testing.T) {
	for profile, want := range map[kube.Profile]nodepod.Given{
		kube.Legacy: {Namespaces: true, Files: true}, kube.General: {Namespaces: true, Files: true}, kube.Sysadmin: {Namespaces: true, Files: true},
		kube.Netadmin: {Namespaces: true}, kube.Baseline: {}, kube.Restricted: {}, "unheard of": {},
	} {
		if got := nodepod.Gives(profile); got != want {
			t.Errorf("%s gives %+v, want %+v", profile, got, want)
		}
		brought := []corev1.VolumeMount{{Name: "own", MountPath: "/own"}}
		pod := nodepod.OnNode("node-1", "default", "n", profile, corev1.Container{Name: "d", Image: "busybox", VolumeMounts: slices.Clone(brought)})
		spec := pod.Spec
		common(t, pod)
		if spec.HostPID != want.Namespaces || spec.HostNetwork != want.Namespaces || spec.HostIPC != want.Namespaces {
			t.Errorf("%s: the node's namespaces are %t %t %t", profile, spec.HostPID, spec.HostNetwork, spec.HostIPC)
		}
		if !want.Files {
			if len(spec.Volumes) > 0 || cmp.Diff(brought, spec.Containers[0].VolumeMounts) != "" {
				t.Errorf("%s has volumes: %+v", profile, spec)
			}
			continue
		}
		mounts := spec.Containers[0].VolumeMounts
		if len(spec.Volumes) != 1 || spec.Volumes[0].HostPath == nil || spec.Volumes[0].HostPath.Path != "/" || len(mounts) != 2 ||
			mounts[1].Name != spec.Volumes[0].Name || mounts[1].MountPath != "/host" || mounts[1].ReadOnly {
			t.Errorf("%s mounts %+v of %+v", profile, mounts, spec.Volumes)
		}
	}
	for given, want := range map[nodepod.Given]string{
		{Namespaces: true, Files: true}: "its processes, network and shared memory, and its files in /host",
		{Namespaces: true}:              "its processes, network and shared memory, but not its files",
		{}:                              "nothing of it: the container is isolated as any other",
	} {
		if got := given.Words(); got != want {
			t.Errorf("%+v is %q", given, got)
		}
	}
}

// common is what all pods on a node have: the scheduler is not asked, no taint keeps them away, and they do not start again.
func common(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	spec := pod.Spec
	if pod.APIVersion != "v1" || pod.Kind != "Pod" || pod.Name != "n" || pod.Namespace != "default" || spec.NodeName != "node-1" || spec.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("the pod is %+v", pod)
	}
	if diff := cmp.Diff([]corev1.Toleration{{Operator: corev1.TolerationOpExists}}, spec.Tolerations); diff != "" {
		t.Errorf("it tolerates (- want, + got):\n%s", diff)
	}
	if len(spec.Containers) != 1 || spec.Containers[0].Name != "d" || spec.Containers[0].Image != "busybox" {
		t.Errorf("its containers are %+v", spec.Containers)
	}
}

// A pod that goes into namespaces sees the node's processes, and has nothing else of it: no mount, by which SELinux would refuse nsenter.
func TestInside(t *testing.T) {
	pod := nodepod.Inside("node-1", "default", "n", corev1.Container{Name: "d", Image: "busybox"})
	common(t, pod)
	if s := pod.Spec; !s.HostPID || s.HostNetwork || s.HostIPC || len(s.Volumes) > 0 || len(s.Containers[0].VolumeMounts) > 0 {
		t.Errorf("it is %+v", s)
	}
}

func TestWindows(t *testing.T) {
	pod := nodepod.Windows("node-1", "default", "n", corev1.Container{Name: "d", Image: "busybox"})
	common(t, pod)
	s := pod.Spec
	if s.HostPID || s.HostIPC || !s.HostNetwork || s.OS == nil || s.OS.Name != corev1.Windows || len(s.Volumes) > 0 {
		t.Errorf("it is %+v", s)
	}
	if w := s.SecurityContext.WindowsOptions; w == nil || !*w.HostProcess || *w.RunAsUserName != `NT AUTHORITY\SYSTEM` {
		t.Errorf("it runs as %+v", w)
	}
}

func TestCommand(t *testing.T) {
	some := nodepod.Namespaces{Network: true, Processes: true}
	for name, test := range map[string]struct {
		joining nodepod.Joining
		want    []string // what the script gets
	}{
		"root": {nodepod.Joining{ContainerID: "abc", Namespaces: some}, []string{"dayfly", "/proc", "abc", "", "net pid", "", "top", "-b"}},
		"a user": {nodepod.Joining{ContainerID: "abc", Namespaces: some, UID: new(int64(1000)), GID: new(int64(0))},
			[]string{"dayfly", "/proc", "abc", "", "net pid", "1000:0", "top", "-b"}},
		"a user without a group": {nodepod.Joining{ContainerID: "abc", UID: new(int64(1000))}, []string{"dayfly", "/proc", "abc", "", "", "1000:1000", "top", "-b"}},
		"a group alone":          {nodepod.Joining{ContainerID: "abc", GID: new(int64(1000))}, []string{"dayfly", "/proc", "abc", "", "", "", "top", "-b"}},
		"as the container":       {nodepod.Joining{ContainerID: "abc", UID: new(int64(1000)), AsTarget: true}, []string{"dayfly", "/proc", "abc", "", "", "target", "top", "-b"}},
		"a sandbox": {nodepod.Joining{ContainerID: "abc", Sandbox: "1-2-3", Namespaces: nodepod.Namespaces{Network: true}},
			[]string{"dayfly", "/proc", "pod1-2-3", "pod1_2_3", "net", "", "top", "-b"}},
	} {
		got := test.joining.Command([]string{"top", "-b"})
		if !slices.Equal(got[:2], []string{"sh", "-c"}) || !strings.Contains(got[2], "nsenter") || cmp.Diff(test.want, got[3:]) != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := nodepod.ShellCommand([]string{"bash", "-l"}); !slices.Equal(got, []string{"nsenter", "-t", "1", "-m", "-u", "-i", "-n", "--", "bash", "-l"}) {
		t.Errorf("the host's shell is %q", got)
	}
	if got := nodepod.HostShell(); len(got) != 3 || got[0] != "sh" || !strings.Contains(got[2], "exec sh -l") {
		t.Errorf("the host's shell is %q", got)
	}
}

// The usual namespaces are all but the mounts; each can be turned on and off by itself.
func TestNamespaces(t *testing.T) {
	if got := nodepod.Usual().List(); !slices.Equal(got, []string{"net", "pid", "ipc", "uts"}) {
		t.Errorf("usual are %q", got)
	}
	if got := nodepod.Usual().Words(); !slices.Equal(got, []string{"network", "processes", "shared memory", "host name"}) {
		t.Errorf("usual are %q", got)
	}
	for _, one := range nodepod.All() {
		only := one.Turn(nodepod.Namespaces{})
		if !one.In(only) || !slices.Equal(only.List(), []string{one.Name}) || !slices.Equal(only.Words(), []string{one.Words}) {
			t.Errorf("%s alone is %+v", one.Name, only)
		}
		if off := one.Turn(only); off != (nodepod.Namespaces{}) || one.In(off) {
			t.Errorf("without %s there is %+v", one.Name, off)
		}
		if one.Means == "" {
			t.Errorf("nobody learns what %s is", one.Name)
		}
		if before := nodepod.Usual(); one.Turn(before) == before || before != nodepod.Usual() {
			t.Errorf("%s is turned in place", one.Name)
		}
	}
}

// One more shell goes to where the first one is; a container that goes nowhere has none of its own.
func TestAgain(t *testing.T) {
	j := nodepod.Joining{ContainerID: "abc123", Namespaces: nodepod.Usual()}
	joined := j.Command([]string{"tcpdump", "-n"})
	if diff := cmp.Diff(j.Command([]string{"sh"}), nodepod.Again(joined)); diff != "" {
		t.Errorf("joined (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff(nodepod.ShellCommand(nodepod.HostShell()), nodepod.Again(nodepod.ShellCommand([]string{"journalctl"}))); diff != "" {
		t.Errorf("the host's (- want, + got):\n%s", diff)
	}
	for _, other := range [][]string{nil, {"sh"}, {"sh", "-c", "x", "dayfly", "/proc", "abc", "", "", "", "sh"}, {"nsenter", "-t", "7", "sh"}} {
		if got := nodepod.Again(other); got != nil {
			t.Errorf("%q: %q", other, got)
		}
	}
}

func TestLacks(t *testing.T) {
	for image, want := range map[string]string{
		"busybox:1.37": "", "docker.io/library/alpine": "", "reg.corp:5000/nicolaka/netshoot:latest": "", "nixery.dev/shell/util-linux/procps": "",
		"nixery.dev/shell/curl/dig": "nsenter", "gcr.io/distroless/static@sha256:00": "a shell and nsenter", "shop/web:1": "?",
	} {
		got, known := nodepod.Lacks(image)
		if !known {
			got = "?"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}
