package podcopy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

func TestCheckInit(t *testing.T) {
	with := func(names ...string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			for _, name := range names {
				c := corev1.Container{Name: name}
				if strings.HasPrefix(name, "sidecar") {
					c.RestartPolicy = new(corev1.ContainerRestartPolicyAlways)
				}
				p.Spec.InitContainers = append(p.Spec.InitContainers, c)
			}
		}
	}
	const keep = " [keep the init containers]"
	for name, tt := range map[string]struct {
		change func(*corev1.Pod)
		noInit bool
		want   []string
	}{
		"none":              {with(), false, nil},
		"none, left out":    {with(), true, nil},
		"one":               {with("migrate"), false, []string{"warns: init container migrate runs again: what it does is done a second time [leave out the init containers]"}},
		"several":           {with("migrate", "seed"), false, []string{"warns: init containers migrate and seed run again: what they do is done a second time [leave out the init containers]"}},
		"sidecar":           {with("sidecar"), false, nil},
		"both":              {with("migrate", "sidecar", "sidecar-b"), false, []string{"warns: init container migrate runs again: what it does is done a second time [leave out the init containers, and with them sidecars sidecar and sidecar-b]"}},
		"left out":          {with("migrate", "seed"), true, []string{"tells: init containers migrate and seed are left out: what they prepare in the pod is missing in the copy" + keep}},
		"sidecar left out":  {with("sidecar"), true, []string{"warns: sidecar sidecar is left out with the init containers: the copy's program may need it" + keep}},
		"both are left out": {with("migrate", "sidecar"), true, []string{"warns: sidecar sidecar is left out with the init containers: the copy's program may need it" + keep, "tells: init container migrate is left out: what it prepares in the pod is missing in the copy" + keep}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, apitest.RunningPod(tt.change), podcopy.Choices{NoInit: tt.noInit}, podcopy.Environment{}, tt.want...)
		})
	}
}

func TestCheckWhatACopyIsNot(t *testing.T) {
	of := func(change func(*corev1.Pod)) *corev1.Pod { return apitest.RunningPod(change) }
	named := of(func(p *corev1.Pod) {
		p.Labels, p.Spec.Hostname, p.Spec.Subdomain = map[string]string{"app": "db"}, "db-0", "db"
	})
	headless := podcopy.Environment{Namespace: selectors.Namespace{Services: []selectors.Service{{Selecting: selecting(t, "Service", "db", "app=db")}}}}
	const hostName = "the copy has the pod's host name, db-0: its program may take itself for the pod"
	for name, tt := range map[string]struct {
		pod     *corev1.Pod
		choices podcopy.Choices
		around  podcopy.Environment
		want    []string
	}{
		"static": {of(func(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} }), keeping(), podcopy.Environment{}, []string{
			"tells: the pod is static, run by its node's kubelet from a file: the copy is an ordinary pod, which is gone when it is deleted",
		}},
		"finalizers": {of(func(p *corev1.Pod) { p.Finalizers = []string{"shop/a", "shop/b"} }), keeping(), podcopy.Environment{}, []string{
			"tells: the copy has none of the pod's finalizers (shop/a and shop/b): it is deleted without waiting for anybody",
		}},
		"service account": {of(func(p *corev1.Pod) { p.Spec.ServiceAccountName = "shop" }), keeping(), podcopy.Environment{NoServiceAccount: true}, []string{
			"stops: service account shop does not exist: the API server refuses the copy",
		}},
		"default account":  {of(func(*corev1.Pod) {}), keeping(), podcopy.Environment{NoServiceAccount: true}, []string{"stops: service account default does not exist: the API server refuses the copy"}},
		"account not read": {of(func(*corev1.Pod) {}), keeping(), podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"ServiceAccounts"}}}, nil},
		"host name":        {of(func(p *corev1.Pod) { p.Spec.Hostname = "db-0" }), keeping(), headless, []string{"tells: " + hostName}},
		"of a StatefulSet": {named, keeping(), headless, []string{"tells: " + hostName + "; DNS name db-0.db leads to the pod only"}},
		"and its Service": {named, keeping("app"), headless, []string{
			"warns: Service db sends the copy traffic as soon as it is ready [leave out label app]", "warns: " + hostName + ", and DNS name db-0.db leads to both [leave out label app]",
		}},
	} {
		t.Run(name, func(t *testing.T) { wantFindings(t, tt.pod, tt.choices, tt.around, tt.want...) })
	}
}

func TestCheckUnread(t *testing.T) {
	pod := labelled("app=web", "tier=front")
	host := pod.DeepCopy()
	host.Spec.HostNetwork, host.Spec.NodeName = true, ""
	const policies = "tells: NetworkPolicies could not be read: other traffic may get through to the copy than to the pod"
	all := []string{"DaemonSets", "Jobs", "NetworkPolicies", "PodDisruptionBudgets", "ReplicaSets", "ReplicationControllers", "Services", "StatefulSets"}
	for name, tt := range map[string]struct {
		pod     *corev1.Pod
		choices podcopy.Choices
		around  podcopy.Environment
		want    []string
	}{
		"no labels":                {pod, keeping(), podcopy.Environment{Namespace: selectors.Namespace{Unread: all}}, []string{policies}},
		"all labels":               {pod, keeping(podcopy.All), podcopy.Environment{Namespace: selectors.Namespace{Unread: all}}, []string{"warns: Services, DaemonSets, Jobs, ReplicaSets and ReplicationControllers could not be read: one may take the copy for a pod of its own [leave out all labels]"}},
		"some labels":              {pod, keeping("app"), podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"NetworkPolicies", "Services"}}}, []string{"warns: Services could not be read: one may take the copy for a pod of its own [leave out all labels]", policies}},
		"in the node's network":    {host, keeping(), podcopy.Environment{Namespace: selectors.Namespace{Unread: all}}, nil},
		"too many":                 {pod, keeping(podcopy.All), podcopy.Environment{Namespace: selectors.Namespace{Incomplete: all}}, []string{"warns: there are too many Services, DaemonSets, Jobs, ReplicaSets and ReplicationControllers to read all: another may take the copy for a pod of its own [leave out all labels]"}},
		"too many, and no labels":  {pod, keeping(), podcopy.Environment{Namespace: selectors.Namespace{Incomplete: all}}, []string{"tells: there are too many NetworkPolicies to read all: other traffic may get through to the copy than to the pod"}},
		"too many pods on a node":  {pod, keeping(podcopy.All), podcopy.Environment{Namespace: selectors.Namespace{Incomplete: []string{"Pods"}}}, nil},
		"only StatefulSets unread": {pod, keeping(podcopy.All), podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"StatefulSets"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantFindings(t, tt.pod, tt.choices, tt.around, tt.want...) })
	}
}

// The worst come first, whatever there is; what hinders comes with what to do about it; and nothing that somebody has written reaches the screen as it is.
func TestCheckPutsTheWorstFirst(t *testing.T) {
	const hostile = "\x1b[2J\u202e"
	pod := rich()
	pod.Labels["bad"+hostile] = "x"
	pod.Spec.Hostname, pod.Spec.NodeSelector = "h"+hostile, map[string]string{corev1.LabelHostname: "n"}
	pod.Spec.ServiceAccountName, pod.Spec.NodeName = "account"+hostile, "node"+hostile
	pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80, Protocol: "X" + hostile}}
	pod.Spec.InitContainers[0].Name, pod.Finalizers[0] = "init"+hostile, "f"+hostile
	pod.Spec.Volumes[0].PersistentVolumeClaim.ClaimName = "claim" + hostile
	for range 40 {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "c" + hostile})
	}
	around := podcopy.Environment{
		Namespace: selectors.Namespace{
			Services:        []selectors.Service{{Selecting: selecting(t, "Service", "s"+hostile, "app=web"), Ports: []string{hostile}}},
			Controllers:     []selectors.Selecting{selecting(t, "ReplicaSet", hostile, "app"), selecting(t, "StatefulSet", hostile, "app"), selecting(t, "Job", hostile, "?")},
			NetworkPolicies: []selectors.NetworkPolicy{{Selecting: selecting(t, "NetworkPolicy", hostile, "tier"), In: selectors.Direction{Limits: true}}},
			Unread:          []string{"Services"},
		},
		Claims:           map[string]podcopy.Claim{hostile: {Missing: true}},
		Node:             &podcopy.Node{Node: kube.Node{Name: kube.Sanitize("node" + hostile)}, Taints: []corev1.Taint{{Key: hostile, Effect: corev1.TaintEffectNoExecute}}},
		NoServiceAccount: true,
	}
	around.Services = append(around.Services, selectors.Service{Selecting: selectors.Selecting{
		Kind: "Service", Name: "bad", Selector: labels.SelectorFromSet(labels.Set{"bad" + hostile: "x"}),
	}})
	for _, c := range []podcopy.Choices{{}, {Labels: []string{"app"}, SameNode: true, Writable: true}, {Labels: []string{podcopy.All}, NoInit: true}} {
		found := podcopy.Check(pod, c, around)
		if len(found) < 5 {
			t.Fatalf("there are only %d findings: %+v", len(found), found)
		}
		if !slices.IsSortedFunc(found, func(a, b podcopy.Finding) int { return int(b.Severity) - int(a.Severity) }) {
			t.Errorf("the worst are not first: %+v", found)
		}
		for _, f := range found {
			apitest.WantClean(t, f.Text)
			for _, r := range f.Remedies {
				apitest.WantClean(t, r.Words)
			}
		}
		if again := podcopy.Check(pod, c, around); fmt.Sprint(texts(again)) != fmt.Sprint(texts(found)) {
			t.Errorf("it is not the same again: %q and %q", texts(found), texts(again))
		}
	}
	for key, who := range around.Needed(pod) {
		for _, words := range who {
			apitest.WantClean(t, words)
		}
		if _, ok := pod.Labels[key]; !ok {
			t.Errorf("label %q is needed, which the pod does not have", key)
		}
	}
}

func texts(found []podcopy.Finding) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.Text)
	}
	return all
}

// A pod is deleted only after it has been said what that means, and its copy is not in its way.
func TestCheckReplace(t *testing.T) {
	owned := func(kind, name string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: name, Controller: new(true)}}
		}
	}
	const deleted, stays = "warns: pod web is deleted once the copy has been created", " [leave the pod as it is]"
	for name, c := range map[string]struct {
		change func(*corev1.Pod)
		around podcopy.Environment
		want   []string
	}{
		"of nobody":        {func(*corev1.Pod) {}, podcopy.Environment{}, []string{deleted + ": nobody makes it again, and the copy goes with the session" + stays}},
		"of a ReplicaSet":  {owned("ReplicaSet", "web-1"), podcopy.Environment{}, []string{deleted + ": ReplicaSet web-1 makes another in its place" + stays}},
		"of a StatefulSet": {owned("StatefulSet", "db"), podcopy.Environment{}, []string{deleted + ": StatefulSet db makes it again, with its name" + stays}},
		"of a Job":         {owned("Job", "night"), podcopy.Environment{}, []string{deleted + ": Job night may make another, and count it as failed" + stays}},
		"with a budget": {owned("ReplicaSet", "web-1"), podcopy.Environment{
			Namespace: selectors.Namespace{
				DisruptionBudgets: []selectors.Budget{
					{Selecting: selectors.Selecting{Kind: "PodDisruptionBudget", Name: "web", Selector: labels.Everything()}},
					{Selecting: selectors.Selecting{Kind: "PodDisruptionBudget", Name: "kind", Selector: labels.Everything()}, Allowed: 1},
				},
			},
		}, []string{
			deleted + ": ReplicaSet web-1 makes another in its place" + stays,
			"warns: PodDisruptionBudget web allows no disruption now, and is not asked when a pod is deleted" + stays,
			"tells: PodDisruptionBudget web counts the copy as an available pod once it is ready: one pod more may be evicted",
			"tells: PodDisruptionBudget kind counts the copy as an available pod once it is ready: one pod more may be evicted",
		}},
		"with finalizers": {func(p *corev1.Pod) { p.Finalizers = []string{"a.example/x", "b.example/y"} }, podcopy.Environment{}, []string{
			deleted + ": nobody makes it again, and the copy goes with the session" + stays,
			"tells: the pod stays, being deleted, until its finalizers a.example/x and b.example/y are removed by whoever has set them",
			"tells: the copy has none of the pod's finalizers (a.example/x and b.example/y): it is deleted without waiting for anybody",
		}},
		"with a claim of its own": {owned("ReplicaSet", "web-1"), podcopy.Environment{Claims: map[string]podcopy.Claim{
			"data": {Volume: "v", Modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}},
		}}, []string{
			deleted + ": ReplicaSet web-1 makes another in its place" + stays,
			"warns: the pod that ReplicaSet web-1 makes may not start while the copy has claim data" + stays,
		}},
		"with what many can have": {owned("ReplicaSet", "web-1"), podcopy.Environment{Claims: map[string]podcopy.Claim{
			"data": {Volume: "v", Modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadWriteMany}},
		}}, []string{deleted + ": ReplicaSet web-1 makes another in its place" + stays}},
		"of nobody, with a claim of its own": {func(*corev1.Pod) {}, podcopy.Environment{Claims: map[string]podcopy.Claim{
			"data": {Volume: "v", Modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}},
		}}, []string{deleted + ": nobody makes it again, and the copy goes with the session" + stays}},
		"with a host port": {func(p *corev1.Pod) {
			owned("ReplicaSet", "web-1")(p)
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}}
		}, podcopy.Environment{}, []string{
			deleted + ": ReplicaSet web-1 makes another in its place" + stays,
			"warns: the pod that ReplicaSet web-1 makes may not start while the copy has host port 80" + stays,
		}},
		"of a hostile owner": {owned("ReplicaSet", "web\x1b[31m"), podcopy.Environment{}, []string{deleted + ": ReplicaSet web␛[31m makes another in its place" + stays}},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, apitest.RunningPod(c.change), podcopy.Choices{Replace: true}, c.around, c.want...)
		})
	}
}

// What a pod that is deleted has is free for its copy where the scheduler waits for it. A copy that is put on the node past the scheduler is refused at
// once, while the pod still ends.
func TestReplaceMakesRoom(t *testing.T) {
	pod := apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.NodeName, p.Spec.NodeSelector = "node-1", map[string]string{corev1.LabelHostname: "node-1"}
		p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("3")}
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}}
	})
	node := &podcopy.Node{
		Node: kube.Node{Name: "node-1", Ready: true}, Counted: true, Pods: 10,
		Allocatable: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourcePods: resource.MustParse("10")},
		Requested:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4")},
	}
	for c, blocked := range map[[2]bool]int{{false, false}: 2, {false, true}: 2, {true, false}: 0, {true, true}: 2} {
		got := 0
		for _, f := range podcopy.Check(pod, podcopy.Choices{Replace: c[0], SameNode: c[1]}, podcopy.Environment{Node: node}) {
			if f.Severity == podcopy.Blocking {
				got++
			}
		}
		if got != blocked {
			t.Errorf("replaces %t, past the scheduler %t: %d findings stop it, want %d", c[0], c[1], got, blocked)
		}
	}
}

// The tool takes the place of one container, or of none; a static pod cannot be replaced.
func TestPlaceOptions(t *testing.T) {
	pod := apitest.RunningPod(func(p *corev1.Pod) { p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "sidecar"}) })
	turn := func(c podcopy.Choices, group, words string) (podcopy.Choices, string) {
		t.Helper()
		for _, o := range podcopy.Options(pod, c, podcopy.Environment{}, false) {
			if o.Group == group && o.Words == words {
				c = o.Turn(c)
				for _, now := range podcopy.Options(pod, c, podcopy.Environment{}, false) {
					if now.Group == group && now.Words == words {
						return c, fmt.Sprint(now.On, " ", now.Means)
					}
				}
			}
		}
		t.Fatalf("there is no option %s %s", group, words)
		return c, ""
	}
	c, _ := turn(podcopy.Choices{}, "the tool takes the place of", "app")
	if c, _ = turn(c, "the tool takes the place of", "sidecar"); c.InPlaceOf != "sidecar" {
		t.Errorf("it takes the place of %q", c.InPlaceOf)
	}
	if c, _ = turn(c, "the tool takes the place of", "sidecar"); c.InPlaceOf != "" {
		t.Errorf("it takes the place of %q", c.InPlaceOf)
	}
	if c, means := turn(c, "pod web", "delete it"); !c.Replace || means != "true nobody makes it again" {
		t.Errorf("replaced: %t, %s", c.Replace, means)
	}
	pod.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
	if c, means := turn(c, "pod web", "delete it"); c.Replace || means != "false it stays: its node's kubelet runs it from a file" {
		t.Errorf("replaced: %t, %s", c.Replace, means)
	}
	for _, o := range podcopy.Options(pod, c, podcopy.Environment{}, true) {
		if o.Group == "the tool takes the place of" {
			t.Error("an idle copy has no place for a tool")
		}
	}
}
