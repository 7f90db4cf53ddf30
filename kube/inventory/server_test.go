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
