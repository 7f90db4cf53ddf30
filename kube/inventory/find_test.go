package inventory_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// Of many pods little is read: the metadata of all, and whole only those that may be leftovers.
func TestFindReadsLittle(t *testing.T) {
	for _, protobuf := range []bool{false, true} {
		s := &server{protobuf: protobuf, pods: append(many(1200), pod("debugged", entered("debugger-fg4mk", "kubectl", running())),
			pod("node-debugger-node-1-6ncgm", createdBy("kubectl"), hostPID, label("app.kubernetes.io/managed-by", "kubectl-debug")),
			pod("nsenter-proxy", createdBy("helm")))}
		r := find(t.Context(), t, s, "shop", kube.Guard{})
		if diff := cmp.Diff([]string{"shop/debugged/debugger-fg4mk", "shop/node-debugger-node-1-6ncgm"}, r.names()); diff != "" {
			t.Errorf("(- want, + got):\n%s", diff)
		}
		got := slices.DeleteFunc(s.requests(), func(a string) bool { return a == "get node-debugger-node-1-6ncgm" }) // unless its label was quicker
		if diff := cmp.Diff([]string{"get debugged", "get nsenter-proxy", "page", "page 1000", "page 500"}, got); diff != "" {
			t.Errorf("protobuf %t (- want, + got):\n%s", protobuf, diff)
		}
		if r.failed != nil || !r.last.Done || r.last.Seen != 1203 || r.last.Pods != 1203 || len(r.last.Unread) > 0 {
			t.Errorf("it ended with %+v, %v", r.last, r.failed)
		}
		if !slices.Contains(r.seen, 500) || !slices.Contains(r.seen, 1000) {
			t.Errorf("progress was %v", r.seen)
		}
	}
}

// Where most pods are suspected, pages are read whole instead of pod by pod: as where nobody notes who has changed what.
func TestFindReadsPagesWhole(t *testing.T) {
	s := &server{pods: append(many(1200, func(p *corev1.Pod) { p.ManagedFields = nil }), pod("debugged", entered("debugger-fg4mk", "kubectl", running())))}
	r := find(t.Context(), t, s, "shop", kube.Guard{})
	if diff := cmp.Diff([]string{"shop/debugged/debugger-fg4mk"}, r.names()); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"page", "pods", "pods 1000", "pods 500"}, s.requests()); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	if r.last.Seen != 1201 {
		t.Errorf("it has seen %d", r.last.Seen)
	}
}

// Hundreds of debug containers are all found, once each; few pods are read at the same time.
func TestFindHundreds(t *testing.T) {
	s := &server{}
	for i := range 3000 {
		p := pod(fmt.Sprintf("web-%04d", i))
		if i%10 == 3 {
			entered("debugger-fg4mk", "kubectl", running())(p)
		}
		s.pods = append(s.pods, p)
	}
	var lock sync.Mutex
	now, most, listed := 0, 0, make(chan struct{}) // pods are given out when all pages have been
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch asked := ask(r); {
		case asked == "page 2500":
			close(listed)
		case strings.HasPrefix(asked, "get "):
			lock.Lock()
			now++
			most = max(most, now)
			lock.Unlock()
			<-listed
			defer func() { lock.Lock(); now--; lock.Unlock() }()
		}
		s.ServeHTTP(w, r)
	}))
	found := map[string]int{}
	for u := range inventory.Find(t.Context(), c, "") {
		for _, i := range u.Items {
			found[i.UID+i.Target.Container]++
		}
	}
	if len(found) != 300 || most > 8 {
		t.Errorf("%d were found, %d read at once", len(found), most)
	}
	for name, n := range found {
		if n != 1 {
			t.Errorf("%s was found %d times", name, n)
		}
	}
}

// When the server has forgotten what its pages are of, they are begun anew, and nothing is sent twice. One that always forgets is an error.
func TestFindExpired(t *testing.T) {
	expired := func(times int) func(http.ResponseWriter, *http.Request) bool {
		var lock sync.Mutex
		return func(w http.ResponseWriter, r *http.Request) bool {
			lock.Lock()
			defer lock.Unlock()
			if r.URL.Query().Get("continue") == "" || times == 0 {
				return false
			}
			times--
			apitest.Refuse(w, http.StatusGone, metav1.StatusReasonExpired, "The provided continue parameter is too old", nil)
			return true
		}
	}
	build := func() *server {
		return &server{pods: append(append([]*corev1.Pod{pod("first", entered("debugger-fg4mk", "kubectl", running()))}, many(9000)...), pod("last", entered("debugger-fg4mk", "kubectl", running())))}
	}
	s := build()
	s.refuse = expired(1)
	r := find(t.Context(), t, s, "shop", kube.Guard{})
	if diff := cmp.Diff([]string{"shop/first/debugger-fg4mk", "shop/last/debugger-fg4mk"}, r.names()); diff != "" || r.failed != nil || r.last.Seen != 9002 {
		t.Errorf("%v, %d seen (- want, + got):\n%s", r.failed, r.last.Seen, diff)
	}
	s = build()
	s.refuse = expired(-1)
	r = find(t.Context(), t, s, "shop", kube.Guard{})
	if r.last.Done || len(r.items) != 1 {
		t.Errorf("it has found %v", r.names())
	}
	kubetest.WantProblem(t, r.failed, "look for what debugging has left in namespace shop: ")
}

// Hidden namespaces are left out, and one that is asked for is refused.
func TestFindHidden(t *testing.T) {
	s := &server{
		pods: []*corev1.Pod{
			in("shop", pod("web", entered("debugger-fg4mk", "kubectl", running()))), in("kube-system", pod("etcd", entered("debugger-fg4mk", "kubectl", running()))),
			in("kube-system", pod("labelled", label("app.kubernetes.io/managed-by", "kubectl-debug"))),
		},
		jobs: []*batchv1.Job{{ObjectMeta: metav1.ObjectMeta{Name: "mirrord-agent-1", Namespace: "kube-system", Labels: map[string]string{"app": "mirrord"}}}},
	}
	guard := kube.Guard{Hidden: []string{"kube-*"}}
	r := find(t.Context(), t, s, "", guard)
	if diff := cmp.Diff([]string{"shop/web/debugger-fg4mk"}, r.names()); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	if asked := s.requests(); r.failed != nil || slices.Contains(asked, "get etcd") || slices.Contains(asked, "get labelled") {
		t.Errorf("it asked for %q, and ended with %v", asked, r.failed)
	}
	r = find(t.Context(), t, s, "kube-system", guard)
	kubetest.WantGuarded(t, "a hidden namespace", r.failed, "namespace kube-system is not shown in context prod-eu")
}

// Without the right to list pods it is said what to ask for; without that to read them, or to list Jobs, what was not looked at.
func TestFindForbidden(t *testing.T) {
	forbids := func(what string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if got := ask(r); !strings.HasPrefix(got, what) && (what != "page" || got != "marked") {
				return false
			}
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "shop"`, nil)
			return true
		}
	}
	s := &server{pods: []*corev1.Pod{pod("web", entered("debugger-fg4mk", "kubectl", running())), pod("labelled", label("app.kubernetes.io/managed-by", "kubectl-debug"))}}
	refusing := s.refusing(forbids("page"))
	p := kubetest.WantProblem(t, find(t.Context(), t, refusing, "shop", kube.Guard{}).failed, "look for what debugging has left in namespace shop: pods is forbidden")
	if !strings.Contains(p.RequiredRBAC, "kind: Role\n") || !strings.Contains(p.RequiredRBAC, "eve") {
		t.Errorf("what to ask for is\n%s", p.RequiredRBAC)
	}
	p = kubetest.WantProblem(t, find(t.Context(), t, refusing, "", kube.Guard{}).failed, "look for what debugging has left in all namespaces: pods is forbidden")
	if !slices.Equal(p.Help, []kube.Help{kube.SwitchNamespace}) || !strings.Contains(p.Hint, "shop") {
		t.Errorf("the problem is %+v", p)
	}
	refusing = s.refusing(forbids("get"))
	r := find(t.Context(), t, refusing, "shop", kube.Guard{})
	if !slices.Equal(r.last.Unread, []string{"pods: you may list them, but not read one (get)"}) || r.failed != nil {
		t.Errorf("unread is %q, %v", r.last.Unread, r.failed)
	}
	refusing = s.refusing(forbids("jobs"))
	r = find(t.Context(), t, refusing, "shop", kube.Guard{})
	if !slices.Equal(r.last.Unread, []string{"Jobs: you may not list them"}) || len(r.items) != 2 {
		t.Errorf("unread is %q, found %q", r.last.Unread, r.names())
	}
}

// An API server that fails in the middle ends the search, with what was found before.
func TestFindBreaksOff(t *testing.T) {
	s := &server{pods: append([]*corev1.Pod{pod("first", entered("debugger-fg4mk", "kubectl", running()))}, many(1200)...)}
	refusing := s.refusing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("continue") == "1000" {
			apitest.Refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd\x1b[2J is gone", nil)
			return true
		}
		return false
	})
	r := find(t.Context(), t, refusing, "shop", kube.Guard{})
	kubetest.WantProblem(t, r.failed, "look for what debugging has left in namespace shop: ")
	if r.last.Done || len(r.items) != 1 {
		t.Errorf("it has found %q", r.names())
	}
	refusing = s.refusing(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(ask(r), "get ") {
			apitest.Refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is gone", nil)
			return true
		}
		return false
	})
	r = find(t.Context(), t, refusing, "shop", kube.Guard{})
	if r.failed != nil || !r.last.Done || len(r.last.Unread) != 1 || !strings.HasPrefix(r.last.Unread[0], "pod shop/first: read it: ") {
		t.Errorf("of one pod that cannot be read it says %q, %v", r.last.Unread, r.failed)
	}
	refusing = s.refusing(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(ask(r), "page") {
			apitest.Answer(w, http.StatusOK, map[string]any{"kind": "Banana"})
			return true
		}
		return false
	})
	r = find(t.Context(), t, refusing, "shop", kube.Guard{})
	kubetest.WantProblem(t, r.failed, "look for what debugging has left in namespace shop: ")
}

// A search that nobody wants any more ends.
func TestFindEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	c, requests := kubetest.Converse(t)
	updates := inventory.Find(ctx, c, "shop")
	apitest.Receive(t, requests, "a request")
	stop()
	apitest.Drained(t, updates)
}

// On the practice cluster what is there is found, whatever of paging and protobuf it knows.
func TestFindOnThePracticeCluster(t *testing.T) {
	c := kubetest.Practise(t, "")
	var last inventory.Update
	for u := range inventory.Find(t.Context(), c, "") {
		for _, i := range u.Items {
			t.Logf("%s: %s, because of %s", i.Target, brief(i), i.Because)
		}
		if u.Trouble != nil {
			t.Fatal(u.Trouble)
		}
		last = u
	}
	if !last.Done || last.Seen < 10 || last.Seen != last.Pods {
		t.Errorf("it ended with %+v", last)
	}
}
