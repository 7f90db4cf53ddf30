package podlist

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// nodeWatch is how a list of pods hears which nodes are lost.
type nodeWatch struct {
	source <-chan map[string]bool // nil: not watched
	stop   context.CancelFunc
}

// Close ends the watch; it may be begun again.
func (w *nodeWatch) Close() {
	if w.stop != nil {
		w.stop()
	}
	*w = nodeWatch{}
}

func (w *nodeWatch) listen() tea.Cmd {
	source := w.source
	return kit.Listen(source, func(b kit.Batch[map[string]bool]) tea.Msg { return lostNodesMsg{source, b} })
}

// lostNodesMsg is news for the screen that listens on source.
type lostNodesMsg struct {
	source <-chan map[string]bool
	news   kit.Batch[map[string]bool]
}

// watchNodes begins to ask which nodes are lost, once the list of pods is whole: nothing waits for that.
func (s *Screen) watchNodes() tea.Cmd {
	if s.nodes.source != nil || !s.listed || s.partial {
		return nil
	}
	var ctx context.Context
	ctx, s.nodes.stop = context.WithCancel(s.ctx)
	s.nodes.source = lists.WatchLostNodes(ctx, s.cluster)
	return s.nodes.listen()
}

// takeNodes judges the pods of nodes that are lost now, or not any more; the cursor stays on its pod.
func (s *Screen) takeNodes(msg lostNodesMsg) tea.Cmd {
	if msg.source != s.nodes.source {
		return nil
	}
	if items := msg.news.Items; len(items) > 0 {
		before, at := s.list.shown, s.cursor.At
		if s.list.lose(items[len(items)-1], s.Now()) {
			s.follow(before, at)
		}
	}
	if msg.news.Ended {
		return nil
	}
	return s.nodes.listen()
}
