package debug

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// A pod and its target go on living while a person looks at a plan.
func TestWhatHasHappenedSince(t *testing.T) {
	tests := []struct {
		name   string
		target string
		change func(*corev1.Pod)
		want   string
	}{
		{"nothing", "app", func(*corev1.Pod) {}, ""},
		{
			"completed", "", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded },
			"stops: pod web has completed: no container can start in it any more",
		},
		{
			"target has crashed", "app", func(p *corev1.Pod) {
				p.Status.ContainerStatuses[0].State = apitest.Waiting("CrashLoopBackOff\x1b[2J", "")
			},
			"stops: app is no longer running (waiting: CrashLoopBackOff␛[2J): a debug container that targets it would wait for ever" +
				" | debug without a target",
		},
		{"another has crashed", "", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].State = apitest.Terminated(1, "Error", "") }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := kube.NewPod(apitest.RunningPod())
			plan, found := checked(t, pod, request(func(r *Request) { r.Target = tt.target }), Facts{Pod: kube.NewPod(apitest.RunningPod(tt.change))})
			if tt.want == "" {
				wantFindings(t, found)
				return
			}
			wantFindings(t, found, tt.want)
			if remedy := found[0].Remedy; remedy != nil && (remedy.Apply(plan.Request).Target != "" || plan.Request.Target != "app") {
				t.Errorf("the remedy does not only drop the target of what it makes")
			}
		})
	}
}

func TestCheckTargetInACrashLoop(t *testing.T) {
	const ends = "warns: app has been restarted 4 times (exit 3 Error): when it ends again, everything that looks at its processes ends with it" +
		" | debug without a target"
	crashed := func(lasted time.Duration, restarts int32) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			last := apitest.Terminated(3, "Error", "")
			last.Terminated.FinishedAt = metav1.NewTime(last.Terminated.StartedAt.Add(lasted))
			p.Status.ContainerStatuses[0].LastTerminationState, p.Status.ContainerStatuses[0].RestartCount = last, restarts
		}
	}
	tests := []struct {
		name   string
		change func(*corev1.Pod)
		found  bool
	}{
		{"again and again", crashed(time.Minute, 4), true},
		{"once", crashed(time.Minute, 1), false},
		{"seldom", crashed(24*time.Hour, 4), false},
		{"with shared processes", func(p *corev1.Pod) {
			crashed(time.Minute, 4)(p)
			p.Spec.ShareProcessNamespace = new(true)
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := checked(t, kube.NewPod(apitest.RunningPod(tt.change)), request(func(r *Request) { r.Target = "app" }), Facts{})
			if got := strings.Contains(strings.Join(lines(found), "\n"), ends); got != tt.found {
				t.Errorf("the findings are %q", lines(found))
			}
		})
	}
}

func TestCheckEarlier(t *testing.T) {
	const rest = "; nothing can be added until the pod is replaced, unless the dry run passes"
	old := func(p kube.Profile, changes ...func(*corev1.EphemeralContainer)) func(*corev1.Pod) {
		return func(pod *corev1.Pod) {
			c, err := request(func(r *Request) { r.Name, r.Profile = "debugger-old", p }).container(nil)
			if err != nil {
				t.Fatal(err)
			}
			one := corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(*c)}
			for _, change := range changes {
				change(&one)
			}
			pod.Spec.EphemeralContainers = append(pod.Spec.EphemeralContainers, one)
		}
	}
	hardened := func(p *corev1.Pod) {
		p.Spec.SecurityContext = &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), RunAsUser: new(int64(1000)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}
		p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		}
	}
	tests := []struct {
		name, level string
		changes     []func(*corev1.Pod)
		want        string
	}{
		{"no level", "", []func(*corev1.Pod){old(kube.Sysadmin)}, ""},
		{"privileged", "privileged", []func(*corev1.Pod){old(kube.Sysadmin)}, ""},
		{"baseline in baseline", "baseline", []func(*corev1.Pod){old(kube.Baseline), old(kube.Restricted)}, ""},
		{"general in baseline", "baseline", []func(*corev1.Pod){old(kube.General)}, "debug container debugger-old (SYS_PTRACE)"},
		{"netadmin in baseline", "baseline", []func(*corev1.Pod){old(kube.Netadmin)}, "debug container debugger-old (NET_ADMIN, NET_RAW)"},
		{"sysadmin in baseline", "baseline", []func(*corev1.Pod){old(kube.Sysadmin)}, "debug container debugger-old (privileged)"},
		{"unconfined in baseline", "baseline", []func(*corev1.Pod){old(kube.Baseline, func(c *corev1.EphemeralContainer) {
			security((*corev1.Container)(&c.EphemeralContainerCommon)).SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
		})}, "debug container debugger-old (seccomp unconfined)"},
		{"restricted in restricted", "restricted", []func(*corev1.Pod){hardened, old(kube.Restricted)}, ""},
		{
			"baseline in restricted", "restricted", []func(*corev1.Pod){hardened, old(kube.Baseline)},
			"debug container debugger-old (may escalate privileges, keeps capabilities)",
		},
		{
			"the app in restricted", "restricted", []func(*corev1.Pod){old(kube.Restricted)},
			"container app (may run as root, may escalate privileges, keeps capabilities, no seccomp profile)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := kube.NewPod(apitest.RunningPod(tt.changes...))
			_, found := checked(t, pod, request(func(r *Request) { r.Profile = kube.Baseline }), Facts{PodSecurity: tt.level})
			if tt.want == "" {
				wantFindings(t, found)
				return
			}
			wantFindings(t, found, "warns: the pod itself violates Pod Security level "+tt.level+": "+tt.want+rest)
		})
	}
}

func TestCheckShared(t *testing.T) {
	const pause = "tells: the pod's containers share their processes: PID 1 is its pause process"
	const init = "tells: the pod is in its node's process namespace: PID 1 is the node's init"
	const node = "tells: the pod is in its node's own namespaces (NS): what you see and change there is the whole node's"
	hostPID := func(p *corev1.Pod) { p.Spec.HostPID = true }
	shared := func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = new(true) }
	known := func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "containerd://abc123" }
	tests := []struct {
		name    string
		changes []func(*corev1.Pod)
		target  string
		command []string
		want    string
	}{
		{"not shared", []func(*corev1.Pod){known}, "app", []string{"sh"}, ""},
		{"no target", []func(*corev1.Pod){shared, known}, "", []string{"sh"}, pause + ", and all containers' processes are seen"},
		{
			"a shell", []func(*corev1.Pod){shared, known}, "app", []string{"/busybox/sh"},
			pause + ", not app; the shell has its process in $TARGET_PID and its files in $TARGET_ROOT",
		},
		{
			"no shell", []func(*corev1.Pod){shared, known}, "app", []string{"htop"},
			pause + ", not app; the target's /proc/PID/cgroup contains $TARGET_CONTAINER_ID; its files are in /proc/PID/root",
		},
		{
			"ID not known", []func(*corev1.Pod){shared}, "app", []string{"sh"},
			pause + ", not app; find the target with ps; its files are in /proc/PID/root",
		},
		{
			"the node's processes", []func(*corev1.Pod){known, hostPID}, "app", []string{"sh"},
			init + ", not app; the shell has its process in $TARGET_PID and its files in $TARGET_ROOT\n" + strings.Replace(node, "NS", "processes", 1),
		},
		{
			"the node's processes, no target", []func(*corev1.Pod){known, hostPID}, "", []string{"sh"},
			init + ", and all processes of the node are seen\n" + strings.Replace(node, "NS", "processes", 1),
		},
		{
			"the node's", []func(*corev1.Pod){func(p *corev1.Pod) { p.Spec.HostNetwork, p.Spec.HostIPC = true, true }}, "app", nil,
			strings.Replace(node, "NS", "network, shared memory", 1),
		},
		{
			"the node's, all", []func(*corev1.Pod){hostPID, func(p *corev1.Pod) { p.Spec.HostNetwork, p.Spec.HostIPC = true, true }}, "app", nil,
			init + ", not app; find the target with ps; its files are in /proc/PID/root\ntells: the pod is in its node's own namespaces (network, processes, shared memory): what you see and change there is the whole node's",
		},
		{
			"users of its own", []func(*corev1.Pod){func(p *corev1.Pod) { p.Spec.HostUsers = new(false) }}, "app", nil,
			"tells: the pod has a user namespace of its own: root in it is not root on the node, whatever the profile",
		},
		{"users of the node", []func(*corev1.Pod){func(p *corev1.Pod) { p.Spec.HostUsers = new(true) }}, "app", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := checked(t, kube.NewPod(apitest.RunningPod(tt.changes...)), request(func(r *Request) { r.Target, r.Command = tt.target, tt.command }), Facts{})
			if tt.want == "" {
				wantFindings(t, found)
				return
			}
			wantFindings(t, found, strings.Split(tt.want, "\n")...)
		})
	}
}
