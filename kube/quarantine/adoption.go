package quarantine

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/replacement"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// adoption is what becomes of a pod that gets its labels back, if it has left its controller: that adopts it again, and may have one pod too many.
func (p *Plan) adoption(f *Facts, after map[string]string) []selectors.Effect {
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
		if one.Kind == "StatefulSet" {
			found = append(found, selectors.Effect{Text: one.String() + " adopts it again, by its name"})
			continue
		}
		p.Adopter = one.String()
		if c != nil && one.Kind == c.Kind && one.Name == kube.Sanitize(c.Name) && c.Read {
			p.adopter = c
			found = append(found, p.surplus(f)...)
			continue
		}
		found = append(found, mayDelete(one.Kind, one.String()))
	}
	if len(found) == 0 && c != nil && c.Read && c.Selector != nil && !c.Selector.Matches(labels.Set(after)) {
		found = append(found, selectors.Effect{Warns: true, Text: c.String() + " does not select it any more: it stays without a controller"})
	}
	return found
}

// mayDelete is what a controller of a kind does with a pod that it adopts when its other pods are not known.
func mayDelete(kind, name string) selectors.Effect {
	if kind == "DaemonSet" {
		return selectors.Effect{Warns: true, Text: name + " adopts it again, and deletes one of the two that are on its node"}
	}
	return selectors.Effect{Warns: true, Text: name + " adopts it again, and deletes a pod if it has another in its place by now: this one, or that"}
}

// surplus is which pods the controller that adopts the pod deletes, for it has too many then.
func (p *Plan) surplus(f *Facts) []selectors.Effect {
	c := f.Left
	if c.Wanted == 0 {
		p.Goes, p.Deletes = true, 1
		return []selectors.Effect{{Warns: true, Text: c.Whole() + " wants no pods any more: it adopts it again, and deletes it"}}
	}
	if !f.Counted || c.Kind == "Job" {
		return []selectors.Effect{mayDelete(c.Kind, c.String())}
	}
	pods := append(slices.Clone(f.Siblings), *f.Pod)
	goes := replacement.SurplusOf(pods, c.Wanted, f.Now)
	if c.Kind == "DaemonSet" {
		goes = replacement.YoungestOf(slices.DeleteFunc(pods, func(other corev1.Pod) bool { return other.Spec.NodeName != f.Pod.Spec.NodeName }))
	}
	if p.Deletes = len(goes); p.Deletes == 0 {
		return []selectors.Effect{{Text: c.String() + " adopts it again: it lacks a pod, so that none is deleted"}}
	}
	many := "one pod"
	if p.Deletes > 1 {
		many = fmt.Sprint(p.Deletes, " pods")
	}
	text := c.String() + " adopts it again, and has " + many + " too many: "
	if i := slices.IndexFunc(goes, func(g replacement.Surplus) bool { return g.UID == f.Pod.UID }); i >= 0 {
		p.Goes = true
		return []selectors.Effect{{Warns: true, Text: text + goes[i].Says("this one")}, {Text: keeping(f)}}
	}
	return []selectors.Effect{{Text: text + goes[0].Says(goes[0].Name)}}
}

// keeping is how a pod is not deleted.
func keeping(f *Facts) string {
	c := f.Left
	until := ""
	if !replacement.Ready(f.Pod) {
		until = " until it is ready"
	}
	text := "To keep it, leave it in quarantine" + until
	if c.Kind == "DaemonSet" {
		return text
	}
	scaled := c.Of
	if scaled == "" {
		scaled = c.String()
	}
	return text + ", or scale " + scaled + " up by one first"
}
