// Package launch carries plans out and follows them until the debug container runs.
package launch

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// Step is how far a plan has come.
type Step int

// The steps, in their order.
const (
	Asked    Step = iota // the request is on its way
	Accepted             // the API server has it
	Pulling              // the node fetches the image
	Pulled               // …
	Created              // the container exists
	Started              // it runs: attach
	Ended                // it ran and has ended already: there is only its log to read
	Failed               // it will not start by waiting
)

// Progress is news of a plan that is being carried out.
type Progress struct {
	Step  Step
	Words string     // the kubelet's own sentence on it; may be empty
	Exit  *kube.Exit // with Ended
	// ImageID is what the node runs, with Started and Ended, as [kube.Container] has it.
	ImageID string
	Err     error // with Failed: a [*kube.Problem]
	// Cause is why nothing starts in the pod at all, with the step reached so far: the container starts when it has gone. A value without
	// it, and without Trouble, tells that it has.
	Cause *kube.Problem
	// Leftovers are those of the plan that can be taken away: with Accepted what is there now, with its UIDs; with Failed, without them, what
	// may be there or come, because the cluster's answer is lost.
	Leftovers []leftovers.Leftover
	// Trouble is why there is no news at the moment, with the step reached so far; the next value without it is good again.
	Trouble error
}

// CarryOut does what the plan says and follows it until the container runs, has ended, or will not start by waiting:
// that is the last value before the channel is closed. Ending ctx ends the following, not the container; when it ends before the cluster has
// answered, the last value tells whether there is one: Accepted, or Failed.
func CarryOut(ctx context.Context, c *kube.Cluster, p debug.Plan) <-chan Progress {
	f := &follower{cluster: c, plan: p, progress: make(chan Progress, 8)}
	go func() {
		defer close(f.progress)
		f.run(ctx)
	}()
	return f.progress
}
