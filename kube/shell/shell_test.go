package shell

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// The best shell of a container is found, and a container that answers nonsense has the plain one.
func TestFind(t *testing.T) {
	c := kubetest.PractiseLive(t, "practice")
	pod, err := c.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Find(t.Context(), c, pod, "app"); err != nil || len(got) != 1 || !isShell(got[0]) {
		t.Errorf("%q, %v", got, err)
	}
	windows := pod.Object().DeepCopy()
	windows.Spec.OS = &corev1.PodOS{Name: corev1.Windows}
	_, err = Find(t.Context(), c, kube.NewPod(windows), "app")
	if p := kube.Explain(err); p == nil || !strings.Contains(p.Message, "annotated/app has no shell") || !slices.Contains(p.Help, kube.ChooseTool) {
		t.Errorf("a container without any: %v", err)
	}
	if _, err := Find(t.Context(), c, pod, "none"); err == nil || strings.Contains(kube.Explain(err).Message, "no shell") {
		t.Errorf("a container that is not there: %v", err)
	}
}

func TestChoose(t *testing.T) {
	status := func(name string, running bool) corev1.ContainerStatus {
		s := corev1.ContainerStatus{Name: name, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}}
		if running {
			s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
		}
		return s
	}
	for name, test := range map[string]struct {
		running    string // the containers that run
		annotation string
		asked      string
		want       string
		says       string
	}{
		"first":           {"app proxy debugger", "", "", "app", ""},
		"default":         {"app proxy debugger", "proxy", "", "proxy", ""},
		"default is sick": {"app", "proxy", "", "app", ""},
		"first is sick":   {"proxy", "", "", "proxy", ""},
		"asked":           {"app proxy", "", "proxy", "proxy", ""},
		"none runs":       {"debugger", "", "", "", "no container of pod web is running: app waiting: CrashLoopBackOff, proxy waiting: CrashLoopBackOff"},
		"sick":            {"proxy", "", "app", "", "app in pod web is not running: waiting: CrashLoopBackOff"},
		"debug container": {"app debugger", "", "debugger", "", "debugger is a debug container of pod web"},
		"unknown":         {"app", "", "x\x1b[31m", "", "pod web has no container x"},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{}
			pod.Name = "web"
			if test.annotation != "" {
				pod.Annotations = map[string]string{"kubectl.kubernetes.io/default-container": test.annotation}
			}
			for _, c := range []string{"app", "proxy"} {
				pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: c})
				pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, status(c, slices.Contains(strings.Fields(test.running), c)))
			}
			pod.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger"}}}
			pod.Status.EphemeralContainerStatuses = []corev1.ContainerStatus{status("debugger", strings.Contains(test.running, "debugger"))}
			got, err := Choose(kube.NewPod(pod), test.asked)
			if got != test.want || (err == nil) != (test.says == "") {
				t.Fatalf("%q, %v", got, err)
			}
			if err != nil && (!strings.Contains(kube.Explain(err).Message, test.says) || strings.Contains(kube.Explain(err).Message, "\x1b")) {
				t.Errorf("it says %s", kube.Explain(err).Message)
			}
		})
	}
}
