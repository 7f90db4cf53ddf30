package kubelet_test

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

const web = "registry.example/demo/web:1"

// TestInit runs init containers one after another, and the pod's own after them.
func TestInit(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		InitContainers: []corev1.Container{
			{Name: "first", Image: web, Args: []string{"-exit", "0"}},
			{Name: "second", Image: "docker.io/library/busybox:1.37", Command: []string{"sh", "-c", "exit 0"}},
		},
		Containers: []corev1.Container{{Name: "app"}},
	})
	w.clock.Advance(time.Second)
	if got, want := summary(w.pod("mine")), "Pending first=Completed(0),ready second=PodInitializing app=PodInitializing"; got != want {
		t.Errorf("after the first: %s, want %s", got, want)
	}
	w.clock.Advance(3 * time.Second)
	w.until("the second has ended", func() bool { return w.pod("mine").Status.InitContainerStatuses[1].State.Terminated != nil })
	w.clock.Advance(3 * time.Second)
	pod := w.pod("mine")
	if got, want := summary(pod), "Running first=Completed(0),ready second=Completed(0),ready app=Running,ready"; got != want {
		t.Errorf("after both: %s, want %s", got, want)
	}
}

// TestInitFails ends a pod that is not to try again.
func TestInitFails(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		RestartPolicy:  corev1.RestartPolicyNever,
		InitContainers: []corev1.Container{{Name: "first", Image: web, Args: []string{"-crash"}}},
		Containers:     []corev1.Container{{Name: "app"}},
	})
	w.clock.Advance(10 * time.Second)
	if got, want := summary(w.pod("mine")), "Failed first=Error(3) app=PodInitializing"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestSidecar runs an init container beside the others, starts it again, and ends it when they have ended.
func TestSidecar(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	always := ptr.To(corev1.ContainerRestartPolicyAlways)
	w.mine(corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever,
		InitContainers: []corev1.Container{
			{Name: "proxy", Image: web, RestartPolicy: always},
			{Name: "fails", Image: web, Args: []string{"-crash"}, RestartPolicy: always},
			{Name: "first", Image: web, Args: []string{"-exit", "0"}},
		},
		Containers: []corev1.Container{{Name: "app", Args: []string{"-addr", ":8081"}}},
	})
	w.clock.Advance(30 * time.Second)
	const all = "Running proxy=Running,ready fails=CrashLoopBackOff,2 first=Completed(0),ready app=Running,ready"
	if got := summary(w.pod("mine")); got != all {
		t.Errorf("with all of them: %s, want %s", got, all)
	}
	w.delete(w.pod("mine"), 5)
	w.clock.Advance(3 * time.Second)
	if _, err := w.store.Get(mineKey()); err == nil {
		t.Errorf("it is still there: %s", summary(w.pod("mine")))
	}
}

// TestSidecarEnds lets nobody wait for it.
func TestSidecarEnds(t *testing.T) {
	w := newWorld(t)
	sidecar := deaf()
	sidecar.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		RestartPolicy:                 corev1.RestartPolicyNever,
		TerminationGracePeriodSeconds: ptr.To(int64(5)),
		InitContainers: []corev1.Container{
			{Name: "proxy", Image: web, RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
			sidecar,
		},
		Containers: []corev1.Container{{Name: "app", Args: []string{"-exit", "0"}}},
	})
	w.clock.Advance(4 * time.Second)
	if got, want := summary(w.pod("mine")), "Running proxy=Completed(0) deaf=Running,ready app=Completed(0)"; got != want {
		t.Errorf("during its grace: %s, want %s", got, want)
	}
	w.clock.Advance(10 * time.Second)
	pod := w.pod("mine")
	if got, want := summary(pod), "Succeeded proxy=Completed(0) deaf=Error(137) app=Completed(0)"; got != want {
		t.Errorf("after it: %s, want %s", got, want)
	}
	if events := w.events(pod); !slices.Contains(events, "Normal Killing Stopping container deaf") {
		t.Errorf("no event Killing: %q", events)
	}
}
