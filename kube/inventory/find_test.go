package inventory_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// server is an API server with pods and Jobs, which pages lists as a real one does. It notes what it is asked for, in short.
type server struct {
	pods     []*corev1.Pod
	jobs     []*batchv1.Job
	protobuf bool
	refuse   func(w http.ResponseWriter, r *http.Request) bool // reports whether it has answered

	mu    sync.Mutex
	asked []string
}

// refusing is a server of the same things that refuses.
func (s *server) refusing(refuse func(w http.ResponseWriter, r *http.Request) bool) *server {
	return &server{pods: s.pods, jobs: s.jobs, refuse: refuse}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, ask(r))
	s.mu.Unlock()
	if s.refuse != nil && s.refuse(w, r) {
		return
	}
	switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case strings.HasSuffix(r.URL.Path, "/jobs"):
		list := batchv1.JobList{TypeMeta: metav1.TypeMeta{Kind: "JobList", APIVersion: "batch/v1"}}
		for _, job := range s.jobs {
			if selects(r, job.Labels) {
				list.Items = append(list.Items, *job)
			}
		}
		apitest.Answer(w, http.StatusOK, list)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		s.list(w, r)
	default:
		for _, p := range s.pods {
			if p.Namespace == parts[3] && p.Name == parts[5] {
				apitest.Answer(w, http.StatusOK, p)
				return
			}
		}
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "pods not found", &metav1.StatusDetails{Name: parts[5], Kind: "pods"})
	}
}

// ask is a request in short: "marked", "page 500", "pods 500", "get web", "jobs".
func ask(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/jobs"):
		return "jobs"
	case q.Get("labelSelector") != "":
		return "marked"
	case strings.HasSuffix(r.URL.Path, "/pods") && isMetadata(r):
		return strings.TrimSpace("page " + q.Get("continue"))
	case strings.HasSuffix(r.URL.Path, "/pods"):
		return strings.TrimSpace("pods " + q.Get("continue"))
	}
	return "get " + r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
}

func isMetadata(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList")
}

func selects(r *http.Request, has map[string]string) bool {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	return err == nil && selector.Matches(labels.Set(has))
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	var found []*corev1.Pod
	for _, p := range s.pods {
		if selects(r, p.Labels) && (!strings.Contains(r.URL.Path, "/namespaces/") || strings.Contains(r.URL.Path, "/"+p.Namespace+"/")) {
			found = append(found, p)
		}
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	end := len(found)
	meta := metav1.ListMeta{ResourceVersion: "7"}
	if limit > 0 && from+limit < end {
		end = from + limit
		meta.Continue, meta.RemainingItemCount = strconv.Itoa(end), new(int64(len(found)-end))
	}
	if !isMetadata(r) {
		list := apitest.PodsOf("7", found[from:end]...)
		list.ListMeta = meta
		apitest.Answer(w, http.StatusOK, list)
		return
	}
	list := metav1.PartialObjectMetadataList{TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/v1"}, ListMeta: meta}
	for _, p := range found[from:end] {
		list.Items = append(list.Items, metav1.PartialObjectMetadata{ObjectMeta: p.ObjectMeta})
	}
	if !s.protobuf {
		apitest.Answer(w, http.StatusOK, list)
		return
	}
	raw, err := list.Marshal()
	if err == nil {
		raw, err = (&runtime.Unknown{TypeMeta: runtime.TypeMeta{Kind: list.Kind, APIVersion: list.APIVersion}, Raw: raw}).Marshal()
	}
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", runtime.ContentTypeProtobuf)
	_, _ = w.Write(append([]byte("k8s\x00"), raw...))
}

// requests are what was asked for, sorted, without what comes at any time.
func (s *server) requests() (asked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if a != "jobs" && a != "marked" {
			asked = append(asked, a)
		}
	}
	slices.Sort(asked)
	return asked
}

// result is what a search has found.
type result struct {
	items  []inventory.Item
	last   inventory.Update // that says that it is done
	seen   []int
	failed error
}

func (r result) names() (names []string) {
	for _, i := range r.items {
		names = append(names, i.Target.Namespace+"/"+i.Target.String())
	}
	slices.Sort(names)
	return names
}

func find(ctx context.Context, t *testing.T, s *server, namespace string, guard kube.Guard) result {
	t.Helper()
	c, _ := kubetest.ServeGuarded(t, guard, s, "")
	var r result
	for updates := inventory.Find(ctx, c, namespace); ; {
		u, ok := <-updates
		if !ok {
			return r
		}
		r.items, r.seen = append(r.items, u.Items...), append(r.seen, u.Seen)
		if u.Done {
			r.last = u
		}
		if u.Trouble != nil {
			r.failed = u.Trouble
		}
	}
}

// in puts a pod into another namespace.
func in(namespace string, p *corev1.Pod) *corev1.Pod {
	p.Namespace, p.UID = namespace, types.UID(namespace)+p.UID
	return p
}

func many(n int, changes ...change) (pods []*corev1.Pod) {
	for i := range n {
		pods = append(pods, pod(fmt.Sprintf("web-%04d", i), changes...))
	}
	return pods
}

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
	kubetest.WantProblem(t, r.failed, "look for what debugging has left in namespace shop: ")
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

// Jobs of tools are found, too; one that only ends a pod which was found is not told beside it.
func TestFindJobs(t *testing.T) {
	job := func(name string, labels map[string]string, changes ...func(*batchv1.Job)) *batchv1.Job {
		j := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", UID: types.UID("uid-of-" + name), Labels: labels, CreationTimestamp: metav1.NewTime(now())}}
		for _, change := range changes {
			change(j)
		}
		return j
	}
	dayfly := map[string]string{"app.kubernetes.io/managed-by": "dayfly"}
	idle := func(j *batchv1.Job) {
		j.Spec.Parallelism, j.Spec.ActiveDeadlineSeconds, j.Spec.TTLSecondsAfterFinished = new(int32(0)), new(int64(3600)), new(int32(0))
	}
	active := func(j *batchv1.Job) {
		j.Status.Active = 1
		j.Spec.Template.Spec = corev1.PodSpec{HostPID: true, Containers: []corev1.Container{{Name: "trace", Image: "tr\x1bace"}}}
	}
	over := func(j *batchv1.Job) {
		j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	}
	owned := func(p *corev1.Pod) {
		p.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "copy", UID: "uid-of-copy"}}
	}
	s := &server{
		pods: []*corev1.Pod{
			pod("copy", label("app.kubernetes.io/managed-by", "dayfly"), owned),
			pod("kubectl-trace-1-x2k4b", label("iovisor.org/kubectl-trace", "1"), ownedBy("Job kubectl-trace-1")),
		},
		jobs: []*batchv1.Job{
			job("copy", dayfly, idle), job("orphan", dayfly, idle), job("nightly-report", map[string]string{"app": "report"}), job("mirrord-tests", map[string]string{"app": "mirrord"}),
			job("mirrord-agent-x", map[string]string{"app": "mirrord"}, over), job("kubectl-trace-1", map[string]string{"iovisor.org/kubectl-trace": "1"}, active),
		},
	}
	r := find(t.Context(), t, s, "shop", kube.Guard{})
	var got []string
	for _, i := range r.items {
		if i.Kind == inventory.Job {
			got = append(got, i.Target.Pod+": "+brief(i)+" until "+i.Until.Format("15:04"))
			apitest.WantClean(t, i.Image)
		}
	}
	want := []string{
		"kubectl-trace-1: certain Job by kubectl trace, root on node, running; hostPID until 00:00",
		"mirrord-agent-x: certain Job by mirrord, over, ended until 00:00",
		"orphan: likely Job by dayfly, over, runs nothing until 13:00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	if len(r.items) != 5 || !r.items[0].Owned && r.items[0].Kind != inventory.Job {
		t.Errorf("found %q", briefs(r.items))
	}
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
