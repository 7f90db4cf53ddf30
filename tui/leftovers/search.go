package leftovers

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// search is one reading of the cluster.
type search struct {
	updates  <-chan inventory.Update // nil: it is over
	cancel   context.CancelFunc
	found    []inventory.Item
	replaces bool // what is on the screen stays until all of it is in
	begun    time.Time
	looked   int // pods that have been looked at
	pods     int // of so many; 0: not known
	unread   []string
}

// foundMsg is news of the search that listens on source.
type foundMsg struct {
	source <-chan inventory.Update
	news   kit.Batch[inventory.Update]
}

// newSearch begins to read a namespace, or with "" all of them.
func newSearch(ctx context.Context, cluster *kube.Cluster, namespace string, replaces bool, now time.Time) search {
	ctx, cancel := context.WithCancel(ctx)
	return search{updates: inventory.Find(ctx, cluster, namespace), cancel: cancel, replaces: replaces, begun: now}
}

func (s *search) running() bool { return s.updates != nil }

func (s *search) stop() {
	if s.cancel != nil {
		s.cancel()
	}
	s.updates, s.cancel = nil, nil
}

func (s *search) listen() tea.Cmd {
	source := s.updates
	return kit.Listen(source, func(b kit.Batch[inventory.Update]) tea.Msg { return foundMsg{source, b} })
}

// take keeps what has been found. The error is why the search has ended before it was through.
func (s *search) take(news []inventory.Update) (trouble error) {
	for i := range news {
		u := &news[i]
		s.found = append(s.found, u.Items...)
		s.looked, s.pods = u.Seen, u.Pods
		if len(u.Unread) > 0 {
			s.unread = u.Unread
		}
		if u.Trouble != nil {
			trouble = u.Trouble
		}
	}
	return trouble
}
