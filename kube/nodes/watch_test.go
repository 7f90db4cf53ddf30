package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// columnsOfNodes are those of a v1.34 API server.
const columnsOfNodes = `[{"name":"Name"},{"name":"Status"},{"name":"Roles"},{"name":"Age"},{"name":"Version"},{"name":"Internal-IP"},{"name":"External-IP"},
	{"name":"OS-Image"},{"name":"Kernel-Version"},{"name":"Container-Runtime"}]`

// bare is the row of a node as the printer writes it; with is the object behind it.
func bare(name, status string) string {
	return `{"cells":["` + name + `","` + status + `","<none>","5d","v1.34.4","10.0.0.1","<none>","Debian","<unknown>","containerd://2.1.5"],"object":null}`
}

func with(t *testing.T, name, status string, changes ...func(*corev1.Node)) string {
	t.Helper()
	n := node(changes...)
	n.Name = name
	object, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(bare(name, status), `"object":null`, `"object":`+string(object), 1)
}

// news is an update in short: "reset a=Ready", "a=Ready+facts", "gone a", "fresh", "trouble …".
func news(u Update) string {
	var words []string
	if u.Reset {
		words = append(words, "reset")
	}
	for _, r := range u.Rows {
		word := r.Name + "=" + r.State()
		if r.Facts != nil {
			word += "+facts"
		}
		words = append(words, word)
	}
	if len(u.Gone) > 0 {
		words = append(words, "gone "+strings.Join(u.Gone, " "))
	}
	if u.Trouble != nil {
		words = append(words, "trouble "+u.Trouble.Error())
	}
	if u.More {
		words = append(words, "more")
	}
	if len(words) == 0 {
		return "fresh"
	}
	return strings.Join(words, " ")
}

func wantNews(t *testing.T, updates <-chan Update, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := news(apitest.Receive(t, updates, w)); got != w {
			t.Fatalf("the news is %q, want %q", got, w)
		}
	}
}

// takeNames answers the table that must come next, which asks for no objects.
func takeNames(t *testing.T, requests <-chan *apitest.Exchange, version string, rows ...string) {
	t.Helper()
	x := apitest.Receive(t, requests, "a list of nodes")
	q := x.URL.Query()
	if x.IsWatch() || x.URL.Path != "/api/v1/nodes" || q.Get("includeObject") != "None" || !strings.Contains(x.Header.Get("Accept"), "as=Table") || q.Get("resourceVersion") != "0" {
		t.Fatalf("%s came instead of a table from the cache", x.URL)
	}
	x.Reply(t, http.StatusOK, apitest.PodTable(version, columnsOfNodes, rows...))
}

// takeObjects answers the page of nodes that must come next, behind the one whose end is at.
func takeObjects(t *testing.T, requests <-chan *apitest.Exchange, at, version, more string, nodes ...*corev1.Node) {
	t.Helper()
	x := apitest.Receive(t, requests, "a list of nodes")
	q := x.URL.Query()
	if x.IsWatch() || x.URL.Path != "/api/v1/nodes" || q.Get("continue") != at || q.Get("limit") != "500" || !strings.HasPrefix(x.Header.Get("Accept"), "application/vnd.kubernetes.protobuf,") {
		t.Fatalf("%s came instead of a page of nodes behind %q", x.URL, at)
	}
	list := corev1.NodeList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "NodeList"}, ListMeta: metav1.ListMeta{ResourceVersion: version, Continue: more}}
	for _, n := range nodes {
		list.Items = append(list.Items, *n)
	}
	x.Reply(t, http.StatusOK, list)
}

// named is a node of a name, which is ready.
func named(name string, changes ...func(*corev1.Node)) *corev1.Node {
	n := node(changes...)
	n.Name = name
	return n
}

// Rows come first, without their objects; these follow in pages, and a node that has gone in between is taken away. Then the watch brings both.
func TestWatch(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	cluster, requests := kubetest.Converse(t)
	updates := Watch(ctx, cluster)

	takeNames(t, requests, "7", bare("n-1", "Ready"), bare("n-2", "Ready"), bare("n-3", "Ready"))
	wantNews(t, updates, "reset n-1=Ready n-2=Ready n-3=Ready")
	takeObjects(t, requests, "", "8", "next", named("n-1"))
	wantNews(t, updates, "n-1=Ready+facts")
	takeObjects(t, requests, "next", "8", "", named("n-3", condition(corev1.NodeDiskPressure, corev1.ConditionTrue, "")))
	wantNews(t, updates, "n-3=DiskPressure+facts", "gone n-2")

	watch := apitest.TakeWatch(t, requests, "8")
	if q := watch.URL.Query(); q.Get("includeObject") != "Object" || q.Get("allowWatchBookmarks") != "true" {
		t.Errorf("the watch is asked for as %s", watch.URL)
	}
	wantNews(t, updates, "fresh")
	watch.Event(t, "MODIFIED", apitest.PodTable("9", columnsOfNodes, with(t, "n-1", "Ready,SchedulingDisabled", cordon)))
	wantNews(t, updates, "n-1=Ready, cordoned+facts")
	watch.Event(t, "ADDED", apitest.PodTable("10", "null", with(t, "n-4", "NotReady")))
	wantNews(t, updates, "n-4=NotReady+facts")
	watch.Event(t, "DELETED", apitest.PodTable("11", "null", with(t, "n-3", "Ready")))
	wantNews(t, updates, "gone n-3")
	watch.Event(t, "BOOKMARK", apitest.PodTable("20", "null", `{"cells":["","","","","","","","","",""],"object":{"kind":"Node","metadata":{"resourceVersion":"20"}}}`))

	// The version is gone at last: a new list replaces the old one, at once and whole.
	watch.Event(t, "ERROR", apitest.RefusalStatus(http.StatusGone, metav1.StatusReasonExpired, "too old resource version", nil))
	takeObjects(t, requests, "", "30", "", named("n-1"))
	wantNews(t, updates, "reset n-1=Ready+facts")
	stop()
	apitest.Drained(t, updates)
}

// Without the right to list nodes it is said what to ask for.
func TestWatchForbidden(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `nodes is forbidden: User "eve" cannot list resource "nodes" in API group "" at the cluster scope`, nil)
	}))
	u := apitest.Receive(t, Watch(t.Context(), cluster), "trouble")
	p := kube.Explain(u.Trouble)
	if !strings.Contains(p.Message, "list nodes") || !strings.Contains(p.Hint, "ClusterRole") || !strings.Contains(p.RequiredRBAC, "resources: [nodes]") {
		t.Errorf("the problem is %+v", p)
	}
}

// Many rows come in portions, the first of which is a screenful.
func TestFirstRowsDoNotWaitForTheLast(t *testing.T) {
	var rows []string
	for i := range 5000 {
		rows = append(rows, bare(fmt.Sprintf("n-%04d", i), "Ready"))
	}
	cluster, requests := kubetest.Converse(t)
	updates := Watch(t.Context(), cluster)
	takeNames(t, requests, "7", rows...)
	var sizes []int
	for more := true; more; {
		u := apitest.Receive(t, updates, "rows")
		sizes, more = append(sizes, len(u.Rows)), u.More
	}
	if want := []int{firstRows, moreRows, moreRows, 900}; !slices.Equal(sizes, want) {
		t.Errorf("rows come in portions of %d, want %d", sizes, want)
	}
}

func TestPodCounts(t *testing.T) {
	const columns = `[{"name":"Name"},{"name":"Ready"},{"name":"Node"}]`
	var asked string
	forbidden := false
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forbidden {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
			return
		}
		asked = r.URL.Path + "?" + r.URL.Query().Get("fieldSelector")
		apitest.Answer(w, http.StatusOK, apitest.PodTable("1", columns, `{"cells":["a","1/1","n-1"]}`, `{"cells":["b","1/1","n-2"]}`, `{"cells":["c","0/1","<none>"]}`, `{"cells":["d","1/1","n-1"]}`))
	}))
	counts := apitest.Receive(t, WatchPodCounts(t.Context(), cluster), "counts")
	if !maps.Equal(counts, map[string]int{"n-1": 2, "n-2": 1}) {
		t.Errorf("the counts are %v", counts)
	}
	if want := "/api/v1/pods?status.phase!=Failed,status.phase!=Succeeded"; asked != want && asked != "/api/v1/pods?status.phase!=Succeeded,status.phase!=Failed" {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	forbidden = true
	apitest.Drained(t, WatchPodCounts(t.Context(), cluster)) // closed at once
}

// A node is read whole on the practice cluster: its events, what its pods ask for, and what kubectl would say.
func TestGather(t *testing.T) {
	cluster := kubetest.Practise(t, "practice")
	var last Evidence
	for e := range Gather(t.Context(), cluster, "n-1") {
		last = e
	}
	if last.Node == nil || last.Node.Facts.Host != Linux || !last.EventsRead || last.NoEvents != nil {
		t.Fatalf("the evidence is %+v", last)
	}
	if use := last.Use; use == nil || use.Requests.Pods < 5 || use.Requests.CPU == 0 {
		t.Errorf("the use is %+v", use)
	}
	for e := range Gather(t.Context(), cluster, "nowhere") {
		if e.Absent == nil || !strings.Contains(e.Absent.Message, "node nowhere does not exist") {
			t.Errorf("of no node the evidence is %+v", e)
		}
	}
}

// Who may not list the events of all namespaces sees those of nodes, which are in one.
func TestEventsOfTheDefaultNamespace(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/nodes/n-1":
			n := node()
			n.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}
			apitest.Answer(w, http.StatusOK, n)
		case "/api/v1/namespaces/default/events":
			event := corev1.Event{Reason: "NodeNotReady", InvolvedObject: corev1.ObjectReference{Kind: "Node", Name: "n-1"}}
			apitest.Answer(w, http.StatusOK, corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}, Items: []corev1.Event{event}})
		default:
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `events is forbidden: User "eve" cannot list resource "events" in API group ""`, nil)
		}
	}))
	var last Evidence
	for e := range Gather(t.Context(), cluster, "n-1") {
		last = e
	}
	if len(last.Events) != 1 || last.NoEvents != nil || last.NoUse == nil || last.NoUse.RequiredRBAC == "" {
		t.Errorf("the evidence is %+v", last)
	}
}
