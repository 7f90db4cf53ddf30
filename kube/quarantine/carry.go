package quarantine

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

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
	Ends    bool             // the pod is being deleted
	Gone    bool             // it does not exist any more
	Lost    []string         // the other pods of the controller that is being restored to which that deletes, by name
	Settled bool             // a controller has had the time to delete what it has too many
	Err     error            // why nothing is changed: a [*kube.Problem]
}

// Replaced reports whether the controller makes another pod in the place of this one.
func (p Plan) Replaced() bool {
	c := p.controller
	return p.Leaves && c != nil && c.Kind != "StatefulSet" && (!c.Read || c.Wanted > 0)
}

// Carry carries the plan out ([Plan.Apply]) and follows what comes of it, until the endpoints of the Services have followed, and another pod is ready
// where the controller makes one, or one that is too many is being deleted, or the pod has gone: then the channel is closed, as it is when ctx ends. What has been sent by then is not taken back: done is called when the
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
	if f.send(now) {
		f.follow(ctx, now, next)
	}
}

// settling is for how long a controller may take to delete a pod that it has too many: it does so within a second, if it is not very busy.
const settling = 10 * time.Second

// follow sends what comes of the change until nothing more is to be expected.
func (f *following) follow(ctx context.Context, now Progress, next *replacement.Follower) {
	var news <-chan replacement.News
	var lost <-chan []string
	var settled <-chan time.Time
	if next != nil && f.plan.Back {
		lost = next.FollowLosses(ctx)
	} else if next != nil {
		news = next.Follow(ctx)
	}
	if f.plan.Adopter != "" {
		settled = time.After(settling)
	}
	pods := f.cluster.WatchPod(ctx, f.plan.Target.Namespace, f.plan.Target.Pod)
	const every = 500 * time.Millisecond
	look := time.NewTicker(every)
	defer look.Stop()
	for !now.Gone && (news != nil || settled != nil || f.expects(&now, lost != nil)) {
		changed := true
		select {
		case n, ok := <-news:
			if !ok {
				news = nil
				continue
			}
			now.Next = n
		case now.Lost = <-lost:
		case <-settled:
			now.Settled, settled = true, nil
		case n := <-pods:
			changed = f.take(&now, n)
		case <-look.C:
			changed = f.look(ctx, &now)
		case <-ctx.Done():
			return
		}
		if changed && !f.send(now) {
			return
		}
	}
}

// expects reports whether endpoints have not followed yet, or pods are to be deleted; losses are whether it would be heard that they are.
func (f *following) expects(now *Progress, losses bool) bool {
	gone := len(now.Lost)
	if now.Ends {
		gone++
	}
	return len(now.Waits) > 0 && !now.Unread || now.Ends || losses && gone < f.plan.Deletes
}

// take applies news of the pod; it reports whether that is told. Another pod of its name is not it.
func (f *following) take(now *Progress, n kube.PodNews) (told bool) {
	before := *now
	switch {
	case n.Gone, n.Pod != nil && n.Pod.Object().UID != types.UID(f.plan.UID):
		now.Ends, now.Gone = true, true
	case n.Pod != nil && n.Trouble == nil:
		now.Ends = n.Pod.Deleting
	}
	return now.Ends != before.Ends || now.Gone != before.Gone
}

// follower follows what a controller makes in the pod's place, or deletes when it has that again; nil: nothing is, or it cannot be told.
func (f *following) follower(ctx context.Context) *replacement.Follower {
	c := f.plan.controller
	if f.plan.Back {
		c = f.plan.adopter
	} else if !f.plan.Replaced() {
		return nil
	}
	if c == nil || c.UID == "" {
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
