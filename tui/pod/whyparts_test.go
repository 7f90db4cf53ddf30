package pod

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// lines are the drawn lines of a part, without their styles.
func plain(p *document.Part) string { return ansi.Strip(strings.Join(p.Lines, "\n")) }

// Debug containers that have ended are one line, with the newest's exit code, and none of them looks like a failure of the pod.
func TestEndedDebugContainersAreFolded(t *testing.T) {
	st := &kittest.NewHost(t).Styles
	pod := &kube.Pod{Containers: []kube.Container{{Name: "app", Kind: kube.AppContainer, State: "running", Running: true, Ready: true}}}
	for i, code := range []int{0, 137, 1, 0, 2, 0, 130, 0, 7} {
		pod.Containers = append(pod.Containers, kube.Container{
			Name: fmt.Sprint("debugger-", i), Kind: kube.DebugContainer, State: fmt.Sprint("ended: exit ", code),
			Exit: &kube.Exit{Code: code, Finished: kittest.Noon().Add(time.Duration(i%5-10) * time.Minute)},
		})
	}
	pod.Containers = append(pod.Containers, kube.Container{Name: "debugger-x", Kind: kube.DebugContainer, State: "running", Running: true})
	part := whyContainers(st, pod, "", kittest.Noon(), 100)
	text := plain(&part)
	if n := len(part.Lines); n > 4 || !strings.Contains(text, "9 ended debug containers, the last debugger-4: exit code 2, 6m ago") || strings.Contains(text, "✗") {
		t.Errorf("%d lines:\n%s", n, text)
	}
	if a, b := strings.Index(text, "app"), strings.Index(text, "debugger-x"); a < 0 || b < a {
		t.Errorf("the pod's own containers are not first:\n%s", text)
	}
	for i := range pod.Containers {
		if symbol, _ := container(st, &pod.Containers[i]); symbol == "✗" {
			t.Errorf("%s is a red cross", pod.Containers[i].Name)
		}
	}
	s := &Screen{Kit: kittest.NewHost(t).Kit, explainedPod: explainedPod{Watch: Watch{Pod: pod}}}
	list, folded := s.rows()
	if len(list) != 2 || len(folded) != 9 || s.count() != 3 {
		t.Errorf("%d rows, %d folded", len(list), len(folded))
	}
	if s.all = true; s.count() != 11 {
		t.Errorf("%d rows after unfolding", s.count())
	}
	if list, _ := s.rows(); list[1].Name != "debugger-x" || list[2].Name != "debugger-4" {
		t.Errorf("the newest are not first: %s, %s", list[1].Name, list[2].Name)
	}
}

// A sentence is left out of the events only where it stands on the screen already, harmless warnings come last, and columns align.
func TestEventsSayWhatTheHeadlineHasNotShown(t *testing.T) {
	st := &kittest.NewHost(t).Styles
	long := "MountVolume.SetUp failed: " + strings.Repeat("configmap nope not found ", 30)
	e := &detail.Evidence{Pod: &kube.Pod{}, Events: []kube.PodEvent{
		{Reason: "MissingClusterDNS", Message: "no cluster DNS", Warns: true, Harmless: true, Count: 600, Last: kittest.Noon()},
		{Reason: "FailedMount", Message: long, Warns: true, Count: 6, Last: kittest.Noon()},
		{Reason: "Unhealthy", Message: "Readiness probe failed", Warns: true, Count: 1048, Last: kittest.Noon()},
		{Reason: "Pulled", Message: "done", Count: 1, Last: kittest.Noon()},
	}}
	said := shownText("cannot start: "+long, 38, headLines)
	part := whyEvents(st, e, said, kittest.Noon(), 100)
	text := plain(&part)
	for _, want := range []string{"FailedMount ×6", "configmap nope not found", "Unhealthy ×1048", "Readiness probe failed", "no cluster DNS"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(text, "\n")
	if !strings.Contains(lines[0], "FailedMount") || !strings.Contains(lines[len(lines)-1], "MissingClusterDNS") {
		t.Errorf("the harmless warning is not last:\n%s", text)
	}
	column := strings.Index(lines[0], "MountVolume")
	for _, line := range lines {
		for _, word := range []string{"Readiness", "done", "no cluster"} {
			if i := strings.Index(line, word); i >= 0 && kit.Width(line[:i]) != kit.Width(lines[0][:column]) {
				t.Errorf("%q does not begin where the others do:\n%s", word, text)
			}
		}
	}
	if again := whyEvents(st, e, "readiness probe failed", kittest.Noon(), 100); strings.Contains(plain(&again), "Readiness") {
		t.Errorf("what the headline shows is repeated:\n%s", plain(&again))
	}
}

// What debug containers that have ended leave, created, started and pulled, is counted; a failure is told, and so is what still runs.
func TestEventsOfEndedDebugContainersAreCounted(t *testing.T) {
	st := kittest.NewHost(t).Styles
	e := &detail.Evidence{
		Pod: &kube.Pod{Containers: []kube.Container{
			{Name: "app", Kind: kube.AppContainer, Running: true, Ready: true}, {Name: "debugger-1", Kind: kube.DebugContainer, Exit: &kube.Exit{Code: 127}},
			{Name: "debugger-2", Kind: kube.DebugContainer, Running: true},
		}},
		Events: []kube.PodEvent{
			{Reason: "Started", Message: "Started container debugger-1", Container: "debugger-1"}, {Reason: "Created", Message: "Created container debugger-1", Container: "debugger-1"},
			{Reason: "Failed", Message: "Error: no such image", Warns: true, Container: "debugger-1"},
			{Reason: "Started", Message: "Started container debugger-2", Container: "debugger-2"}, {Reason: "Killing", Message: "Stopping container app", Container: "app"},
		},
	}
	part := whyEvents(&st, e, "", kittest.Noon(), 80)
	text := plain(&part)
	for _, want := range []string{"no such image", "Started container debugger-2", "Stopping container app", "· 2 events of ended debug containers"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "container debugger-1") || !strings.HasSuffix(strings.TrimRight(text, "\n"), "of ended debug containers") {
		t.Errorf("not counted, at the end:\n%s", text)
	}
}
