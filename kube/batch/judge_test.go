package batch_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// pod is a subject whose pod runs, unless changes say otherwise.
func pod(name, workload string, changes ...func(*corev1.Pod)) batch.Subject {
	p := kube.NewPod(apitest.RunningPod(append(changes, func(p *corev1.Pod) { p.Name = name })...))
	return batch.Subject{Namespace: p.Namespace, Pod: p, Workload: workload}
}

func phase(is corev1.PodPhase) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Status.Phase = is } }

func node(change func(*batch.Subject)) batch.Subject {
	s := batch.Subject{Node: "n-1", Facts: &kube.Node{Name: "n-1", OS: "linux", Ready: true}}
	if change != nil {
		change(&s)
	}
	return s
}

// What is known against a subject before anybody is asked.
func TestJudge(t *testing.T) {
	static := func(p *corev1.Pod) { p.Annotations = map[string]string{"kubernetes.io/config.mirror": "x"} }
	for name, c := range map[string]struct {
		subject batch.Subject
		guard   kube.Guard
		options batch.Options
		want    string // empty: it runs
	}{
		"running":              {pod("web", ""), kube.Guard{}, batch.Options{}, ""},
		"completed":            {pod("web", "", phase(corev1.PodSucceeded)), kube.Guard{}, batch.Options{}, "has completed"},
		"failed":               {pod("web", "", phase(corev1.PodFailed)), kube.Guard{}, batch.Options{Exec: true}, "has failed"},
		"deleted":              {pod("web", "", func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }), kube.Guard{}, batch.Options{}, "is being deleted"},
		"unscheduled":          {pod("web", "", func(p *corev1.Pod) { p.Spec.NodeName = "" }), kube.Guard{}, batch.Options{}, "is not scheduled to a node"},
		"static":               {pod("web", "", static), kube.Guard{}, batch.Options{}, "is static: nothing can be added to it"},
		"static, exec":         {pod("web", "", static), kube.Guard{}, batch.Options{Exec: true}, ""},
		"static, from node":    {pod("web", "", static), kube.Guard{}, batch.Options{Way: debug.Join}, ""},
		"completed, copy":      {pod("web", "", phase(corev1.PodSucceeded)), kube.Guard{}, batch.Options{Way: debug.Copy}, "has completed"},
		"Windows, copy":        {pod("web", "", func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }), kube.Guard{}, batch.Options{Way: debug.Copy}, "is on a Windows node: the command's image is for Linux"},
		"Windows":              {pod("web", "", func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }), kube.Guard{}, batch.Options{}, "is on a Windows node: the command's image is for Linux"},
		"Windows, exec":        {pod("web", "", func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }), kube.Guard{}, batch.Options{Exec: true}, ""},
		"of this batch":        {pod("web", "", apitest.WithDebugger("scan", nil)), kube.Guard{}, batch.Options{Name: "scan"}, "has debug container scan already"},
		"of another":           {pod("web", "", apitest.WithDebugger("scan", nil)), kube.Guard{}, batch.Options{Name: "other"}, ""},
		"exec, crashed":        {pod("web", "", apitest.StateOf(apitest.Waiting("CrashLoopBackOff", ""), nil, 3)), kube.Guard{}, batch.Options{Exec: true}, "container app is not running (waiting: CrashLoopBackOff)"},
		"exec, not its own":    {pod("web", ""), kube.Guard{}, batch.Options{Exec: true, Container: "x\x1b"}, `has no container "x␛"`},
		"read-only":            {pod("web", ""), kube.Guard{ReadOnly: true}, batch.Options{}, "read-only: nothing is changed here"},
		"read-only, exec":      {pod("web", ""), kube.Guard{ReadOnly: true}, batch.Options{Exec: true}, "read-only: nothing is changed here"},
		"gone":                 {batch.Subject{Missing: "shop/nope"}, kube.Guard{}, batch.Options{}, "is not there"},
		"a node":               {node(nil), kube.Guard{}, batch.Options{}, ""},
		"exec on a node":       {node(nil), kube.Guard{}, batch.Options{Exec: true}, "is a node, which has no container"},
		"a node not ready":     {node(func(s *batch.Subject) { s.Facts.Ready, s.Facts.Reason = false, "kubelet is down" }), kube.Guard{}, batch.Options{}, "is not ready: kubelet is down"},
		"a Windows node":       {node(func(s *batch.Subject) { s.Facts.OS = "windows" }), kube.Guard{}, batch.Options{}, "is on a Windows node: the command's image is for Linux"},
		"a node of no machine": {node(func(s *batch.Subject) { s.Bare = "virtual node: no machine to get onto" }), kube.Guard{}, batch.Options{}, "virtual node: no machine to get onto"},
	} {
		if got := batch.Judge(c.guard, []batch.Subject{c.subject}, c.options)[0].Skip; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// One pod of each workload is enough, the first that can be used; pods of none all count.
func TestOnePerWorkload(t *testing.T) {
	items := batch.Judge(kube.Guard{}, []batch.Subject{
		pod("a-0", "StatefulSet a", phase(corev1.PodFailed)), pod("a-1", "StatefulSet a"), pod("a-2", "StatefulSet a"), pod("alone", ""), pod("alone-2", ""), pod("b-0", "StatefulSet b"),
	}, batch.Options{OnePerWorkload: true})
	b := batch.Batch{Items: items}
	if got := names(b.Runs()); got != "shop/a-1 shop/alone shop/alone-2 shop/b-0" {
		t.Errorf("%s run", got)
	}
	if got := items[2].Skip; got != "one pod of StatefulSet a is enough: shop/a-1" {
		t.Errorf("the third is skipped for %q", got)
	}
}

func names(items []batch.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, i.Name())
	}
	return strings.Join(all, " ")
}

// Reasons are collected, the most frequent first; a pod's own name makes none another.
func TestReasons(t *testing.T) {
	items := []batch.Item{
		{Subject: pod("a", ""), Skip: "has failed"},
		{Subject: pod("b", ""), Skip: "pod b has no room"},
		{Subject: pod("c", ""), Skip: "pod c has no room"},
		{Subject: pod("d", ""), Notes: []string{"pod d is small"}},
	}
	b := batch.Batch{Items: items}
	if got := b.Reasons(); len(got) != 2 || got[0].Words != "the pod has no room" || strings.Join(got[0].Names, " ") != "shop/b shop/c" || got[1].Words != "has failed" {
		t.Errorf("%+v", got)
	}
	if got := b.Notes(); len(got) != 1 || got[0].Words != "the pod is small" {
		t.Errorf("%+v", got)
	}
}
