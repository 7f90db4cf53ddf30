package kube_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// A pod with everything in it: the order, the kinds, and every state in words.
func TestContainersInWords(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	status := func(name string, state corev1.ContainerState) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: name, State: state}
	}
	looping := status("crasher", apitest.Waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=crasher\x1b[2J"))
	looping.RestartCount = 14
	looping.LastTerminationState = apitest.Terminated(3, "Error", "")
	back := status("app", apitest.Running())
	back.Ready, back.RestartCount = true, 1
	back.LastTerminationState = apitest.Terminated(137, "OOMKilled", "")
	pod := kube.NewPod(apitest.RunningPod(apitest.WithDebugger("debugger-x2", new(apitest.Running())), apitest.WithDebugger("debugger-y3", nil), func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "migrate", Image: "shop/migrate:1"}, {Name: "proxy", RestartPolicy: &always}}
		p.Spec.Containers = []corev1.Container{
			{Name: "app", Image: "shop/web:1\x1b]0;"}, {Name: "crasher"}, {Name: "slow"}, {Name: "silent"}, {Name: "shell", TTY: true, Stdin: true},
		}
		p.Status.InitContainerStatuses = []corev1.ContainerStatus{
			status("migrate", apitest.Terminated(0, "Completed", "")), status("proxy", apitest.Running()),
		}
		// In another order than the containers, as it may be.
		p.Status.ContainerStatuses = []corev1.ContainerStatus{
			status("slow", apitest.Waiting("ContainerCreating", "")), status("shell", apitest.Terminated(42, "", "bye\nbye")), looping, back, status("silent", apitest.Waiting("", "")),
		}
	}))
	started, finished := time.Unix(1_700_000_000, 0), time.Unix(1_700_000_060, 0)
	exit := func(code int, reason, message string) *kube.Exit {
		return &kube.Exit{Code: code, Reason: reason, Message: message, Started: started, Finished: finished}
	}
	want := []kube.Container{
		{Name: "migrate", Kind: kube.InitContainer, Image: "shop/migrate:1", State: "ended: exit 0 Completed", Since: finished, Exit: exit(0, "Completed", "")},
		{Name: "proxy", Kind: kube.Sidecar, State: "running", Running: true, Since: started},
		{
			Name: "app", Kind: kube.AppContainer, Image: "shop/web:1␛]0;", State: "running", Running: true, Ready: true, Since: started,
			Restarts: 1, Exit: exit(137, "OOMKilled", ""),
		},
		{
			Name: "crasher", Kind: kube.AppContainer, State: "waiting: CrashLoopBackOff",
			Message: "back-off 5m0s restarting failed container=crasher␛[2J", Restarts: 14, Exit: exit(3, "Error", ""),
		},
		{Name: "slow", Kind: kube.AppContainer, State: "waiting: ContainerCreating"},
		{Name: "silent", Kind: kube.AppContainer, State: "waiting"},
		{
			Name: "shell", Kind: kube.AppContainer, State: "ended: exit 42", Message: "bye bye", Since: finished, Exit: exit(42, "", "bye bye"),
			TTY: true, Stdin: true,
		},
		{
			Name: "debugger-x2", Kind: kube.DebugContainer, Image: "busybox:1.37", State: "running", Running: true, Since: started,
			TTY: true, Stdin: true, Looks: "app",
		},
		{Name: "debugger-y3", Kind: kube.DebugContainer, Image: "busybox:1.37", State: "waiting", TTY: true, Stdin: true, Looks: "app"},
	}
	if diff := cmp.Diff(want, pod.Containers); diff != "" {
		t.Errorf("containers (- want, + got):\n%s", diff)
	}
	for kind, word := range map[kube.Kind]string{kube.InitContainer: "init", kube.Sidecar: "sidecar", kube.AppContainer: "app", kube.DebugContainer: "debug"} {
		if kind.String() != word {
			t.Errorf("kind %d is called %q, want %q", kind, kind, word)
		}
	}
	if c, ok := pod.Container("slow"); !ok || c.Name != "slow" {
		t.Errorf("container slow is found as %+v, %t", c, ok)
	}
	if c, ok := pod.Container("nosuch"); ok {
		t.Errorf("container nosuch is found as %+v", c)
	}
}

// A container that has ended tells of this end, not of the one before.
func TestNewestExitCounts(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "app", State: apitest.Terminated(1, "Error", ""), LastTerminationState: apitest.Terminated(2, "Error", ""), RestartCount: 1,
		}}
	}))
	if got := pod.Containers[0].Exit.Code; got != 1 {
		t.Errorf("the exit code is %d, want 1", got)
	}
}

func TestExitWords(t *testing.T) {
	tests := []struct {
		code   int32
		reason string
		want   string
	}{
		{0, "Completed", "success"},
		{1, "Error", "general error"},
		{2, "Error", "application-defined exit code"},
		{42, "Error", "application-defined exit code"},
		{126, "Error", "command found but not executable"},
		{127, "Error", "command not found"},
		{128, "Error", "application-defined exit code"},
		{129, "Error", "ended by signal 1 (SIGHUP)"},
		{130, "Error", "ended by signal 2 (SIGINT)"},
		{131, "Error", "ended by signal 3 (SIGQUIT)"},
		{134, "Error", "ended by signal 6 (SIGABRT)"},
		{137, "Error", "killed (SIGKILL); not reported as out of memory"},
		{137, "OOMKilled", "killed by the kernel: out of memory (OOMKilled)"},
		{1, "OOMKilled", "killed by the kernel: out of memory (OOMKilled)"},
		{139, "Error", "ended by signal 11 (SIGSEGV)"},
		{141, "Error", "ended by signal 13 (SIGPIPE)"},
		{143, "Error", "ended by signal 15 (SIGTERM)"},
		{159, "Error", "ended by signal 31 (SIGSYS)"},
		{160, "Error", "ended by signal 32"},
		{192, "Error", "ended by signal 64"},
		{193, "Error", "application-defined exit code"},
		{255, "Error", "application-defined exit code"},
		{128, "StartError", "never started"},
		{127, "ContainerCannotRun", "never started"},
	}
	for _, tt := range tests {
		exit := kube.ExitOf(apitest.Terminated(tt.code, tt.reason, "").Terminated)
		if got := exit.Words(); got != tt.want {
			t.Errorf("exit %d %s is %q, want %q", tt.code, tt.reason, got, tt.want)
		}
	}
}

func TestExitIsClean(t *testing.T) {
	exit := kube.ExitOf(&corev1.ContainerStateTerminated{Reason: "E\x1b[1m", Message: "a\nb\x07", FinishedAt: metav1.Unix(5, 0)})
	if exit.Reason != "E␛[1m" || exit.Message != "a b\ufffd" || !exit.Finished.Equal(time.Unix(5, 0)) {
		t.Errorf("the exit is %+v", exit)
	}
}
