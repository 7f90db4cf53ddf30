package batch_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// TestChoose: by labels, by what they are of, by name, in one namespace and in all, and nodes.
func TestChoose(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	count := func(q batch.Query) (found int, first, last string) {
		t.Helper()
		subjects, err := batch.Choose(t.Context(), c, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(subjects) == 0 {
			return 0, "", ""
		}
		return len(subjects), subjects[0].Name(), subjects[len(subjects)-1].Name()
	}
	all, _, _ := count(batch.Query{Namespace: "shop"})
	everywhere, _, _ := count(batch.Query{})
	if all < 15 || everywhere <= all {
		t.Errorf("%d pods in the namespace, %d in all", all, everywhere)
	}
	web, first, _ := count(batch.Query{Namespace: "shop", Selector: "app=web"})
	of, firstOf, _ := count(batch.Query{Namespace: "shop", Workload: lists.Workload{Kind: "deployment", Name: "web"}})
	if web == 0 || of != web || first != firstOf || !strings.HasPrefix(first, "shop/web-") {
		t.Errorf("%d by label, from %s; %d of the deployment, from %s", web, first, of, firstOf)
	}
	if n, _, _ := count(batch.Query{Namespace: "shop", Workload: lists.Workload{Kind: "deployment", Name: "web"}, Selector: "app=cart"}); n != 0 {
		t.Errorf("%d pods are of web and cart", n)
	}
	if n, first, last := count(batch.Query{Namespace: "shop", Names: []string{"annotated", "nope", "annotated"}}); n != 2 || first != "shop/annotated" || last != "shop/nope" {
		t.Errorf("%d by name, %s to %s", n, first, last)
	}
	if n, first, last := count(batch.Query{Nodes: true}); n != 3 || first != "node/n-1" || last != "node/n-3" {
		t.Errorf("%d nodes, %s to %s", n, first, last)
	}
	if n, _, last := count(batch.Query{Nodes: true, Names: []string{"n-2", "x"}}); n != 2 || last != "node/x" {
		t.Errorf("%d nodes by name, to %s", n, last)
	}
	if _, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Workload: lists.Workload{Kind: "deployment", Name: "nope"}}); err == nil {
		t.Error("a workload that is not there is no error")
	}
}

// planned makes plans with busybox.
func planned(c *kube.Cluster, way debug.Way, name string) func(batch.Subject, debug.PodEnvironment) (debug.Plan, error) {
	return func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		pod := s.Pod
		if s.Node != "" {
			pod = c.OnNode(s.Node)
		}
		r := debug.Request{Way: way, Name: cmp.Or(name, debug.NewName()), Image: "busybox:1.37", Command: []string{"true"}, Profile: kube.General, NoTTY: true, NoStdin: true, EndsAfter: debug.CopyLife}
		return debug.NewPlan(pod, r.FitNode(around.Host))
	}
}

// TestPrepare: what is finished, unscheduled or refused by Pod Security is skipped, the rest is planned, and it is known how many are changed.
func TestPrepare(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{})
	if err != nil {
		t.Fatal(err)
	}
	b := batch.Prepare(t.Context(), c, subjects, batch.Options{Plan: planned(c, debug.InPod, "scan")})
	why := map[string]string{}
	for _, i := range b.Skipped() {
		why[i.Name()] = i.Skip
	}
	for name, want := range map[string]string{"shop/done": "has completed", "shop/pending": "is not scheduled", "restricted/safe": "PodSecurity", "baseline/plain": "PodSecurity", "shop/annotated": "", "shop/crasher": ""} {
		if got := why[name]; !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s is skipped for %q, want %q", name, got, want)
		}
	}
	if n := len(b.Runs()); n == 0 || b.Changed() != n || n+len(why) != len(subjects) {
		t.Errorf("%d run, %d are changed, %d are skipped, of %d", n, b.Changed(), len(why), len(subjects))
	}
	for _, i := range b.Runs() {
		if i.Target.Container != "scan" || i.Plan == nil || i.OnNode == "" {
			t.Errorf("%s runs in %s on %q", i.Name(), i.Target, i.OnNode)
		}
	}
}

// TestPrepareExec: only containers that run are used, nothing is changed, and who may not is told.
func TestPrepareExec(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	b := batch.Prepare(t.Context(), c, subjects, batch.Options{Exec: true})
	if len(b.Runs()) == 0 || b.Changed() != 0 {
		t.Errorf("%d run, %d are changed", len(b.Runs()), b.Changed())
	}
	if got := names(b.Runs()); strings.Contains(got, "shop/badimage") || !strings.Contains(got, "shop/annotated") {
		t.Errorf("%s run", got)
	}
	viewer := kubetest.Practise(t, "practice-viewer")
	for _, i := range batch.Prepare(t.Context(), viewer, subjects, batch.Options{Exec: true}).Items {
		if i.Skip == "" {
			t.Errorf("a viewer may execute something in %s", i.Name())
		}
	}
}

// TestPrepareNodes: a pod is created on each, which does not stay.
func TestPrepareNodes(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Nodes: true})
	if err != nil {
		t.Fatal(err)
	}
	b := batch.Prepare(t.Context(), c, subjects, batch.Options{Plan: planned(c, debug.Node, "")})
	if len(b.Runs()) == 0 || b.Changed() != 0 {
		t.Errorf("%s run, %d are changed, %+v", names(b.Runs()), b.Changed(), b.Reasons())
	}
	for _, i := range b.Runs() {
		if !i.Plan.CleansUp() || i.OnNode != i.Node {
			t.Errorf("%s is on %s, and stays", i.Name(), i.OnNode)
		}
	}
}

// TestChooseByKeys: pods of several namespaces come in the order in which they were named, whether one by one or all of a namespace are read.
func TestChooseByKeys(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	for _, more := range []int{0, 30} {
		keys := []kube.PodKey{{Namespace: "shop", Name: "nonroot"}, {Namespace: "nowhere", Name: "x"}, {Namespace: "shop", Name: "annotated"}}
		for i := range more {
			keys = append(keys, kube.PodKey{Namespace: "shop", Name: fmt.Sprintf("gone-%d", i)})
		}
		subjects, err := batch.Choose(t.Context(), c, batch.Query{Pods: keys})
		if err != nil || len(subjects) != len(keys) {
			t.Fatalf("%d of %d: %v", len(subjects), len(keys), err)
		}
		for i, s := range subjects {
			there := keys[i].Name == "nonroot" || keys[i].Name == "annotated"
			if s.Name() != keys[i].Namespace+"/"+keys[i].Name || (s.Pod != nil) != there {
				t.Errorf("%d of %d is %s, which is there: %t", i, len(keys), s.Name(), s.Pod != nil)
			}
		}
	}
}

// TestPrepareWays: copies and pods on nodes change no pod, and are deleted; from the node one gets where nothing can be added.
func TestPrepareWays(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for way, want := range map[debug.Way]map[string]string{
		debug.Copy: {"shop/annotated": "", "shop/done": "has completed", "shop/pending": "is not scheduled", "restricted/safe": "PodSecurity"},
		debug.Join: {"shop/annotated": "", "shop/done": "has completed", "restricted/safe": "", "shop/crasher": "is not running"},
	} {
		b := batch.Prepare(t.Context(), c, subjects, batch.Options{Way: way, Plan: func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
			if (around.Copy == nil) != (way != debug.Copy) || (around.Host == nil) != (way != debug.Join) {
				t.Errorf("%s: what is around %s is not known: %+v", way, s.Name(), around)
			}
			r := debug.Request{Way: way, Name: "scan", Target: s.Pod.Default, Image: "busybox:1.37", Command: []string{"true"}, Profile: kube.General, NoTTY: true, NoStdin: true, EndsAfter: debug.CopyLife}
			return debug.NewPlan(s.Pod, r.Fit(around.Copy).FitNode(around.Host))
		}})
		why := map[string]string{}
		for _, i := range b.Items {
			why[i.Name()] = i.Skip
		}
		for name, words := range want {
			if got, there := why[name]; !there || !strings.Contains(got, words) || (got == "") != (words == "") {
				t.Errorf("%s: %s is skipped for %q, want %q", way, name, got, words)
			}
		}
		if n := len(b.Runs()); n == 0 || b.Changed() != 0 || b.Created() != n {
			t.Errorf("%s: %d run, %d are changed, %d created", way, n, b.Changed(), b.Created())
		}
		for _, i := range b.Runs() {
			if !i.Plan.CleansUp() || (i.OnNode == "") != (way == debug.Copy) || i.Target.Pod == i.Pod.Name {
				t.Errorf("%s: %s runs in %s on %q", way, i.Name(), i.Target, i.OnNode)
			}
		}
	}
}

// TestPrepareLooks: a registry is asked once about each image and platform, and who is on a node of another architecture is skipped.
func TestPrepareLooks(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	subjects, err := batch.Choose(t.Context(), c, batch.Query{Nodes: true})
	if err != nil {
		t.Fatal(err)
	}
	pods, err := batch.Choose(t.Context(), c, batch.Query{Namespace: "shop", Selector: "app=web"})
	if err != nil || len(pods) < 2 {
		t.Fatalf("%d pods, %v", len(pods), err)
	}
	var mu sync.Mutex
	asked := map[string]int{}
	b := batch.Prepare(t.Context(), c, append(subjects, pods...), batch.Options{
		Plan: func(s batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
			way := debug.InPod
			if s.Node != "" {
				way = debug.Node
			}
			return planned(c, way, "")(s, around)
		},
		Image: &debug.ImageFacts{User: "root"},
		Look: func(_ context.Context, image, os, arch string) batch.Looked {
			mu.Lock()
			defer mu.Unlock()
			asked[image+" "+os+"/"+arch]++
			if arch == "amd64" {
				return batch.Looked{Warning: "there is no such image"}
			}
			return batch.Looked{Facts: &debug.ImageFacts{Platforms: []string{"linux/amd64", "linux/s390x"}}}
		},
	})
	if len(asked) != 2 || asked["busybox:1.37 linux/amd64"] != 1 || asked["busybox:1.37 linux/arm64"] != 1 {
		t.Errorf("it was asked about %v", asked)
	}
	told := 0
	for _, g := range b.Notes() {
		if g.Words == "there is no such image" {
			told = len(g.Names)
		}
	}
	if told != len(b.Runs()) || told == 0 {
		t.Errorf("the warning is about %d of %d", told, len(b.Runs()))
	}
	if got := b.Reasons(); len(got) != 1 || strings.Join(got[0].Names, " ") != "node/n-3" || !strings.Contains(got[0].Words, "made for linux/amd64, linux/s390x, and the node is linux/arm64") {
		t.Errorf("%+v", got)
	}
}
