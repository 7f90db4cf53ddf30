package batch

import (
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// Work is a batch that was begun. It goes on when no screen shows it.
type Work struct {
	About
	Live *batchrun.Live
}

// Words are how a batch is, in a few words: for whoever does not look at it.
func (w *Work) Words() string {
	now := w.Live.Look()
	if now.Over {
		return batchreport.Summary(now.Finished())
	}
	return batchreport.Progress(now.Progress)
}
