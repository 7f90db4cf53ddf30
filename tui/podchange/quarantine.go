package podchange

import (
	"context"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// outgoing takes a pod out of its Services, or brings it back.
type outgoing struct {
	facts quarantine.Facts
	leave bool // its controller, too
	plan  quarantine.Plan
}

// readQuarantine plans the way out of the Services for a pod, or the way back for one in quarantine.
func readQuarantine(ctx context.Context, c *kube.Cluster, pod *kube.Pod) change {
	facts := quarantine.Read(ctx, c, pod)
	if _, ok := quarantine.Of(pod); ok {
		return outgoing{facts: facts, plan: quarantine.Back(facts)}
	}
	return outgoing{facts: facts, plan: quarantine.Out(facts, false)}
}

func (o outgoing) choose() (change, bool) {
	if o.plan.Choice != quarantine.MayLeave {
		return o, false
	}
	o.leave = !o.leave
	o.plan = quarantine.Out(o.facts, o.leave)
	return o, true
}

func (o outgoing) preview() preview {
	p := preview{effects: o.plan.Effects, command: o.plan.Command, refusal: o.plan.Refusal, does: "take it out"}
	pod := o.plan.Target.Pod
	if o.plan.Back {
		p.does, p.asks, p.doing = "restore", "Restore pod "+pod+"?", "Restoring pod "+pod
		switch {
		case o.plan.Unkept && len(o.plan.Keys) == 0:
			p.does, p.asks, p.doing = "remove its mark", "Remove the mark of a quarantine from pod "+pod+"?", "Removing the mark of a quarantine from pod "+pod
			p.facts = []string{"It loses label " + quarantine.Label + ", and nothing else changes."}
		case o.plan.Unkept:
			p.facts = []string{"It gets " + labels(o.plan.Keys) + ", and loses the mark of a quarantine."}
		case len(o.plan.Keys) > 0:
			p.facts = []string{"It gets back " + labels(o.plan.Keys) + ", with what was there before."}
		}
		return p
	}
	p.asks, p.doing = "Take pod "+pod+" out of "+services(o.plan.Services)+"?", "Taking pod "+pod+" out of "+services(o.plan.Services)
	if len(o.plan.Services) == 0 {
		p.asks, p.doing = "Take pod "+pod+" from its controller? No Service selects it.", "Taking pod "+pod+" from its controller"
	}
	p.facts = []string{"It loses " + labels(o.plan.Keys) + "; an annotation keeps what was there."}
	switch {
	case o.plan.Choice == quarantine.MayLeave && o.leave:
		p.choice = "keep " + o.facts.Controller.String()
	case o.plan.Choice == quarantine.MayLeave:
		p.choice = "leave " + o.facts.Controller.String() + " too"
	case o.plan.Choice == quarantine.MustLeave:
		p.facts = append(p.facts, "Its controller selects it by that, too: it cannot keep one without the other.")
	}
	return p
}

func labels(keys []string) string {
	if len(keys) == 1 {
		return "label " + kube.Sanitize(keys[0])
	}
	return "labels " + kube.Sanitize(kube.List(keys))
}

func services(names []string) string {
	if len(names) == 1 {
		return "Service " + names[0]
	}
	return "Services " + kube.List(names)
}

func (o outgoing) carry(ctx context.Context, c *kube.Cluster, typed string, done func(action string)) <-chan progress {
	action := journal.Quarantined
	if o.plan.Back {
		action = journal.Restored
	}
	return translate(ctx, o.plan.Carry(ctx, c, typed, func() { done(action) }), o.progress)
}

func (o outgoing) progress(p quarantine.Progress) progress {
	if p.Err != nil {
		return progress{failed: kube.Explain(p.Err)}
	}
	now := progress{undo: !o.plan.Back}
	first, waits := "It has lost "+labels(o.plan.Keys), "lets it go"
	if o.plan.Back {
		waits = "sends it traffic"
		first = "Its quarantine is over"
		if len(o.plan.Keys) > 0 {
			first = "It has " + labels(o.plan.Keys) + " again"
		}
	}
	now.steps = append(now.steps, step{is: reached, text: first})
	if p.Ends {
		now.undo = false
		now.steps = append(now.steps, o.ends(p.Gone))
	}
	if p.Ends && o.plan.Back {
		return now
	}
	for _, name := range o.plan.Services {
		s := step{is: reached, text: "Service " + name + " " + waits}
		for _, still := range p.Waits {
			if still == name {
				s.is = awaited
			}
		}
		if p.Unread {
			s = step{is: late, text: "Whether Service " + name + " has followed could not be read"}
		}
		now.steps = append(now.steps, s)
	}
	if len(p.Lost) > 0 || o.plan.Deletes > 0 {
		now.steps = append(now.steps, o.surplusStep(p))
	}
	if o.plan.Replaced() {
		now.steps = append(now.steps, nextStep(o.facts.Controller.String(), p.Next))
	}
	if p.Next.Ready {
		now.pod = &kube.PodKey{Namespace: o.plan.Target.Namespace, Name: p.Next.Name}
	}
	if p.Next.Trouble != nil {
		now.causes = kube.Explain(p.Next.Trouble)
	}
	return now
}

// ends is that the pod is being deleted, or has been.
func (o outgoing) ends(gone bool) step {
	text := "Pod " + o.plan.Target.Pod + " is being deleted"
	if gone {
		text = "Pod " + o.plan.Target.Pod + " has been deleted: it does not exist any more"
	}
	if o.plan.Adopter != "" {
		text += "; " + o.plan.Adopter + " had one too many"
	}
	return step{is: late, text: text}
}

// surplusStep is how far the controller of a pod that is restored is with deleting what it has too many then.
func (o outgoing) surplusStep(p quarantine.Progress) step {
	switch {
	case len(p.Lost) > 0:
		return step{is: reached, text: o.plan.Adopter + " deletes " + pods(p.Lost) + ", and keeps this one"}
	case p.Settled:
		return step{is: late, text: o.plan.Adopter + " has not deleted a pod yet, though it has one too many"}
	}
	return step{text: o.plan.Adopter + " deletes a pod that is too many"}
}

func pods(names []string) string {
	if len(names) == 1 {
		return "pod " + names[0]
	}
	return "pods " + kube.List(names)
}

// nextStep is how far a replacement is.
func nextStep(controller string, n replacement.News) step {
	s := step{text: controller + " makes another pod"}
	switch {
	case n.Ready:
		return step{is: reached, text: "Pod " + n.Name + " is ready in its place", took: kit.Lasted(n.Took)}
	case n.Name != "":
		s.text = "Pod " + n.Name + " comes in its place: " + n.State
	}
	if n.Late {
		s.is = late
		if n.Name == "" {
			s.text = controller + " has not made another pod yet"
		}
	}
	return s
}

// translate makes progress of what a stream brings. The receiver must keep receiving, or end ctx.
func translate[T any](ctx context.Context, from <-chan T, as func(T) progress) <-chan progress {
	to := make(chan progress, 1)
	go func() {
		defer close(to)
		for item := range from {
			select {
			case to <- as(item):
			case <-ctx.Done(): // the stream ends by it, too
			}
		}
	}()
	return to
}
