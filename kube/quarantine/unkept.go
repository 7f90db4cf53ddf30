package quarantine

import (
	"maps"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// unkept is what a pod gets back that has the label of a quarantine, and no annotation: the labels that its controller gives its pods, and it lacks.
func (p *Plan) unkept(f *Facts) Record {
	p.Unkept = true
	c := f.Controller
	if c == nil {
		c = f.Left
	}
	lacks, known := f.missing(c)
	if !known {
		f.Left = nil // it has not made this pod, or cannot be asked
	}
	text := "No annotation keeps the labels that it had, and no controller tells them: put back by hand those that its Services need"
	switch {
	case len(lacks) > 0:
		text = "No annotation keeps the labels that it had: it gets those that " + c.String() + " gives its pods"
	case known:
		text = "No annotation keeps the labels that it had; it has all that " + c.String() + " gives its pods"
	}
	p.Effects = append(p.Effects, selectors.Effect{Warns: true, Text: text})
	return Record{Labels: lacks}
}

// missing are the labels that a controller gives its pods, and this one lacks; not known: it is not one of its pods, or the controller cannot be read.
func (f *Facts) missing(c *selectors.Controller) (lacks map[string]string, known bool) {
	if c == nil || !c.Read || c.Selector == nil {
		return nil, false
	}
	lacks = map[string]string{}
	whole := labels.Set{}
	for key, value := range c.Template {
		whole[key] = value
		if _, there := f.Pod.Labels[key]; !there {
			lacks[key] = value
		}
	}
	maps.Copy(whole, f.Pod.Labels)
	if !c.Selector.Matches(whole) {
		return nil, false
	}
	return lacks, true
}
