package batch

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// way is how the command gets into each.
type way int

const (
	inPod way = iota
	byExec
	inCopy
	fromNode
	ways
)

// debugWay is the way of plans.
func (w way) debugWay() debug.Way {
	switch w {
	case inCopy:
		return debug.Copy
	case fromNode:
		return debug.Join
	case inPod, byExec, ways:
	}
	return debug.InPod
}

// limit is how many run at a time.
type limit struct{ max, perNode int }

func limits() []limit { return []limit{{batchrun.UsualMax, batchrun.UsualPerNode}, {50, 10}, {1, 1}} }

func timeouts() []time.Duration {
	return []time.Duration{2 * time.Minute, 10 * time.Minute, 0, 30 * time.Second}
}
