package batchrun_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// What is known of a pod by the journal, and by the debug containers that it has.
func TestEarlier(t *testing.T) {
	t.Parallel()
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
	waits := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}}
	entry := func(action, container string, code int) journal.Entry {
		e := journal.Entry{Context: "lab", Batch: "k7f2q", Action: action, Namespace: "shop", Pod: "web", UID: "u-1", Container: container}
		if action == journal.Ended {
			e.Exit = &code
		}
		return e
	}
	other := func(e journal.Entry) journal.Entry { e.UID = "u-0"; return e }
	added := entry(journal.Added, "debugger-a", 0)
	for name, c := range map[string]struct {
		entries    []journal.Entry
		containers map[string]corev1.ContainerState
		want       string
	}{
		"succeeded":                   {[]journal.Entry{added, entry(journal.Ended, "debugger-a", 0)}, map[string]corev1.ContainerState{"debugger-a": ended}, "succeeded"},
		"succeeded the second time":   {[]journal.Entry{added, entry(journal.Ended, "debugger-a", 1), entry(journal.Ended, "debugger-b", 0)}, nil, "succeeded"},
		"failed":                      {[]journal.Entry{added, entry(journal.Ended, "debugger-a", 1)}, map[string]corev1.ContainerState{"debugger-a": ended}, ""},
		"runs":                        {[]journal.Entry{added}, map[string]corev1.ContainerState{"debugger-a": running}, "debugger-a"},
		"has ended meanwhile":         {[]journal.Entry{added, entry(journal.Detached, "debugger-a", 0)}, map[string]corev1.ContainerState{"debugger-a": ended}, "debugger-a"},
		"the pod of before":           {[]journal.Entry{other(added), other(entry(journal.Ended, "debugger-a", 0))}, nil, ""},
		"has not started":             {[]journal.Entry{added, entry(journal.Failed, "debugger-a", 0)}, map[string]corev1.ContainerState{"debugger-a": waits}, ""},
		"has started after all":       {[]journal.Entry{added, entry(journal.Failed, "debugger-a", 0)}, map[string]corev1.ContainerState{"debugger-a": running}, "debugger-a"},
		"nobody could write it down":  {nil, map[string]corev1.ContainerState{"debugger-k7f2q-x": running}, "debugger-k7f2q-x"},
		"of another batch":            {nil, map[string]corev1.ContainerState{"debugger-k7f2z-x": running}, ""},
		"attached to, by the command": {[]journal.Entry{entry(journal.Attached, "app", 0)}, nil, ""},
	} {
		folder := filepath.Join(t.TempDir(), "dayfly")
		book, err := journal.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range append(c.entries, journal.Entry{Context: "lab", Batch: "k7f2q", Action: journal.Added, Namespace: "shop", Pod: "else"}) {
			if err := book.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		earlier, err := batchrun.ReadEarlier(folder, "lab", "k7f2q")
		if err != nil {
			t.Fatal(err)
		}
		pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
			p.Namespace, p.Name, p.UID = "shop", "web", "u-1"
			for name, state := range c.containers {
				p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: name}})
				p.Status.EphemeralContainerStatuses = append(p.Status.EphemeralContainerStatuses, corev1.ContainerStatus{Name: name, State: state})
			}
		}))
		known := earlier.Of(batch.Subject{Namespace: "shop", Pod: pod})
		got := known.Target.Container
		if known.Succeeded {
			got = "succeeded"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// An ID that the journal does not have is told with those that it has, the latest first.
func TestNoEarlier(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "dayfly")
	said := func(id string) string {
		_, err := batchrun.ReadEarlier(folder, "lab", id)
		if err == nil {
			t.Fatalf("batch %q is known", id)
		}
		return kube.Explain(err).Message + "\n" + kube.Explain(err).Hint
	}
	if got := said("k7f2q"); got != "the journal has no batch \"k7f2q\" of context lab\nit has none at all" {
		t.Errorf("it says %q", got)
	}
	book, err := journal.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	zero := 0
	for _, e := range []journal.Entry{
		{Batch: "first", Action: journal.Added, Pod: "a"},
		{Batch: "later", Action: journal.Ended, Pod: "a", Exit: &zero, Time: time.Date(2126, 3, 4, 5, 6, 7, 0, time.Local)}, //nolint:gosmopolitan // it is shown so
		{Batch: "none", Action: journal.Refused},
	} {
		e.Context = "lab"
		if err := book.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(""); !strings.Contains(got, "the latest are\n  later  2126-03-04 05:06:07, 1 of 1 succeeded\n  ") || !strings.HasSuffix(got, ", 0 of 1 succeeded") {
		t.Errorf("it says %q", got)
	}
	if got := said("none"); !strings.Contains(got, `no batch "none"`) {
		t.Errorf("it says %q", got)
	}
}
