package podcopy_test

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// answers are what an API server has, by path. What is not among them is not there, and what is empty may not be read.
type answers map[string]string

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := a[r.URL.Path]
	switch {
	case !ok:
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found", &metav1.StatusDetails{Name: path.Base(r.URL.Path)})
	case body == "":
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, body)
	}
}

const (
	servicesPath = "/api/v1/namespaces/shop/services"
	setsPath     = "/apis/apps/v1/namespaces/shop/replicasets"
	jobsPath     = "/apis/batch/v1/namespaces/shop/jobs"
	policiesPath = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"
	budgetsPath  = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"
	claimsPath   = "/api/v1/namespaces/shop/persistentvolumeclaims"
	accountPath  = "/api/v1/namespaces/shop/serviceaccounts/default"
	nodePath     = "/api/v1/nodes/node-1"
	podsPath     = "/api/v1/pods"
)

func listOf(items ...string) string {
	return `{"kind":"List","apiVersion":"v1","metadata":{},"items":[` + strings.Join(items, ",") + `]}`
}

func item(name, spec string) string {
	return `{"metadata":{"name":"` + name + `"},"spec":{` + spec + `}}`
}

// cluster has one of everything.
func cluster() answers {
	const web = `"selector":{"matchLabels":{"app":"web"}}`
	return answers{
		servicesPath: listOf(
			item("web", `"selector":{"app":"web"},"publishNotReadyAddresses":true,"ports":[{"name":"http","port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]`),
			item("empty", `"selector":{}`), item("none", `"ports":[]`), item("outside", `"type":"ExternalName","selector":{"app":"web"}`),
			item("odd", `"selector":7`),
		),
		setsPath: listOf(
			item("web-7d", web), item("odd", `"selector":{"matchExpressions":[{"key":"app","operator":"Near"}]}`), item("everything", `"selector":{}`), item("nothing", ``),
			`{"metadata":{"name":"goes","deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{`+web+`}}`,
		),
		"/apis/apps/v1/namespaces/shop/statefulsets": listOf(item("db", web)),
		"/apis/apps/v1/namespaces/shop/daemonsets":   listOf(item("agent", web)),
		jobsPath: listOf(item("runs", web), `{"metadata":{"name":"done"},"spec":{`+web+`},"status":{"conditions":[{"type":"Failed","status":"True"}]}}`,
			`{"metadata":{"name":"fails"},"spec":{`+web+`},"status":{"conditions":[{"type":"FailureTarget","status":"True"},{"type":"Failed","status":"False"}]}}`),
		"/api/v1/namespaces/shop/replicationcontrollers": listOf(item("old", `"selector":{"app":"web"}`)),
		policiesPath: listOf(
			item("deny-all", `"podSelector":{},"policyTypes":["Ingress","Egress"]`),
			item("types-not-said", `"podSelector":{"matchLabels":{"app":"web"}},"egress":[{}]`),
			item("db", `"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],"ingress":[{"ports":[{"port":5432}],"from":[
				{"podSelector":{"matchLabels":{"app":"web"}}},{"ipBlock":{"cidr":"10.0.0.0/8"}},{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"other"}}},
				{"namespaceSelector":{},"podSelector":{"matchLabels":{"tier":"front"}}},
				{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"shop","team":"x"}}}]}]`),
			item("odd", `"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]},"ingress":[{"from":[{"podSelector":{"matchLabels":7}}]}]`),
		),
		budgetsPath: listOf(
			`{"metadata":{"name":"web"},"spec":{`+web+`},"status":{"disruptionsAllowed":2}}`, item("all", `"selector":{}`), item("none", ``),
		),
		claimsPath + "/data": `{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"data"},
			"spec":{"volumeName":"pv-1","accessModes":["ReadWriteOnce"]},"status":{"phase":"Bound","accessModes":["ReadWriteOnce","ReadOnlyMany"]}}`,
		claimsPath + "/lost": `{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"lost","deletionTimestamp":"2026-01-01T00:00:00Z"},
			"spec":{"accessModes":["ReadWriteOncePod"]},"status":{"phase":"Lost"}}`,
		accountPath: `{"kind":"ServiceAccount","apiVersion":"v1"}`,
		nodePath: `{"kind":"Node","apiVersion":"v1","metadata":{"name":"node-1"},"spec":{"unschedulable":true,"taints":[{"key":"gpu","effect":"NoSchedule"}]},
			"status":{"allocatable":{"cpu":"2","pods":"110"},"conditions":[{"type":"Ready","status":"True"}]}}`,
		podsPath: `{"kind":"PodList","apiVersion":"v1","items":[
			{"spec":{"containers":[{"resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"250m","memory":"1Gi"}}}]}},
			{"spec":{"containers":[{}],"overhead":{"cpu":"250m"}}}]}`,
	}
}

func claiming() *corev1.Pod {
	return withVolumes(true, claim("data"), claim("lost"), claim("gone"), claim("data"))
}

// compared writes selectors as kubectl does.
func compared() cmp.Option {
	return cmp.Transformer("selector", func(s labels.Selector) string {
		if s == nil {
			return "?"
		}
		if s.String() == "" && !s.Empty() {
			return "none"
		}
		return s.String()
	})
}

func TestReadEnvironment(t *testing.T) {
	witness := &apitest.Witness{Next: cluster()}
	got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, witness), claiming())
	one := func(kind, name, selector string) selectors.Selecting { return selecting(t, kind, name, selector) }
	everything := []selectors.Rule{{Everybody: true, AnyPort: true}}
	want := podcopy.Environment{
		Namespace: selectors.Namespace{
			Services: []selectors.Service{
				{Selecting: one("Service", "web", "app=web"), NotReady: true, Ports: []string{"http 80", "53/UDP"}},
				{Selecting: one("Service", "empty", "none")}, {Selecting: one("Service", "none", "none")}, {Selecting: one("Service", "outside", "none")},
				{Selecting: one("Service", "odd", "?")},
			},
			Controllers: []selectors.Selecting{
				one("DaemonSet", "agent", "app=web"), one("Job", "fails", "app=web"), one("Job", "runs", "app=web"), one("ReplicaSet", "everything", "none"),
				one("ReplicaSet", "nothing", "none"), one("ReplicaSet", "odd", "?"), one("ReplicaSet", "web-7d", "app=web"),
				one("ReplicationController", "old", "app=web"), one("StatefulSet", "db", "app=web"),
			},
			NetworkPolicies: []selectors.NetworkPolicy{
				{Selecting: one("NetworkPolicy", "deny-all", ""), In: selectors.Direction{Limits: true}, Out: selectors.Direction{Limits: true}},
				{Selecting: one("NetworkPolicy", "types-not-said", "app=web"), In: selectors.Direction{Limits: true}, Out: selectors.Direction{Limits: true, Rules: everything}},
				{Selecting: one("NetworkPolicy", "db", "app=db"), In: selectors.Direction{Limits: true, Rules: []selectors.Rule{
					{Peers: []labels.Selector{parsed(t, "app=web"), parsed(t, "tier=front"), labels.Everything()}},
				}}},
				{Selecting: one("NetworkPolicy", "odd", "?"), In: selectors.Direction{Limits: true, Rules: []selectors.Rule{{AnyPort: true}}}, Unclear: true},
			},
			DisruptionBudgets: []selectors.Budget{
				{Selecting: one("PodDisruptionBudget", "web", "app=web"), Allowed: 2}, {Selecting: one("PodDisruptionBudget", "all", "")},
				{Selecting: one("PodDisruptionBudget", "none", "none")},
			},
		},
		Claims: map[string]podcopy.Claim{
			"data": {Volume: "pv-1", Modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadOnlyMany}},
			"lost": {Deleted: true, Lost: true, Modes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}}, "gone": {Missing: true},
		},
		Node: &podcopy.Node{
			Node: kube.Node{Name: "node-1", Ready: true}, Cordoned: true, Taints: []corev1.Taint{{Key: "gpu", Effect: corev1.TaintEffectNoSchedule}},
			Allocatable: resources("cpu", "2", "pods", "110"), Counted: true, Requested: resources("cpu", "1500m", "memory", "1Gi"), Pods: 2,
		},
	}
	if diff := cmp.Diff(want, got, compared()); diff != "" {
		t.Errorf("the environment is (- want, + got):\n%s", diff)
	}
	seen := witness.Requests()
	for _, request := range seen {
		if !strings.HasPrefix(request, "GET ") {
			t.Errorf("it was asked to %s", request)
		}
	}
	if slices.Sort(seen); len(slices.Compact(seen)) != len(witness.Requests()) || len(seen) != 14 {
		t.Errorf("it was asked: %q", seen)
	}
}

// What may not be read is told by its kind, and all the rest is there.
func TestReadEnvironmentWithoutRights(t *testing.T) {
	const forbidden, page, status = "", "<html>", `{"kind":"Status","status":"Success"}`
	for path, tt := range map[string]struct {
		kind   string
		bodies []string
		leaves func(*podcopy.Environment)
	}{
		servicesPath:         {"Services", []string{forbidden, page, status}, func(e *podcopy.Environment) { e.Services = nil }},
		setsPath:             {"ReplicaSets", []string{forbidden, page, status}, func(e *podcopy.Environment) { e.Controllers = without(e.Controllers, "ReplicaSet") }},
		jobsPath:             {"Jobs", []string{forbidden, page, status}, func(e *podcopy.Environment) { e.Controllers = without(e.Controllers, "Job") }},
		policiesPath:         {"NetworkPolicies", []string{forbidden, page, status}, func(e *podcopy.Environment) { e.NetworkPolicies = nil }},
		budgetsPath:          {"PodDisruptionBudgets", []string{forbidden, page, status}, func(e *podcopy.Environment) { e.DisruptionBudgets = nil }},
		claimsPath + "/data": {"PersistentVolumeClaims", []string{forbidden, page}, func(e *podcopy.Environment) { delete(e.Claims, "data") }},
		accountPath:          {"ServiceAccounts", []string{forbidden}, func(*podcopy.Environment) {}},
		nodePath:             {"Nodes", []string{forbidden, page}, func(e *podcopy.Environment) { e.Node = nil }},
		podsPath: {"Pods", []string{forbidden, page}, func(e *podcopy.Environment) {
			e.Node.Counted, e.Node.Requested, e.Node.Pods = false, nil, 0
		}},
	} {
		for _, body := range tt.bodies {
			t.Run(tt.kind+" "+body, func(t *testing.T) {
				some := cluster()
				some[path] = body
				got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, some), claiming())
				want := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, cluster()), claiming())
				tt.leaves(&want)
				want.Unread = []string{tt.kind}
				if diff := cmp.Diff(want, got, compared()); diff != "" {
					t.Errorf("the environment is (- want, + got):\n%s", diff)
				}
			})
		}
	}
}

func without(all []selectors.Selecting, kind string) []selectors.Selecting {
	return slices.DeleteFunc(all, func(s selectors.Selecting) bool { return s.Kind == kind })
}

// A server without a resource says nothing about an object of it.
func TestReadEnvironmentOfAnotherServer(t *testing.T) {
	server := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource", nil)
	})
	if got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, server), claiming()); got.NoServiceAccount {
		t.Error("the service account is taken for missing")
	}
}

// What a cluster does not have is no kind that could not be read.
func TestReadEnvironmentOfAnEmptyCluster(t *testing.T) {
	got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, answers{}), claiming())
	want := podcopy.Environment{
		Claims:           map[string]podcopy.Claim{"data": {Missing: true}, "lost": {Missing: true}, "gone": {Missing: true}},
		Node:             &podcopy.Node{Node: kube.Node{Name: "node-1", Ready: true}, Missing: true},
		NoServiceAccount: true,
	}
	if diff := cmp.Diff(want, got, compared()); diff != "" {
		t.Errorf("the environment is (- want, + got):\n%s", diff)
	}
}

// A node is read for a pod that has one, or has to get one; and what is requested there, only of it.
func TestReadEnvironmentAsksForOneNode(t *testing.T) {
	var selectors []string
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == podsPath {
			selectors = append(selectors, r.URL.Query().Get("fieldSelector"))
		}
		cluster().ServeHTTP(w, r)
	})
	unplaced := apitest.RunningPod(func(p *corev1.Pod) { p.Spec.NodeName = "" })
	if got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, server), unplaced); got.Node != nil || selectors != nil {
		t.Errorf("the node of a pod on no node is %+v; asked was for %q", got.Node, selectors)
	}
	ofDaemonSet(unplaced)
	if got := podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, server), unplaced); got.Node == nil {
		t.Error("the node that the pod has to get was not read")
	}
	if diff := cmp.Diff([]string{"spec.nodeName=node-1,status.phase!=Succeeded,status.phase!=Failed"}, selectors); diff != "" {
		t.Errorf("asked was for (- want, + got):\n%s", diff)
	}
}

// Lists come in pages, and there is an end to them.
func TestReadEnvironmentInPages(t *testing.T) {
	page := func(pages int, broken bool) (podcopy.Environment, int) {
		asked := 0
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != servicesPath {
				cluster().ServeHTTP(w, r)
				return
			}
			asked++
			if got, want := r.URL.Query().Get("continue"), map[bool]string{true: fmt.Sprint("page-", asked)}[asked > 1]; got != want || r.URL.Query().Get("limit") != "250" {
				t.Errorf("request %d is %s", asked, r.URL)
			}
			if broken && asked == 2 {
				apitest.Refuse(w, http.StatusGone, metav1.StatusReasonExpired, "too old", nil)
				return
			}
			items := make([]string, 250)
			for i := range items {
				items[i] = item(fmt.Sprint("s-", asked, "-", i), `"selector":{"app":"web"}`)
			}
			next := ""
			if asked < pages {
				next = fmt.Sprint("page-", asked+1)
			}
			_, _ = fmt.Fprintf(w, `{"kind":"ServiceList","metadata":{"continue":%q},"items":[%s]}`, next, strings.Join(items, ","))
		})
		return podcopy.ReadEnvironment(t.Context(), kubetest.Serve(t, server), apitest.RunningPod()), asked
	}
	for name, tt := range map[string]struct {
		pages, asked, services int
		broken                 bool
		incomplete             []string
	}{
		"one":         {1, 1, 250, false, nil},
		"all":         {4, 4, 1000, false, nil},
		"too many":    {9, 4, 1000, false, []string{"Services"}},
		"one is lost": {3, 2, 250, true, []string{"Services"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, asked := page(tt.pages, tt.broken)
			if asked != tt.asked || len(got.Services) != tt.services {
				t.Errorf("%d pages were read and %d Services are there, want %d and %d", asked, len(got.Services), tt.asked, tt.services)
			}
			if diff := cmp.Diff(tt.incomplete, got.Incomplete); diff != "" || got.Unread != nil {
				t.Errorf("incomplete are (- want, + got):\n%s\nunread are %q", diff, got.Unread)
			}
		})
	}
}

// hanging is a server that answers nothing, until its client gives up.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A person does not wait for a server that does not answer, and is told that nothing was read.
func TestReadEnvironmentOfASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := kube.New("test", "shop", &rest.Config{Host: "http://api.example", Transport: hanging{}}, kube.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		got := podcopy.ReadEnvironment(t.Context(), c, claiming())
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it took %s", took)
		}
		want := podcopy.Environment{
			Namespace: selectors.Namespace{
				Unread: []string{
					"DaemonSets", "Jobs", "NetworkPolicies", "Nodes", "PersistentVolumeClaims", "PodDisruptionBudgets", "ReplicaSets", "ReplicationControllers",
					"ServiceAccounts", "Services", "StatefulSets",
				},
			},
		}
		if diff := cmp.Diff(want, got, compared()); diff != "" {
			t.Errorf("the environment is (- want, + got):\n%s", diff)
		}
	})
}
