package quarantine

import (
	"errors"
	"maps"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Back plans how a pod in quarantine gets its labels back: those that are still as the quarantine has left them. What somebody has put in their place since
// stays, and is told.
func Back(f Facts) Plan {
	p := planOf(f)
	p.Back = true
	r, err := recordOf(f.Pod)
	switch {
	case f.Denied != nil:
		p.Refusal = f.Denied
	case isUnkept(f.Pod):
		r = p.unkept(&f)
	case errors.Is(err, errNone):
		p.Refusal = &kube.Problem{Message: "pod " + f.Pod.Name + " is in no quarantine"}
	case err != nil:
		p.Refusal = &kube.Problem{
			Message: kube.Sanitize("pod " + f.Pod.Name + " keeps no labels that could be put back: " + err.Error()), Err: err,
			Hint: "put its labels back by hand, and remove annotation " + Annotation + " and label " + Label,
		}
	}
	if p.Refusal != nil {
		return p
	}
	p.record = r
	after := without(f.Pod.Labels, []string{Label})
	for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
		now, there := f.Pod.Labels[key]
		switch {
		case !there:
			p.Keys = append(p.Keys, key)
			after[key] = r.Labels[key]
		case now != r.Labels[key]:
			text := "Label " + key + " is " + now + " by now, and was " + r.Labels[key] + ": somebody has changed it, and it stays"
			p.Effects = append(p.Effects, selectors.Effect{Warns: true, Text: text})
		}
	}
	for _, s := range f.Around.Services {
		if newly(s.Selecting, f.Pod.Labels, after) {
			p.Services = append(p.Services, s.Name)
			text := serviceName(s) + " sends it traffic again as soon as it is ready"
			p.Effects = append(p.Effects, selectors.Effect{Text: text})
		}
	}
	for _, name := range r.Services {
		if !slices.ContainsFunc(f.Around.Services, func(s selectors.Service) bool { return s.Name == kube.Sanitize(name) && s.Selects(after) }) &&
			!slices.Contains(f.Around.Unread, selectors.Services) {
			p.Effects = append(p.Effects, selectors.Effect{Warns: true, Text: "Service " + name + " does not select it any more: it gets no traffic from there"})
		}
	}
	p.Effects = append(p.Effects, p.adoption(&f, after)...)
	p.Effects = clean(append(p.Effects, changed(f.Around, f.Pod.Labels, after, f.Pod.Spec.HostNetwork)...))
	p.Command = p.backCommand(f.Context)
	return p
}
