package eviction

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
)

// Progress is how far an eviction is. Each value has all that is known by then. Its texts are safe to draw.
type Progress struct {
	Evicted bool             // the API server has accepted it
	Gone    time.Duration    // after which the pod had gone; 0: it has not yet
	Holds   []string         // the finalizers that hold the pod, when nothing of it runs any more
	Next    replacement.News // what is made in its place
	Err     error            // why it is not evicted: a [*kube.Problem]
	Trouble error            // why there is no news at the moment
}

// Carry evicts the pod and follows it until it has gone, and another is ready in its place where one is made: then the channel is closed, as it is when ctx
// ends. Done is called when the API server has accepted it, whoever listens by then. Typed is the pod's name as a person has typed it, where [Plan.Bare] or [kube.Guard.Protected] asks for it.
func (p Plan) Carry(ctx context.Context, c *kube.Cluster, typed string, done func()) <-chan Progress {
	out := make(chan Progress, 1)
	go func() {
		defer close(out)
		send := func(now Progress) bool {
			select {
			case out <- now:
				return true
			case <-ctx.Done():
				return false
			}
		}
		if err := p.check(c, typed); err != nil {
			send(Progress{Err: err})
			return
		}
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		next := p.follower(ctx, c)
		began := c.Now()
		if err := evict(context.WithoutCancel(ctx), c, p.pod, false); err != nil {
			send(Progress{Err: advise(explain(ctx, c, p.Target, err), p.pod, p.budgets)})
			return
		}
		done()
		now := Progress{Evicted: true}
		if send(now) {
			p.follow(ctx, c, now, began, next, send)
		}
	}()
	return out
}

// check is why a plan is not carried out; nil: it is.
func (p Plan) check(c *kube.Cluster, typed string) error {
	switch closed, untyped := c.Guard().Closed(), c.Guard().CheckTyped(p.Target, typed); {
	case closed != nil:
		return closed
	case untyped != nil:
		return untyped
	case p.Refusal != nil:
		return p.Refusal
	case p.Bare && typed != p.Target.Pod:
		why := "nothing makes another in its place"
		if p.Unknown {
			why = "whether another comes in its place is not known"
		}
		return &kube.Problem{Message: "the name of pod " + p.Target.Pod + " has not been typed: " + why, Help: []kube.Help{kube.ConfirmPod}}
	}
	return nil
}

// follower follows what is made in the pod's place; nil: nothing is, or it cannot be told.
func (p Plan) follower(ctx context.Context, c *kube.Cluster) *replacement.Follower {
	if p.Bare || p.controller == nil || p.controller.UID == "" {
		return nil
	}
	f, err := replacement.Before(ctx, c, p.Target.Namespace, *p.controller)
	if err != nil { // it is evicted all the same: who may evict need not be allowed to list
		return nil
	}
	return f
}

func (p Plan) follow(ctx context.Context, c *kube.Cluster, now Progress, began time.Time, next *replacement.Follower, send func(Progress) bool) {
	pods := c.WatchPod(ctx, p.Target.Namespace, p.Target.Pod)
	var news <-chan replacement.News
	if next != nil {
		news = next.Follow(ctx)
	}
	for pods != nil || news != nil {
		select {
		case n, ok := <-pods:
			if !ok {
				return // ctx has ended
			}
			if p.take(&now, n, c.Now().Sub(began)) {
				pods = nil
			}
		case n, ok := <-news:
			if !ok {
				news = nil
				continue
			}
			if now.Trouble = n.Trouble; n.Trouble == nil {
				now.Next = n
			}
		}
		if !send(now) {
			return
		}
	}
}

// take applies news of the pod; it reports whether that has gone. Another pod of its name, as of a StatefulSet, is not it.
func (p Plan) take(now *Progress, n kube.PodNews, after time.Duration) (gone bool) {
	switch {
	case n.Trouble != nil:
		now.Trouble = n.Trouble
		return false
	case n.Gone || n.Pod.Object().UID != types.UID(p.UID):
		now.Gone, now.Holds, now.Trouble = max(after, time.Millisecond), nil, nil
		return true
	}
	now.Trouble, now.Holds = nil, nil
	runs := slices.ContainsFunc(n.Pod.Containers, func(c kube.Container) bool { return c.Running })
	if n.Pod.Deleting && !runs {
		for _, f := range n.Pod.Object().Finalizers {
			now.Holds = append(now.Holds, kube.Sanitize(f))
		}
	}
	return false
}
