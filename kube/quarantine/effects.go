package quarantine

import (
	"fmt"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// effects are what it means that the pod goes: to its Services, its controller, and whoever else looks at its labels.
func (o *outing) effects(leaves bool) []selectors.Effect {
	var found []selectors.Effect
	for _, s := range o.services {
		found = append(found, o.serviceEffect(s))
	}
	found = append(found, o.controllerEffects(leaves)...)
	found = append(found, changed(o.facts.Around, o.before, o.after, o.facts.Pod.Spec.HostNetwork)...)
	for _, s := range o.facts.Around.Services {
		if s.Selector == nil {
			found = append(found, selectors.Effect{Warns: true, Text: s.String() + " has a selector that could not be understood: it may still send traffic"})
		}
	}
	if kinds := slices.DeleteFunc(o.facts.Around.Unknown(), func(kind string) bool { return kind == selectors.Services }); len(kinds) > 0 {
		found = append(found, selectors.Effect{Warns: true, Text: kube.List(kinds) + " could not all be read: what this changes for them is not known"})
	}
	if len(o.services) > 0 {
		found = append(found, selectors.Effect{Text: "Connections that are open stay open, and whoever knows its IP still reaches it"})
	}
	return clean(found)
}

func (o *outing) serviceEffect(s selectors.Service) selectors.Effect {
	e := o.facts.Endpoints[s.Name]
	name, others := serviceName(s), e.Besides(o.facts.Pod.Name)
	switch {
	case !e.Known:
		return selectors.Effect{Warns: true, Text: name + " lets it go; its EndpointSlices could not be read: whether other pods serve is not known"}
	case others == 0 && e.Has(o.facts.Pod.Name):
		return selectors.Effect{Warns: true, Text: name + " lets it go, and it is the last that serves: requests fail until another pod is ready"}
	case others == 0:
		return selectors.Effect{Warns: true, Text: name + " lets it go; it is not ready, and no other pod serves either"}
	case !e.Has(o.facts.Pod.Name):
		return selectors.Effect{Text: name + " lets it go; it gets no traffic now, for it is not ready; " + serve(others)}
	}
	return selectors.Effect{Text: name + " lets it go; " + serve(others)}
}

func serve(others int) string {
	if others == 1 {
		return "1 other pod serves"
	}
	return fmt.Sprintf("%d other pods serve", others)
}

func (o *outing) controllerEffects(leaves bool) []selectors.Effect {
	c, name := o.facts.Controller, o.facts.Pod.Name
	switch {
	case c == nil:
		return append([]selectors.Effect{{Text: "It has no controller: nothing makes another pod in its place"}}, o.adopters()...)
	case c.Foreign:
		return []selectors.Effect{{Warns: true, Text: c.String() + " is its controller: what that does with a pod whose labels change is not known"}}
	case c.Gone:
		return []selectors.Effect{{Warns: true, Text: c.String() + " is its controller, and does not exist any more"}}
	case o.adopts == nil:
		return []selectors.Effect{{Warns: true, Text: "How " + c.String() + " selects its pods could not be read: it may let the pod go, and make another"}}
	case !leaves:
		return []selectors.Effect{{Text: c.Whole() + " keeps it, and makes no other pod: one fewer serves"}}
	}
	lets := c.Whole() + " lets it go"
	var e selectors.Effect
	switch c.Kind {
	case "StatefulSet":
		e = selectors.Effect{Warns: true, Text: lets + ", and cannot make another while there is a pod named " + name}
	case "DaemonSet":
		e = selectors.Effect{Text: lets + ", and makes another on node " + o.facts.Pod.Spec.NodeName + "; a host port that both need stays this one's"}
	case "Job":
		e = selectors.Effect{Warns: true, Text: lets + ", and starts another pod: the work may be done twice"}
	default:
		e = selectors.Effect{Text: lets + ", and makes another pod in its place"}
		if c.Read && c.Wanted == 0 {
			e = selectors.Effect{Text: lets + ", and makes no other: it wants none"}
		}
	}
	return append([]selectors.Effect{e}, o.adopters()...)
}

// adopters are the controllers that would adopt the pod when it has none.
func (o *outing) adopters() []selectors.Effect {
	var found []selectors.Effect
	for _, c := range o.facts.Around.Controllers {
		if newly(c, o.before, o.after) && adoptsName(c, o.facts.Pod.Name) {
			found = append(found, selectors.Effect{Warns: true, Text: c.String() + " would adopt it, for it selects pods without the label, and may delete it as one too many"})
		}
	}
	return found
}
