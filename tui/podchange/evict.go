package podchange

import (
	"context"
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/eviction"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// evicting evicts a pod, so that its controller makes it anew.
type evicting struct{ plan eviction.Plan }

func readEviction(ctx context.Context, c *kube.Cluster, pod *kube.Pod) change {
	return evicting{eviction.Of(eviction.Read(ctx, c, pod))}
}

func (e evicting) choose() (change, bool) { return e, false }

func (e evicting) preview() preview {
	p := preview{
		asks: "Evict pod " + e.plan.Target.Pod + "?", doing: "Evicting pod " + e.plan.Target.Pod, effects: e.plan.Effects, command: e.plan.Command, refusal: e.plan.Refusal, does: "evict",
		facts: []string{fmt.Sprintf("Its containers have %d s to end; then it is deleted.", e.plan.Grace)},
	}
	switch {
	case e.plan.Unknown:
		p.mustType = "Whether anything replaces it is not known"
	case e.plan.Bare:
		p.mustType = "Nothing replaces it"
	}
	return p
}

func (e evicting) carry(ctx context.Context, c *kube.Cluster, typed string, done func(action string)) <-chan progress {
	return translate(ctx, e.plan.Carry(ctx, c, typed, func() { done(journal.Evicted) }), e.progress)
}

func (e evicting) progress(p eviction.Progress) progress {
	if p.Err != nil {
		return progress{failed: kube.Explain(p.Err)}
	}
	now := progress{steps: []step{{is: reached, text: "The cluster has accepted it"}}}
	switch {
	case p.Gone > 0:
		now.steps = append(now.steps, step{is: reached, text: "Pod " + e.plan.Target.Pod + " has gone", took: kit.Lasted(p.Gone)})
	case len(p.Holds) > 0:
		now.steps = append(now.steps, step{is: late, text: "Pod " + e.plan.Target.Pod + " has ended, and is held by " + finalizers(p.Holds)})
	default:
		now.steps = append(now.steps, step{text: "Pod " + e.plan.Target.Pod + " ends"})
	}
	if !e.plan.Bare {
		now.steps = append(now.steps, nextStep(e.plan.Controller, p.Next))
	}
	if p.Next.Ready {
		now.pod = &kube.PodKey{Namespace: e.plan.Target.Namespace, Name: p.Next.Name}
	}
	if p.Trouble != nil {
		now.causes = kube.Explain(p.Trouble)
	}
	return now
}

func finalizers(names []string) string {
	if len(names) == 1 {
		return "finalizer " + names[0]
	}
	return "finalizers " + kube.List(names)
}
