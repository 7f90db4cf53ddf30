package podlist

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// quarantineWatch is how a list of pods hears which are in quarantine: rows have no labels, so that those which have the label of it are asked for by
// themselves, and watched. They are few. It begins when the list is whole: nothing waits for it.
type quarantineWatch struct {
	source <-chan lists.PodsUpdate // nil: not watched
	stop   context.CancelFunc
	pods   map[kube.PodKey]bool
}

// quarantineMsg is news for the screen that listens on source.
type quarantineMsg struct {
	source <-chan lists.PodsUpdate
	news   kit.Batch[lists.PodsUpdate]
}

// Close ends the watch; it may be begun again.
func (w *quarantineWatch) Close() {
	if w.stop != nil {
		w.stop()
	}
	*w = quarantineWatch{}
}

func (w *quarantineWatch) listen() tea.Cmd {
	source := w.source
	return kit.Listen(source, func(b kit.Batch[lists.PodsUpdate]) tea.Msg { return quarantineMsg{source, b} })
}

// take applies news.
func (w *quarantineWatch) take(news []lists.PodsUpdate) {
	for _, u := range news {
		if u.Reset || w.pods == nil {
			w.pods = map[kube.PodKey]bool{}
		}
		for i := range u.Rows {
			w.pods[u.Rows[i].PodKey] = true
		}
		for _, key := range u.Gone {
			delete(w.pods, key)
		}
	}
}

// watchQuarantined begins to ask which pods are in quarantine.
func (s *Screen) watchQuarantined() tea.Cmd {
	if s.quarantined.source != nil || !s.listed || s.partial {
		return nil
	}
	var ctx context.Context
	ctx, s.quarantined.stop = context.WithCancel(s.ctx)
	s.quarantined.source = lists.WatchPods(ctx, s.cluster, lists.PodQuery{Namespace: s.namespace, Node: s.node, Selector: quarantine.Selector})
	return s.quarantined.listen()
}

func (s *Screen) takeQuarantined(msg quarantineMsg) tea.Cmd {
	if msg.source != s.quarantined.source || s.quarantined.source == nil {
		return nil
	}
	s.quarantined.take(msg.news.Items)
	if msg.news.Ended {
		return nil
	}
	return s.quarantined.listen()
}
