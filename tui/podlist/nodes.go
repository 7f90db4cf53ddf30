package podlist

import (
	"context"

	tea "charm.land/bubbletea/v2"

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
