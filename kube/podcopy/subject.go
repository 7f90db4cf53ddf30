package podcopy

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// subject is the copy that is judged.
type subject struct {
	original *corev1.Pod
	active   bool // the original is on a node and has not ended
	running  bool // and it stays: it holds its claims
	choices  Choices
	around   Environment
	made     *corev1.Pod
	place    place
	needed   map[string][]string // who needs the original's labels
}

// release are the remedies against a selector that selects the copy: leave out one label that it needs, or all of them.
func (s *subject) release(selector labels.Selector) []Remedy {
	keys := selectors.Needs(selector)
	if len(keys) == 0 { // it selects pods without labels as well
		return nil
	}
	first := slices.MinFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.weight(a), s.weight(b)), cmp.Compare(a, b))
	})
	remedies := []Remedy{s.leaveOut(first)}
	if len(keys) > 1 {
		remedies = append(remedies, s.leaveOut(keys...))
	}
	return remedies
}

// weight is how much is lost with a label. Least with those that controllers tell their own pods by; most with those that NetworkPolicies need.
func (s *subject) weight(key string) int {
	switch key {
	case "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
		"batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "statefulset.kubernetes.io/pod-name":
		return -1
	}
	policies := 0
	for _, who := range s.needed[key] {
		if strings.HasPrefix(who, "NetworkPolicy ") {
			policies++
		}
	}
	return policies
}

// leaveOut is the remedy that keeps all labels that are kept but these.
func (s *subject) leaveOut(keys ...string) Remedy {
	return Remedy{Words: "leave out " + counted("label", keys), Apply: func(c Choices) Choices {
		c.Labels = slices.DeleteFunc(c.kept(s.original), func(key string) bool { return slices.Contains(keys, key) })
		return c
	}}
}

// keep is the remedy that keeps these labels, too.
func (s *subject) keep(keys []string) Remedy {
	return Remedy{Words: "keep " + counted("label", keys), Apply: func(c Choices) Choices {
		c.Labels = slices.Concat(c.kept(s.original), keys)
		slices.Sort(c.Labels)
		c.Labels = slices.Compact(c.Labels)
		return c
	}}
}

// disturbed are the Services and controllers that select the copy if it keeps these labels too, and do not select it as it is.
func (s *subject) disturbed(keys []string) []string {
	with := s.keep(keys).Apply(s.choices).labels(s.original)
	var who []string
	add := func(one selectors.Selecting) {
		if one.Selects(with) && !one.Selects(s.made.Labels) {
			who = append(who, one.String())
		}
	}
	for _, one := range s.around.Services {
		add(one.Selecting)
	}
	for _, one := range s.around.Controllers {
		if one.Kind != "StatefulSet" { // which adopts by name, too
			add(one)
		}
	}
	return who
}
