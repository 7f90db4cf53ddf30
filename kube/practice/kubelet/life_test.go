package kubelet_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// webs is the names of the pods of the Deployment web.
func (w *world) webs() (names []string) {
	objects, _ := w.store.List(api.Pods(), "shop")
	for _, object := range objects {
		if strings.HasPrefix(object.GetName(), "web-") {
			names = append(names, object.GetName())
		}
	}
	return names
}

// delete asks for a pod's deletion as the API server does.
func (w *world) delete(pod *corev1.Pod, grace int64) {
	w.t.Helper()
	key := store.Key{Resource: api.Pods(), Namespace: pod.Namespace, Name: pod.Name}
	_, err := w.store.Update(key, func(o store.Object) error {
		now := metav1.NewTime(w.clock.Now().Add(time.Duration(grace) * time.Second))
		o.SetDeletionTimestamp(&now)
		o.SetDeletionGracePeriodSeconds(&grace)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Changed(key)
}

// TestDelete gives a program its grace, then takes the pod away; a Deployment has a new one at once.
func TestDelete(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	before := w.webs()
	w.delete(w.pod("web-"), 5)
	w.clock.Advance(time.Second)
	if now := w.webs(); len(now) != 3 {
		t.Errorf("pods %q a second after the deletion, want one more than %q", now, before)
	}
	old := w.pod(before[0])
	if want := "Running app=Completed(0) sidecar=Running,ready"; summary(old) != want {
		t.Errorf("its sidecar does not heed SIGTERM: %s, want %s", summary(old), want)
	}
	if events := w.events(old); !slices.Contains(events, "Normal Killing Stopping container app") {
		t.Errorf("no event Killing: %q", events)
	}
	w.clock.Advance(6 * time.Second)
	now := w.webs()
	if len(now) != 2 || slices.Contains(now, before[0]) || !slices.Contains(now, before[1]) {
		t.Errorf("pods %q after the grace, before %q", now, before)
	}
}

// TestForcedDelete finds the pod gone from the store.
func TestForcedDelete(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	key := store.Key{Resource: api.Pods(), Namespace: "shop", Name: pod.Name}
	if err := w.store.Delete(key, ""); err != nil {
		t.Fatal(err)
	}
	w.Changed(key)
	w.clock.Advance(10 * time.Second)
	if now := w.webs(); len(now) != 2 || slices.Contains(now, pod.Name) {
		t.Errorf("pods %q, want two without %s", now, pod.Name)
	}
}

// TestCreated runs a client's own pod, whose program the catalogue does not know, really.
func TestCreated(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = "shop", "mine"
	pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	pod.Spec.Containers = []corev1.Container{{Name: "mine", Image: "busybox:1.37", Command: []string{"sh", "-c", "echo $HOSTNAME; exit 4"}}}
	if err := w.Add(pod); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(3 * time.Second)
	w.until("it has failed", func() bool { return w.pod("mine").Status.Phase == corev1.PodFailed })
	if got, want := summary(w.pod("mine")), "Failed mine=Error(4)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestLogs(t *testing.T) {
	w := newWorld(t)
	w.at(10 * time.Minute)
	crasher := "starting web, connecting to db at 10.9.9.9:5432\nboom: cannot reach db at 10.9.9.9:5432: no route to host\n"
	for name, test := range map[string]struct {
		pod, container string
		opts           corev1.PodLogOptions
		want, err      string
	}{
		"all":           {pod: "crasher", container: "app", want: crasher},
		"previous":      {pod: "crasher", container: "app", opts: corev1.PodLogOptions{Previous: true}, want: crasher},
		"tail":          {pod: "crasher", container: "app", opts: corev1.PodLogOptions{TailLines: ptr.To(int64(1))}, want: crasher[48:]},
		"tail 0":        {pod: "crasher", container: "app", opts: corev1.PodLogOptions{TailLines: ptr.To(int64(0))}, want: ""},
		"bytes":         {pod: "crasher", container: "app", opts: corev1.PodLogOptions{LimitBytes: ptr.To(int64(8))}, want: "starting"},
		"since":         {pod: "stuck-init", container: "wait-for-db", opts: corev1.PodLogOptions{SinceSeconds: ptr.To(int64(10))}, want: "waiting for db\nwaiting for db\n"},
		"no image":      {pod: "badimage", container: "app", err: `container "app" in pod "badimage" is waiting to start: trying and failing to pull image`},
		"initialising":  {pod: "stuck-init", container: "app", err: `container "app" in pod "stuck-init" is waiting to start: PodInitializing`},
		"unknown":       {pod: "crasher", container: "nope", err: "container nope is not valid for pod crasher"},
		"none previous": {pod: "notready", container: "app", opts: corev1.PodLogOptions{Previous: true}, err: `previous terminated container "app" in pod "notready" not found`},
	} {
		var out bytes.Buffer
		err := w.Logs(t.Context(), streams.Container{Namespace: "shop", Pod: test.pod, Name: test.container}, &test.opts, &out)
		if out.String() != test.want || test.err != "" && (err == nil || err.Error() != test.err) || test.err == "" && err != nil {
			t.Errorf("%s: %q, %v; want %q, %s", name, out.String(), err, test.want, test.err)
		}
	}
}

// TestFollow hears lines as time brings them.
func TestFollow(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	pod := w.pod("cart-")
	out := &screen{want: "POST", seen: make(chan struct{})}
	done := make(chan error, 1)
	go func() {
		c := streams.Container{Namespace: "shop", Pod: pod.Name, Name: "app"}
		done <- w.Logs(ctx, c, &corev1.PodLogOptions{Follow: true, TailLines: ptr.To(int64(0))}, out)
	}()
	for seen := false; !seen; {
		w.clock.Advance(7 * time.Second)
		select {
		case <-out.seen:
			seen = true
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestAttachSimulated streams further lines; ^C is the program's end.
func TestAttachSimulated(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	dump := corev1.EphemeralContainerCommon{Name: "dump", Image: "corfr/tcpdump", Stdin: true, TTY: true}
	c := w.inject("web-", dump, "app")
	w.clock.Advance(2 * time.Second)
	typing, keys := io.Pipe()
	out := &screen{}
	attached := make(chan error, 1)
	go func() {
		attached <- w.Attach(t.Context(), c, streams.Streams{Stdin: typing, Stdout: out, TTY: true})
	}()
	io.WriteString(keys, "\x03")
	for ended := false; !ended; {
		w.clock.Advance(time.Second)
		select {
		case err := <-attached:
			if err != nil {
				t.Error(err)
			}
			ended = true
		case <-time.After(time.Millisecond):
		}
	}
	if end := w.debugger(c).State.Terminated; end == nil || end.ExitCode != 0 {
		t.Errorf("it ended with %+v", end)
	}
}

// TestSame has two clusters with the same history.
func TestSame(t *testing.T) {
	dump := func() (lines []string) {
		w := newWorld(t)
		w.at(47 * time.Minute)
		objects, _ := w.store.List(api.Pods(), "")
		for _, object := range objects {
			pod := object.(*corev1.Pod)
			lines = append(lines, fmt.Sprintf("%s %s %s %s %s", pod.Name, pod.UID, pod.Status.PodIP, pod.ResourceVersion, summary(pod)))
			lines = append(lines, w.events(pod)...)
		}
		return lines
	}
	if diff := cmp.Diff(dump(), dump()); diff != "" {
		t.Errorf("two histories differ:\n%s", diff)
	}
}
