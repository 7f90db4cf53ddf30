package inventory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

const (
	page     = 500 // pods that are asked for at a time
	atOnce   = 8   // pods that are read whole at a time
	attempts = 3   // how often pages are begun anew because they took longer than the server keeps what they are of
)

// Find looks for what debugging has left in a namespace, or with "" in all but hidden ones ([kube.Guard]), and sends it as it is found, until ctx
// ends or all is found: then the channel is closed. Pods with labels of tools come first, for the API server knows them at once, and the worst are among
// them. Of all others it reads the metadata, page by page, and whole only those of which that makes it suspect something. Trouble is a [*kube.Problem].
func Find(ctx context.Context, c *kube.Cluster, namespace string) <-chan Update {
	updates := make(chan Update, 64)
	go func() {
		defer close(updates)
		reading, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		s := &search{cluster: c, namespace: namespace, stop: stop, sent: map[string]bool{}, places: make(chan struct{}, atOnce), send: func(u Update) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		}}
		if err := s.all(reading); err != nil && !errors.Is(err, context.Canceled) {
			s.send(Update{Trouble: problemOf(ctx, s.cluster, s.namespace, err), Seen: s.seen, Pods: s.pods})
		}
	}()
	return updates
}

// search is one search.
type search struct {
	cluster   *kube.Cluster
	namespace string
	send      func(Update)
	stop      context.CancelCauseFunc

	reading sync.WaitGroup // pods that are read whole
	places  chan struct{}  // taken while one is

	mu         sync.Mutex
	sent       map[string]bool // what was sent, by UID and container
	jobs       map[string]bool // the UIDs of the Jobs that own pods which were found
	seen, pods int
	unread     []string
}

// all finds everything.
func (s *search) all(ctx context.Context) error {
	var jobs []found
	var unread []string
	var listing sync.WaitGroup
	listing.Go(func() { jobs, unread = readJobs(ctx, s.cluster, s.namespace) })
	defer listing.Wait()
	s.reading.Go(func() { s.marked(ctx) })
	err := s.pages(ctx)
	s.reading.Wait()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil {
			return cause
		}
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	listing.Wait()
	s.takeJobs(jobs)
	s.send(Update{Seen: s.seen, Pods: s.pods, Done: true, Unread: append(s.unread, unread...)})
	return nil
}

// marked takes the pods with labels of tools. The API server's cache will do, and it costs nothing; what it does not have yet comes with the pages.
func (s *search) marked(ctx context.Context) {
	list, err := readWhole(ctx, s.cluster, pods(s.cluster, s.namespace, 0, "").Param("resourceVersion", "0").
		Param("labelSelector", fmt.Sprintf("%s in (%s, %s, debux)", leftovers.ManagedByLabel, leftovers.ManagedBy, kubectlManages)))
	if err == nil { // of whatever is wrong the pages will tell
		s.take(list.Items)
	}
}

// pages reads all pods, and begins anew with larger pages when the server has forgotten what they are of. What was sent is not sent again.
func (s *search) pages(ctx context.Context) error {
	var err error
	for limit, n := page, 0; n < attempts; limit, n = limit*4, n+1 {
		s.mu.Lock()
		s.seen, s.pods = 0, 0
		s.mu.Unlock()
		if err = s.from(ctx, limit); !apierrors.IsResourceExpired(err) {
			return err
		}
	}
	return err
}

// from reads all pages. Once most of a page is suspected, as where managed fields are not kept, pages are read whole at once.
func (s *search) from(ctx context.Context, limit int) error {
	whole := false
	for token := ""; ; {
		var next string
		var err error
		if !whole {
			next, whole, err = s.page(ctx, limit, token)
		}
		if whole && err == nil {
			next, err = s.wholePage(ctx, limit, token)
		}
		if err != nil || next == "" {
			return err
		}
		if next == token || s.seen > tables.BoundRows {
			return fmt.Errorf("there are more than %d pods: choose a namespace", tables.BoundRows)
		}
		token = next
	}
}

// page reads the metadata of a page, and has what is suspected read. Whole: that is most of it, and the page is to be read whole instead.
func (s *search) page(ctx context.Context, limit int, token string) (next string, whole bool, err error) {
	list, err := readMetadata(ctx, s.cluster, pods(s.cluster, s.namespace, limit, token))
	if err != nil {
		return "", false, err
	}
	var suspects []kube.PodKey
	for i := range list.Items {
		o := &list.Items[i].ObjectMeta
		if !s.cluster.Guard().Hides(o.Namespace) && !s.has(string(o.UID)) && suspected(o) {
			suspects = append(suspects, kube.PodKey{Namespace: o.Namespace, Name: o.Name})
		}
	}
	if len(suspects) > atOnce && len(suspects) > len(list.Items)/2 {
		return "", true, nil
	}
	s.read(ctx, suspects)
	s.progress(len(list.Items), list.RemainingItemCount)
	return list.Continue, false, nil
}

// wholePage reads a page whole.
func (s *search) wholePage(ctx context.Context, limit int, token string) (next string, err error) {
	list, err := readWhole(ctx, s.cluster, pods(s.cluster, s.namespace, limit, token))
	if err != nil {
		return "", err
	}
	s.take(list.Items)
	s.progress(len(list.Items), list.RemainingItemCount)
	return list.Continue, nil
}

// progress says how far it is.
func (s *search) progress(read int, remaining *int64) {
	s.mu.Lock()
	s.seen += read
	s.pods = max(s.pods, s.seen)
	if remaining != nil {
		s.pods = s.seen + int(max(*remaining, 0))
	}
	u := Update{Seen: s.seen, Pods: s.pods}
	s.mu.Unlock()
	s.send(u)
}

// read reads pods whole in the background, a few at a time, and takes them together.
func (s *search) read(ctx context.Context, keys []kube.PodKey) {
	if len(keys) == 0 {
		return
	}
	s.reading.Go(func() {
		read := make([]*corev1.Pod, len(keys))
		var all sync.WaitGroup
		for i, key := range keys {
			select {
			case s.places <- struct{}{}:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				break
			}
			all.Go(func() {
				defer func() { <-s.places }()
				read[i] = s.one(ctx, key)
			})
		}
		all.Wait()
		var list []corev1.Pod
		for _, pod := range read {
			if pod != nil {
				list = append(list, *pod)
			}
		}
		s.take(list)
	})
}

// one reads a pod; nil: it is gone, or cannot be read, which is told of the list as a whole.
func (s *search) one(ctx context.Context, key kube.PodKey) *corev1.Pod {
	pod, err := readPod(ctx, s.cluster, key)
	switch {
	case err == nil || ctx.Err() != nil:
	case apierrors.IsForbidden(err):
		s.unreadable("pods: you may list them, but not read one (get)")
	default:
		s.unreadable("pod " + kube.Sanitize(key.Namespace+"/"+key.Name) + ": " + kube.Explain(s.cluster.Problem("read it", err)).Message)
	}
	return pod
}

// unreadable notes what could not be read, once.
func (s *search) unreadable(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.unread, words) {
		s.unread = append(s.unread, words)
	}
}

// has reports whether a pod itself was sent: then its containers were, too.
func (s *search) has(uid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uid != "" && s.sent[uid+"/"]
}

// take sends what of some pods is a leftover and was not sent before.
func (s *search) take(list []corev1.Pod) {
	now := s.cluster.Now()
	var items []Item
	s.mu.Lock()
	for i := range list {
		pod := &list[i]
		if s.cluster.Guard().Hides(pod.Namespace) {
			continue
		}
		for _, item := range Recognise(pod, now) {
			key := string(pod.UID) + "/" + item.Target.Container
			if !s.sent[key] {
				s.sent[key] = true
				items = append(items, item)
			}
		}
		s.owners(pod)
	}
	u := Update{Items: items, Seen: s.seen, Pods: s.pods}
	s.mu.Unlock()
	if len(items) > 0 {
		Sort(items)
		s.send(u)
	}
}

// owners notes which Jobs own a pod.
func (s *search) owners(pod *corev1.Pod) {
	for _, owner := range pod.OwnerReferences {
		if owner.Kind == "Job" {
			if s.jobs == nil {
				s.jobs = map[string]bool{}
			}
			s.jobs[string(owner.UID)] = true
		}
	}
}
