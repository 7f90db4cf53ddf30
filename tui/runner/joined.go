package runner

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
)

// followJoined tells in the session, while it goes on, what becomes of the container that it has joined from the node: a person would go on looking at
// the namespaces of one that is no more. It returns when the session is over.
func (s *Session) followJoined(ctx context.Context) {
	joined := s.Job().Plan.Target
	s.runner.mu.Lock()
	before := s.siblingsBefore
	s.runner.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	news, told := s.Job().Cluster.WatchPod(ctx, joined.Namespace, joined.Pod), ""
	for {
		select {
		case <-s.link.Done():
			return
		case n, ok := <-news:
			switch {
			case !ok:
				return
			case n.Trouble != nil:
				continue // it is watched again, and is the less urgent news
			}
			words := s.becameOf(joined, before, n)
			if words != "" && words != told {
				s.link.Note("dayfly: " + words)
			}
			told = words
		}
	}
}

// becameOf is what has become of a container that was joined, in a sentence without its full stop; empty: nothing.
func (s *Session) becameOf(joined kube.Target, before []kube.Container, n kube.PodNews) string {
	if n.Gone || string(n.Pod.Object().UID) != s.Job().Plan.UID {
		return "pod " + joined.Pod + " is gone; what this session has joined of it goes when the session ends"
	}
	for _, m := range detail.Restarts(before, n.Pod.Containers) {
		if m.Container != joined.Container {
			continue
		}
		words := joined.Container + " " + m.Words()
		if m.Restarts > 0 {
			words += "; TARGET_PID and TARGET_ROOT are those of its last run: start the session again to join it as it is now"
		}
		return words
	}
	return ""
}
