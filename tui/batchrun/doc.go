// Package batchrun carries a batch out: one command in many pods or on many nodes at a time, within limits, and brings what each has printed and how it
// has ended. It is the engine under dayfly run for many, and knows neither of a screen nor of a command line.
//
//	results := batchrun.Run(ctx, stop, batchrun.Options{Cluster: c, Runner: r, Items: b.Runs(), Max: 10, PerNode: 2})
//
// Closing stop begins no new ones; ending ctx leaves those that run. Sessions are package runner's, which also writes the journal.
package batchrun

import (
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Limits that do not hurt a cluster, and how much of each output is kept, in bytes.
const (
	UsualMax     = 10
	UsualPerNode = 2
	UsualKeep    = 1 << 20
	UsualKeepAll = 64 << 20 // of all outputs together
)

// mostUnstarted is how many may fail to start, before one has run, until no more are begun: the image or the command is wrong then, and each would be
// changed for nothing.
const mostUnstarted = 10

// ErrLate is the cause of a member that has not ended in time.
var ErrLate = errors.New("timed out")

// Options are what is carried out, and how.
type Options struct {
	ID      string // by which the journal knows the batch ([batch.NewID]); empty: by none
	Cluster *kube.Cluster
	Runner  *runner.Runner
	Items   []batch.Item // those that run
	Command []string     // is executed where an item has no plan
	About   runner.About
	// Confirmed tells that a person has confirmed how many pods it is about, where the context is protected.
	Confirmed bool

	Max, PerNode int           // how many run at a time, in all and on each node; 0: the usual
	StopShare    float64       // no more are begun when a larger share of all has failed; 0: that stops nothing
	Timeout      time.Duration // for each; 0: for ever
	Keep         int           // bytes of each output; 0: the usual
	KeepAll      int64         // bytes of all outputs together, but for the first lines of each; 0: the usual

	Now func() time.Time // the clock; nil: the real one

	// Output takes what the item with a number prints, as it comes. It is called by one goroutine at a time, and may be nil.
	Output func(item int, p []byte)
	// Begun is told of each item that begins, in the same way.
	Begun func(item int, now Progress)
	// Away is told once why the API server does not answer: those that are about to begin wait for it. In the same way.
	Away func(why *kube.Problem)
	// Ended takes each result as it comes, in the same way.
	Ended func(item int, r Result, now Progress)
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// Progress is how far a batch has come.
type Progress struct {
	All, Done, Failed, Running int
	Left                       time.Duration // until all are done, by those that are; 0: not known
	Stopped                    string        // why no more are begun by themselves; empty: they are, or a person has stopped it
}
