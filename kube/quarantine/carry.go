package quarantine

import (
	"context"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Progress is how far a plan is. Each value has all that is known by then. Its texts are safe to draw.
type Progress struct {
	Changed bool             // the pod has other labels
	Waits   []string         // the Services whose endpoints have not followed yet, by name
	Unread  bool             // nobody can tell whether they have: EndpointSlices could not be read
	Next    replacement.News // what is made in its place
	Err     error            // why nothing is changed: a [*kube.Problem]
}

// Replaced reports whether the controller makes another pod in the place of this one.
func (p Plan) Replaced() bool {
	c := p.controller
	return p.Leaves && c != nil && c.Kind != "StatefulSet" && (!c.Read || c.Wanted > 0)
}

// Carry carries the plan out ([Plan.Apply]) and follows what comes of it, until the endpoints of the Services have followed, and another pod is ready
// where the controller makes one: then the channel is closed, as it is when ctx ends. What has been sent by then is not taken back: done is called when the
// pod has been changed, whoever listens by then.
func (p Plan) Carry(ctx context.Context, c *kube.Cluster, typed string, done func()) <-chan Progress {
	out := make(chan Progress, 1)
	go func() {
		defer close(out)
		f := &following{plan: p, cluster: c, send: func(now Progress) bool {
			select {
			case out <- now:
				return true
			case <-ctx.Done():
				return false
			}
		}}
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		f.run(ctx, typed, done)
	}()
	return out
}

// following is a plan that is carried out.
type following struct {
	plan    Plan
	cluster *kube.Cluster
	send    func(Progress) bool // false: nobody listens any more
}

func (f *following) run(ctx context.Context, typed string, done func()) {
	next := f.follower(ctx)
	if err := f.plan.Apply(context.WithoutCancel(ctx), f.cluster, typed); err != nil {
		f.send(Progress{Err: err})
		return
	}
	done()
	now := Progress{Changed: true, Waits: slices.Clone(f.plan.Services)}
	if !f.send(now) {
		return
	}
	var news <-chan replacement.News
	if next != nil {
		news = next.Follow(ctx)
	}
	const every = 500 * time.Millisecond
	look := time.NewTicker(every)
	defer look.Stop()
	for len(now.Waits) > 0 && !now.Unread || news != nil {
		select {
		case n, ok := <-news:
			if !ok {
				news = nil
				continue
			}
			now.Next = n
		case <-look.C:
			if !f.look(ctx, &now) {
				continue
			}
		case <-ctx.Done():
			return
		}
		if !f.send(now) {
			return
		}
	}
}

// follower follows what is made in the pod's place; nil: nothing is, or it cannot be told.
func (f *following) follower(ctx context.Context) *replacement.Follower {
	c := f.plan.controller
	if !f.plan.Replaced() || c.UID == "" {
		return nil
	}
	next, err := replacement.Before(ctx, f.cluster, f.plan.Target.Namespace, *c)
	if err != nil { // it goes all the same: who may change a pod need not be allowed to list them
		return nil
	}
	return next
}

// look reads the endpoints of the Services that have not followed yet; it reports whether there is news.
func (f *following) look(ctx context.Context, now *Progress) (news bool) {
	if len(now.Waits) == 0 || now.Unread {
		return false
	}
	var still []string
	for _, service := range now.Waits {
		e := selectors.ReadEndpoints(ctx, f.cluster, f.plan.Target.Namespace, service)
		switch {
		case ctx.Err() != nil:
			return false
		case !e.Known:
			now.Unread = true
			return true
		case e.Has(f.plan.Target.Pod) != f.plan.Back:
			still = append(still, service)
		}
	}
	news = len(still) != len(now.Waits)
	now.Waits = still
	return news
}
