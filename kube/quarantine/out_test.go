package quarantine_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// podOf is a pod with labels; of is its controller, "ReplicaSet web-7d", and empty for none.
func podOf(of string, pairs ...string) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			metav1.SetMetaDataLabel(&p.ObjectMeta, key, value)
		}
		if kind, name, ok := strings.Cut(of, " "); ok {
			group := map[string]string{"Job": "batch/v1", "ReplicationController": "v1", "CloneSet": "apps.kruise.io/v1alpha1"}[kind]
			if group == "" {
				group = "apps/v1"
			}
			p.OwnerReferences = []metav1.OwnerReference{{APIVersion: group, Kind: kind, Name: name, UID: "u-1", Controller: new(true)}}
		}
	})
}

func parsed(t *testing.T, selector string) labels.Selector {
	t.Helper()
	if selector == "?" {
		return nil
	}
	s, err := labels.Parse(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// around is what selects pods in a namespace: "Service web app=web" a line.
func around(t *testing.T, lines ...string) selectors.Namespace {
	t.Helper()
	var n selectors.Namespace
	for _, line := range lines {
		parts := strings.SplitN(line, " ", 3)
		one := selectors.Selecting{Kind: parts[0], Name: parts[1], Selector: parsed(t, parts[2])}
		switch one.Kind {
		case "Service":
			n.Services = append(n.Services, selectors.Service{Selecting: one, Ports: []string{"http 80"}})
		case "NetworkPolicy":
			n.NetworkPolicies = append(n.NetworkPolicies, selectors.NetworkPolicy{Selecting: one})
		case "PodDisruptionBudget":
			n.DisruptionBudgets = append(n.DisruptionBudgets, selectors.Budget{Selecting: one})
		default:
			n.Controllers = append(n.Controllers, one)
		}
	}
	return n
}

// factsOf has two pods serve each Service: the pod, and another.
func factsOf(pod *corev1.Pod, n selectors.Namespace) quarantine.Facts {
	f := quarantine.Facts{Context: "test", Pod: pod, Around: n, Controller: selectors.ControllerOf(pod), Endpoints: map[string]selectors.Endpoints{}, By: "ann"}
	for _, s := range n.Services {
		f.Endpoints[s.Name] = selectors.Endpoints{Known: true, Ready: []string{"other", pod.Name}}
	}
	return f
}

// told are effects as lines: "! " before those that warn.
func told(t *testing.T, effects []selectors.Effect) []string {
	t.Helper()
	var lines []string
	for _, e := range effects {
		apitest.WantClean(t, e.Text)
		if e.Warns {
			e.Text = "! " + e.Text
		}
		lines = append(lines, e.Text)
	}
	return lines
}

const webSet = "ReplicaSet web-7d app=web,pod-template-hash=7d"

// Only labels that a selector of the Services needs are removed, and of these as few as do, those that take the least from others.
func TestKeys(t *testing.T) {
	own := []string{"app=web", "pod-template-hash=7d", "role=serve", "tier=front", "team=shop"}
	for name, tt := range map[string]struct {
		of     string
		around []string
		leave  bool
		keys   string
		leaves bool
		choice quarantine.Choice
	}{
		"of one Service":                {"", []string{"Service web app=web"}, false, "app", false, quarantine.NoChoice},
		"the controller's too":          {"ReplicaSet web-7d", []string{webSet, "Service web app=web"}, false, "app", true, quarantine.MustLeave},
		"not the controller's":          {"ReplicaSet web-7d", []string{webSet, "Service web role=serve"}, false, "role", false, quarantine.MayLeave},
		"one of two is not":             {"ReplicaSet web-7d", []string{webSet, "Service web app=web,role=serve"}, false, "role", false, quarantine.MayLeave},
		"leaves by choice":              {"ReplicaSet web-7d", []string{webSet, "Service web role=serve"}, true, "pod-template-hash,role", true, quarantine.MayLeave},
		"leaves with both by one":       {"ReplicaSet web-7d", []string{webSet, "Service web app=web,role=serve"}, true, "app", true, quarantine.MayLeave},
		"two Services, one label":       {"", []string{"Service web app=web,role=serve", "Service in role=serve,tier=front"}, false, "role", false, quarantine.NoChoice},
		"two Services, two labels":      {"", []string{"Service web app=web", "Service in tier=front"}, false, "app,tier", false, quarantine.NoChoice},
		"another Service is not his":    {"", []string{"Service web app=web", "Service api app=api"}, false, "app", false, quarantine.NoChoice},
		"not what a policy needs":       {"", []string{"Service web app=web,role=serve", "NetworkPolicy in app=web"}, false, "role", false, quarantine.NoChoice},
		"not what a budget needs":       {"", []string{"Service web app=web,role=serve", "PodDisruptionBudget b app=web"}, false, "role", false, quarantine.NoChoice},
		"not what others lack":          {"", []string{"Service web app=web,role=serve", "NetworkPolicy not !app"}, false, "role", false, quarantine.NoChoice},
		"nor what another would adopt":  {"", []string{"Service web app=web,role=serve", "ReplicaSet odd !app,team=shop"}, false, "role", false, quarantine.NoChoice},
		"a policy gives way, not a set": {"ReplicaSet web-7d", []string{webSet, "Service web app=web,role=serve", "NetworkPolicy in role=serve"}, false, "role", false, quarantine.MayLeave},
		"only the controller":           {"ReplicaSet web-7d", []string{webSet}, false, "pod-template-hash", true, quarantine.NoChoice},
		"of a foreign controller":       {"CloneSet web", []string{"Service web app=web"}, true, "app", false, quarantine.NoChoice},
	} {
		t.Run(name, func(t *testing.T) {
			pod := podOf(tt.of, own...)
			before := maps.Clone(pod.Labels)
			n := around(t, tt.around...)
			p := quarantine.Out(factsOf(pod, n), tt.leave)
			if got := strings.Join(p.Keys, ","); got != tt.keys || p.Leaves != tt.leaves || p.Choice != tt.choice || p.Refusal != nil {
				t.Fatalf("keys are %q, it leaves: %t, the choice is %d (%v); want %q, %t and %d", got, p.Leaves, p.Choice, p.Refusal, tt.keys, tt.leaves, tt.choice)
			}
			if !maps.Equal(pod.Labels, before) {
				t.Errorf("planning has changed the pod: %v", pod.Labels)
			}
			after := maps.Clone(before)
			for _, key := range p.Keys {
				delete(after, key)
			}
			for _, s := range n.Services {
				if s.Selects(after) {
					t.Errorf("%s still selects it", s)
				}
			}
		})
	}
}

func TestEffects(t *testing.T) {
	const open = "Connections that are open stay open, and whoever knows its IP still reaches it"
	const web, bare = "Service web (port http 80) lets it go; 1 other pod serves", "It has no controller: nothing makes another pod in its place"
	for name, tt := range map[string]struct {
		of     string
		around []string
		change func(*quarantine.Facts)
		want   []string
	}{
		"bare": {"", nil, nil, []string{web, bare, open}},
		"the last": {"", nil, func(f *quarantine.Facts) {
			f.Endpoints["web"] = selectors.Endpoints{Known: true, Ready: []string{"web"}}
		}, []string{
			"! Service web (port http 80) lets it go, and it is the last that serves: requests fail until another pod is ready", bare, open,
		}},
		"not ready": {"", nil, func(f *quarantine.Facts) {
			f.Endpoints["web"] = selectors.Endpoints{Known: true, Ready: []string{"a", "b"}}
		}, []string{
			"Service web (port http 80) lets it go; it gets no traffic now, for it is not ready; 2 other pods serve", bare, open,
		}},
		"nobody is ready": {"", nil, func(f *quarantine.Facts) { f.Endpoints["web"] = selectors.Endpoints{Known: true} }, []string{
			"! Service web (port http 80) lets it go; it is not ready, and no other pod serves either", bare, open,
		}},
		"no endpoints": {"", nil, func(f *quarantine.Facts) { f.Endpoints = nil }, []string{
			"! Service web (port http 80) lets it go; its EndpointSlices could not be read: whether other pods serve is not known", bare, open,
		}},
		"ReplicaSet": {"ReplicaSet web-7d", []string{webSet}, func(f *quarantine.Facts) { f.Controller.Of = "Deployment web" }, []string{
			web, "ReplicaSet web-7d of Deployment web lets it go, and makes another pod in its place", open,
		}},
		"scaled down": {"ReplicaSet web-7d", []string{webSet}, func(f *quarantine.Facts) { f.Controller.Read = true }, []string{web, "ReplicaSet web-7d lets it go, and makes no other: it wants none", open}},
		"stays":       {"ReplicaSet web-7d", []string{"ReplicaSet web-7d pod-template-hash=7d"}, nil, []string{web, "ReplicaSet web-7d keeps it, and makes no other pod: one fewer serves", open}},
		"StatefulSet": {"StatefulSet web", []string{"StatefulSet web app=web"}, nil, []string{web, "! StatefulSet web lets it go, and cannot make another while there is a pod named web", open}},
		"DaemonSet":   {"DaemonSet web", []string{"DaemonSet web app=web"}, nil, []string{web, "DaemonSet web lets it go, and makes another on node node-1; a host port that both need stays this one's", open}},
		"Job":         {"Job web", []string{"Job web app=web"}, nil, []string{web, "! Job web lets it go, and starts another pod: the work may be done twice", open}},
		"foreign":     {"CloneSet web", nil, nil, []string{web, "! CloneSet web is its controller: what that does with a pod whose labels change is not known", open}},
		"not read": {"ReplicaSet web-7d", nil, func(f *quarantine.Facts) { f.Around.Unread = []string{"ReplicaSets"} }, []string{
			web, "! How ReplicaSet web-7d selects its pods could not be read: it may let the pod go, and make another", "! ReplicaSets could not all be read: what this changes for them is not known", open,
		}},
		"adopted": {"", []string{"ReplicaSet odd !app"}, nil, []string{
			web, bare, "! ReplicaSet odd would adopt it, for it selects pods without the label, and may delete it as one too many", open,
		}},
		"policies and budgets": {"", []string{"NetworkPolicy in app=web", "NetworkPolicy not app!=web", "NetworkPolicy all ", "PodDisruptionBudget b app", "PodDisruptionBudget c !app"}, nil, []string{
			web, bare, "! NetworkPolicy in does not apply to it any more: other traffic gets through",
			"! NetworkPolicy not applies to it from then on: less traffic may get through",
			"PodDisruptionBudget b does not count it any more", "PodDisruptionBudget c counts it from then on", open,
		}},
		"peers": {"", []string{"NetworkPolicy db app=db"}, func(f *quarantine.Facts) {
			f.Around.NetworkPolicies[0].In = selectors.Direction{Limits: true, Rules: []selectors.Rule{{Peers: []labels.Selector{labels.SelectorFromSet(labels.Set{"app": "web"})}}}}
			f.Around.NetworkPolicies[0].Out = f.Around.NetworkPolicies[0].In
		}, []string{web, bare, "! NetworkPolicy db does not let it connect to its pods any more", "! NetworkPolicy db does not let its pods connect to it any more", open}},
		"in the node's network": {"", []string{"NetworkPolicy in app=web"}, func(f *quarantine.Facts) { f.Pod.Spec.HostNetwork = true }, []string{web, bare, open}},
		"odd": {"", []string{"Service odd\x1b[2J ?", "NetworkPolicy n ?"}, nil, []string{
			web, bare, "! NetworkPolicy n has a selector that could not be understood: other traffic may get through",
			"! Service odd␛[2J has a selector that could not be understood: it may still send traffic", open,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := factsOf(podOf(tt.of, "app=web", "pod-template-hash=7d"), around(t, append([]string{"Service web app=web"}, tt.around...)...))
			if tt.change != nil {
				tt.change(&f)
			}
			p := quarantine.Out(f, false)
			if diff := cmp.Diff(tt.want, told(t, p.Effects)); diff != "" {
				t.Errorf("the effects are (- want, + got):\n%s", diff)
			}
		})
	}
}

func TestOutIsRefused(t *testing.T) {
	web := "Service web app=web"
	for name, tt := range map[string]struct {
		around []string
		change func(*quarantine.Facts)
		want   string
	}{
		"nothing selects it": {nil, nil, "no Service selects pod web, and it has no controller that selects it: there is nothing to take it out of"},
		"static":             {[]string{web}, func(f *quarantine.Facts) { f.Static = true }, "pod web is static: its labels come from a file on its node"},
		"being deleted":      {[]string{web}, func(f *quarantine.Facts) { f.Pod.DeletionTimestamp = &metav1.Time{} }, "pod web is being deleted: its Services have let it go already"},
		"ended":              {[]string{web}, func(f *quarantine.Facts) { f.Pod.Status.Phase = corev1.PodFailed }, "pod web has ended: no Service sends it traffic"},
		"in it already":      {[]string{web}, func(f *quarantine.Facts) { f.Pod.Annotations = map[string]string{quarantine.Annotation: "x"} }, "pod web is in quarantine already"},
		"marked as in it":    {[]string{web}, func(f *quarantine.Facts) { f.Pod.Labels[quarantine.Label] = "true" }, "pod web is in quarantine already"},
		"Services unread": {nil, func(f *quarantine.Facts) { f.Around.Unread = []string{"Services"} },
			"the Services of namespace shop could not all be read: which labels they select is not known"},
		"denied": {[]string{web}, func(f *quarantine.Facts) { f.Denied = &kube.Problem{Message: "no"} }, "no"},
	} {
		f := factsOf(podOf("", "app=web"), around(t, tt.around...))
		if tt.change != nil {
			tt.change(&f)
		}
		if p := quarantine.Out(f, false); p.Refusal == nil || p.Refusal.Message != tt.want {
			t.Errorf("%s: %v, want %s", name, p.Refusal, tt.want)
		}
	}
}

// Many labels are not tried in all combinations.
func TestManyKeys(t *testing.T) {
	var pairs []string
	for c := 'a'; c < 'a'+30; c++ {
		pairs = append(pairs, "k"+string(c)+"=1")
	}
	pairs = slices.DeleteFunc(pairs, func(p string) bool { return p[1] > 'z' })
	p := quarantine.Out(factsOf(podOf("", pairs...), around(t, "Service web "+strings.Join(pairs, ","))), false)
	if len(p.Keys) != len(pairs) {
		t.Errorf("of %d labels %d are removed", len(pairs), len(p.Keys))
	}
}
