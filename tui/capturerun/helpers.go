package capturerun

import (
	"context"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// shared is a helper in which one item is captured, or all of a node.
type shared struct {
	begin   sync.Once
	helper  *helper.Helper // nil: it was not begun
	problem *kube.Problem  // why it does not run
}

// key is by what the helper of an item is known: by its node, where it serves all there.
func key(item *batch.Item) string {
	if item.Shares() {
		return "node/" + item.OnNode
	}
	return item.Name()
}

func newHelpers(items []batch.Item) map[string]*shared {
	all := map[string]*shared{}
	for i := range items {
		if !items[i].Joins && all[key(&items[i])] == nil {
			all[key(&items[i])] = &shared{}
		}
	}
	return all
}

func (h *shared) start(ctx context.Context, l *Live, i int) {
	item := &l.o.Items[i]
	job := runner.Job{Cluster: l.o.Cluster, Plan: item.Plan, About: l.o.About}
	if l.o.Confirmed {
		job.Confirmed = item.Plan.Target.Name()
	}
	var err error
	h.helper, err = helper.Start(ctx, l.o.Runner, job, func() { l.capture.Accepted(i) })
	if err != nil {
		h.problem = kube.Explain(err)
	}
	if ctx.Err() != nil {
		h.problem = &kube.Problem{Message: "the capture was over before it had started"}
	}
}
