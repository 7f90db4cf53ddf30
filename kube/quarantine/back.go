package quarantine

import (
	"errors"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

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
	p.Effects = append(p.Effects, f.adoption(after)...)
	p.Effects = clean(append(p.Effects, changed(f.Around, f.Pod.Labels, after, f.Pod.Spec.HostNetwork)...))
	p.Command = p.backCommand(f.Context)
	return p
}

// adoption is what becomes of a pod that gets its labels back, if it has left its controller: that adopts it again, and has one pod too many.
func (f *Facts) adoption(after map[string]string) []selectors.Effect {
	if f.Controller != nil {
		return nil
	}
	c := f.Left
	var found []selectors.Effect
	if c != nil && c.Gone {
		return []selectors.Effect{{Warns: true, Text: c.String() + ", which had it, does not exist any more: nothing makes another pod if it goes"}}
	}
	for _, one := range f.Around.Controllers {
		if !one.Selects(after) || !adoptsName(one, f.Pod.Name) {
			continue
		}
		its := c != nil && one.Kind == c.Kind && one.Name == kube.Sanitize(c.Name)
		switch {
		case one.Kind == "StatefulSet":
			found = append(found, selectors.Effect{Text: one.String() + " adopts it again, by its name"})
		case its && c.Read && c.Wanted == 0:
			found = append(found, selectors.Effect{Warns: true, Text: c.Whole() + " wants no pods any more: it adopts it again, and deletes it"})
		case one.Kind == "DaemonSet":
			found = append(found, selectors.Effect{Warns: true, Text: one.String() + " adopts it again, and deletes one of the two that are on its node"})
		default:
			found = append(found, selectors.Effect{Warns: true, Text: one.String() + " adopts it again, and deletes a pod if it has another in its place by now: this one, or that"})
		}
	}
	if len(found) == 0 && c != nil && c.Read && c.Selector != nil && !c.Selector.Matches(labels.Set(after)) {
		found = append(found, selectors.Effect{Warns: true, Text: c.String() + " does not select it any more: it stays without a controller"})
	}
	return found
}
