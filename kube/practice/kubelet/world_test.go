package kubelet_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/controllers"
	"github.com/dayfly-k8s/dayfly/kube/practice/kubelet"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

func TestMain(m *testing.M) {
	process.Main()
	os.Exit(m.Run())
}

// world is a cluster without a server, whose time the test moves.
type world struct {
	t     *testing.T
	host  *process.Host
	store *store.Store
	clock *clock.Clock
	*kubelet.Kubelet
	control *controllers.Controllers
}

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// newWorld has all objects of the manifests, made at noon.
func newWorld(t *testing.T) *world {
	t.Helper()
	scenes, err := scene.Load(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	host, err := process.NewHost(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, host: host, store: store.New(1000), clock: clock.New(noon())}
	w.Kubelet = kubelet.New(kubelet.Options{
		Store: w.store, Clock: w.clock, Images: scenes.Images, Host: host, Dir: dir,
		Wrote: func(key store.Key) { w.control.Changed(key) }, Started: func(key store.Key) { w.control.Started(key) },
	})
	w.control = controllers.New(controllers.Options{Store: w.store, Clock: w.clock, Kubelet: w.Kubelet})
	t.Cleanup(host.Close)
	t.Cleanup(w.Close)
	for _, item := range scenes.Items {
		if err := w.Add(item.Object); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Advance(0) // Deployments have got their pods
	return w
}

// Changed tells of what the test has written to the store.
func (w *world) Changed(key store.Key) {
	w.Kubelet.Changed(key)
	w.control.Changed(key)
}

// at lets time pass until so long after noon.
func (w *world) at(after time.Duration) { w.clock.Advance(noon().Add(after).Sub(w.clock.Now())) }

// pod finds a pod of the shop by the beginning of its name.
func (w *world) pod(prefix string) *corev1.Pod {
	w.t.Helper()
	objects, _ := w.store.List(api.Pods(), "")
	for _, object := range objects {
		if strings.HasPrefix(object.GetName(), prefix) {
			return object.(*corev1.Pod)
		}
	}
	w.t.Fatalf("there is no pod %s", prefix)
	return nil
}

// events is the events of a pod as kubectl describe shows them, without ages.
func (w *world) events(pod *corev1.Pod) (lines []string) {
	objects, _ := w.store.List(api.Events(), pod.Namespace)
	for _, object := range objects {
		if e := object.(*corev1.Event); e.InvolvedObject.UID == pod.UID {
			count := ""
			if e.Count > 1 {
				count = fmt.Sprintf(" (x%d)", e.Count)
			}
			lines = append(lines, fmt.Sprintf("%s %s%s %s", e.Type, e.Reason, count, e.Message))
		}
	}
	return lines
}

// summary is what a pod comes to: phase, and each container's state.
func summary(pod *corev1.Pod) string {
	text := string(pod.Status.Phase)
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses) {
		text += fmt.Sprintf(" %s=%s", s.Name, state(s))
	}
	return text
}

func state(s corev1.ContainerStatus) string {
	text := "Running"
	switch {
	case s.State.Waiting != nil:
		text = s.State.Waiting.Reason
	case s.State.Terminated != nil:
		text = fmt.Sprintf("%s(%d)", s.State.Terminated.Reason, s.State.Terminated.ExitCode)
	}
	if s.Ready {
		text += ",ready"
	}
	if s.RestartCount > 0 {
		text += fmt.Sprintf(",%d", s.RestartCount)
	}
	return text
}
