package quarantine

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Out plans how a pod goes out of its Services; with leave it leaves its controller, too.
func Out(f Facts, leave bool) Plan {
	p := planOf(f)
	if p.Refusal = refusal(f); p.Refusal != nil {
		return p
	}
	out := outing{facts: f, before: f.Pod.Labels, adopts: f.ownSelector()}
	for _, s := range f.Around.Services {
		if s.Selects(f.Pod.Labels) {
			out.services = append(out.services, s)
		}
	}
	p.Choice = out.choice()
	leave = leave || p.Choice == MustLeave || len(out.services) == 0 && out.adopts != nil
	p.Keys = out.keys(leave)
	if len(p.Keys) == 0 {
		p.Refusal = &kube.Problem{Message: "no Service selects pod " + f.Pod.Name + ", and it has no controller that selects it: there is nothing to take it out of"}
		return p
	}
	out.after = without(f.Pod.Labels, p.Keys)
	p.Leaves = out.adopts != nil && !out.adopts.Matches(labels.Set(out.after))
	p.record = Record{Labels: map[string]string{}, By: f.By}
	for _, key := range p.Keys {
		p.record.Labels[key] = f.Pod.Labels[key]
	}
	for _, s := range out.services {
		p.Services = append(p.Services, s.Name)
	}
	p.record.Services = p.Services
	if p.Leaves {
		p.record.Controller = &Named{f.Controller.Kind, f.Controller.Name}
	}
	p.Effects = out.effects(p.Leaves)
	p.Command = p.outCommand(f.Context)
	return p
}

func planOf(f Facts) Plan {
	return Plan{Target: kube.Target{Namespace: f.Pod.Namespace, Pod: f.Pod.Name}, UID: string(f.Pod.UID), pod: f.Pod, controller: f.Controller}
}

// refusal is why a pod cannot be taken out of anything.
func refusal(f Facts) *kube.Problem {
	name := "pod " + f.Pod.Name
	_, err := recordOf(f.Pod)
	_, marked := f.Pod.Labels[Label]
	switch {
	case f.Denied != nil:
		return f.Denied
	case f.Static:
		return &kube.Problem{Message: name + " is static: its labels come from a file on its node", Hint: "change them in that file"}
	case f.Pod.DeletionTimestamp != nil:
		return &kube.Problem{Message: name + " is being deleted: its Services have let it go already", Help: []kube.Help{kube.ListPods}}
	case f.Pod.Status.Phase == corev1.PodSucceeded, f.Pod.Status.Phase == corev1.PodFailed:
		return &kube.Problem{Message: name + " has ended: no Service sends it traffic"}
	case err != errNone, marked: //nolint:errorlint // it is returned as it is
		return &kube.Problem{Message: name + " is in quarantine already", Hint: "read it again to restore it", Help: []kube.Help{kube.Retry}}
	case slices.Contains(f.Around.Unread, selectors.Services), slices.Contains(f.Around.Incomplete, selectors.Services):
		return &kube.Problem{
			Message: "the Services of namespace " + f.Pod.Namespace + " could not all be read: which labels they select is not known",
			Hint:    "ask for the right to list services there", Help: []kube.Help{kube.Retry},
		}
	}
	return nil
}

// ownSelector is how the pod's controller selects it; nil: it has none, or that is not known.
func (f *Facts) ownSelector() labels.Selector {
	c := f.Controller
	if c == nil || c.Foreign || c.Gone {
		return nil
	}
	s := c.Selector
	for _, one := range f.Around.Controllers {
		if s == nil && one.Kind == c.Kind && one.Name == kube.Sanitize(c.Name) {
			s = one.Selector
		}
	}
	if s == nil || !s.Matches(labels.Set(f.Pod.Labels)) {
		return nil
	}
	return s
}
