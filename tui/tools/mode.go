package tools

import (
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Life is how long what is put into a pod for a session may run. The zero value is until its program ends.
type Life struct {
	Leave bool          // it is ended when its person leaves dayfly
	After time.Duration // it is ended so long after its start, with or without dayfly; 0: it is not
}

// Mode is how a session is to be, beside what runs in it.
type Mode struct {
	Life    Life
	OwnPod  time.Duration // how long a pod of the session's own is there at most, when nobody deletes it; 0: for ever
	Private bool          // nothing of it is in the pod's log
	Record  bool
}

// of is the request in this mode.
func (m Mode) of(r debug.Request) debug.Request {
	r.StdinOnce, r.EndsAfter, r.Private = m.Life.Leave, m.Life.After, m.Private
	if r.Way.OwnPod() {
		r.StdinOnce, r.EndsAfter = false, m.OwnPod
	}
	return r
}

// words say in one line what it makes of a plan; keeps: what that leaves cannot be taken away.
func (m Mode) words(plan debug.Plan, keeps bool) string {
	text := m.Life.words()
	switch {
	case plan.CleansUp():
		text = ownPodWords(plan, keeps)
	case m.Life != (Life{}):
	case m.Private: // what it runs sleeps
		text = "stays until it is ended"
	}
	if m.Private {
		text += " · private"
	}
	if m.Record {
		text += " · recorded"
	}
	return text
}

// ownPodWords say when a pod of the session's own goes.
func ownPodWords(plan debug.Plan, keeps bool) string {
	span := debug.Span(plan.Request.EndsAfter)
	switch until := plan.Request.EndsAfter > 0; {
	case keeps && until && !plan.Request.Own.NoTimer:
		return "the cluster deletes it after " + span + "; you may not"
	case keeps:
		return "stays: you may not delete it"
	case !until:
		return "dayfly deletes it on exit"
	case plan.Request.Own.NoTimer:
		return "dayfly deletes it on exit; it ends after " + span
	}
	return "dayfly deletes it on exit, the cluster after " + span
}

func (l Life) words() string {
	switch {
	case l.Leave:
		return "dayfly ends it on exit"
	case l.After > 0:
		return "ends " + debug.Span(l.After) + " after its start, with or without you"
	}
	return "stays until its program ends"
}

// next is the life time that is offered after this one. What the configuration says is among them.
func (l Life) next(usual Life) Life {
	all := []Life{{}, {Leave: true}, {After: time.Hour}, {After: 8 * time.Hour}}
	if !slices.Contains(all, usual) {
		all = append(all, usual)
	}
	return next(all, l)
}

// nextOwnPod is the life time of a pod of the session's own that is offered after this one.
func nextOwnPod(now, usual time.Duration) time.Duration {
	all := []time.Duration{debug.CopyLife, 8 * time.Hour, 24 * time.Hour, 0, 15 * time.Minute}
	if !slices.Contains(all, usual) {
		all = append(all, usual)
	}
	return next(all, now)
}

// next is the value after v in a ring.
func next[T comparable](ring []T, v T) T {
	for i := range ring {
		if ring[i] == v {
			return ring[(i+1)%len(ring)]
		}
	}
	return ring[0]
}
