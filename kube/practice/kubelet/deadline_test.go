package kubelet_test

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// mine makes a client's own pod, of the demo's image where another is not said.
func (w *world) mine(spec corev1.PodSpec) {
	w.t.Helper()
	pod := &corev1.Pod{Spec: spec}
	pod.Namespace, pod.Name = "shop", "mine"
	for i := range pod.Spec.Containers {
		if c := &pod.Spec.Containers[i]; c.Image == "" {
			c.Image = web
		}
	}
	if err := w.Add(pod); err != nil {
		w.t.Fatal(err)
	}
}

func mineKey() store.Key { return store.Key{Resource: api.Pods(), Namespace: "shop", Name: "mine"} }

// TestDeadline ends a pod's containers when its time is over. The pod stays, and nothing is started again.
func TestDeadline(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		ActiveDeadlineSeconds: ptr.To(int64(30)), TerminationGracePeriodSeconds: ptr.To(int64(5)),
		Containers: []corev1.Container{{Name: "app"}, {Name: "crash", Args: []string{"-crash"}}},
	})
	w.at(time.Minute + 29*time.Second)
	if pod := w.pod("mine"); pod.Status.Phase != corev1.PodRunning || pod.Status.Reason != "" {
		t.Errorf("a second before its deadline: %s, %q", summary(pod), pod.Status.Reason)
	}
	w.at(time.Minute + 37*time.Second)
	pod := w.pod("mine")
	if got, want := summary(pod), "Failed app=Completed(0) crash=Error(3),2"; got != want {
		t.Errorf("after its deadline: %s, want %s", got, want)
	}
	if pod.Status.Reason != "DeadlineExceeded" || pod.Status.Message != "Pod was active on the node longer than the specified deadline" {
		t.Errorf("because of %q: %q", pod.Status.Reason, pod.Status.Message)
	}
	for _, want := range []string{
		"Normal DeadlineExceeded Pod was active on the node longer than the specified deadline", "Normal Killing Stopping container app",
	} {
		if events := w.events(pod); !slices.Contains(events, want) {
			t.Errorf("no event %q in %q", want, events)
		}
	}
	w.at(time.Hour)
	if later := w.pod("mine"); later.ResourceVersion != pod.ResourceVersion {
		t.Errorf("an hour later it is %s", summary(later))
	}
}

// deaf is a container whose program does not heed SIGTERM.
func deaf() corev1.Container {
	return corev1.Container{Name: "deaf", Image: "docker.io/library/busybox:1.37", Command: []string{"sh", "-c", "echo sidecar is up"}}
}

// TestDeadlineGrace kills what does not heed SIGTERM, and shows the pod as running until then.
func TestDeadlineGrace(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		ActiveDeadlineSeconds: ptr.To(int64(10)), TerminationGracePeriodSeconds: ptr.To(int64(5)), Containers: []corev1.Container{deaf()},
	})
	w.at(time.Minute + 14*time.Second)
	if got, want := summary(w.pod("mine")), "Running deaf=Running,ready"; got != want {
		t.Errorf("during its grace: %s, want %s", got, want)
	}
	w.at(time.Minute + 16*time.Second)
	if got, want := summary(w.pod("mine")), "Failed deaf=Error(137)"; got != want {
		t.Errorf("after its grace: %s, want %s", got, want)
	}
}

// TestDeadlineDeleted takes a pod away that is deleted while its containers end.
func TestDeadlineDeleted(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		ActiveDeadlineSeconds: ptr.To(int64(10)), TerminationGracePeriodSeconds: ptr.To(int64(30)), Containers: []corev1.Container{deaf()},
	})
	w.at(time.Minute + 15*time.Second)
	w.delete(w.pod("mine"), 2)
	w.at(time.Minute + 20*time.Second)
	if _, err := w.store.Get(mineKey()); err == nil {
		t.Errorf("it is still there: %s", summary(w.pod("mine")))
	}
}

// TestDeadlineSooner ends a pod at the deadline that it has got meanwhile.
func TestDeadlineSooner(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{ActiveDeadlineSeconds: ptr.To(int64(3600)), Containers: []corev1.Container{{Name: "app"}}})
	w.at(2 * time.Minute)
	_, err := w.store.Update(mineKey(), func(o store.Object) error {
		o.(*corev1.Pod).Spec.ActiveDeadlineSeconds = ptr.To(int64(90))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Changed(mineKey())
	w.at(2*time.Minute + 29*time.Second)
	if pod := w.pod("mine"); pod.Status.Phase != corev1.PodRunning {
		t.Errorf("before its deadline: %s", summary(pod))
	}
	w.at(2*time.Minute + 31*time.Second)
	if pod := w.pod("mine"); pod.Status.Phase != corev1.PodFailed {
		t.Errorf("after its deadline: %s", summary(pod))
	}
}

// TestDeadlineBeforeStart ends a pod that waits for its image.
func TestDeadlineBeforeStart(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	w.mine(corev1.PodSpec{
		ActiveDeadlineSeconds: ptr.To(int64(30)),
		InitContainers:        []corev1.Container{{Name: "first", Image: "registry.example/demo/missing:1"}}, Containers: []corev1.Container{{Name: "app"}},
	})
	w.at(2 * time.Minute)
	pod := w.pod("mine")
	if pod.Status.Phase != corev1.PodFailed || pod.Status.Reason != "DeadlineExceeded" {
		t.Errorf("after its deadline: %s, %q", summary(pod), pod.Status.Reason)
	}
}
