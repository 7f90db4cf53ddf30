package podcopy

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// checkControllers finds what would adopt the copy: whatever has no controller and the labels of its pods.
func checkControllers(s *subject) []Finding {
	var found []Finding
	for _, one := range s.around.Controllers {
		if !one.Selects(s.made.Labels) {
			continue
		}
		f := Finding{Severity: Warning, Remedies: s.release(one.Selector)}
		switch one.Kind {
		case "StatefulSet": // looks at names, too: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/statefulset/stateful_set.go#L320
			f.Severity = Info
			f.Text = one.String() + " selects the copy's labels, but adopts it only under a name like " + one.Name + "-0"
		case "DaemonSet":
			f.Text = one.String() + " would adopt the copy, for it selects its labels, and delete it as one pod too many on its node"
		default:
			f.Text = one.String() + " would adopt the copy, for it selects its labels, and delete it or one of its own pods as one too many"
		}
		found = append(found, f)
	}
	return found
}

// checkServices finds what would send traffic to the copy.
func checkServices(s *subject) []Finding {
	if len(s.made.Labels) == 0 {
		return []Finding{{Severity: Info, Text: "no Service sends the copy traffic: it has no labels"}}
	}
	var found []Finding
	for _, one := range s.around.Services {
		if !one.Selects(s.made.Labels) {
			continue
		}
		text := one.String()
		if len(one.Ports) > 0 {
			text += " (" + counted("port", one.Ports) + ")"
		}
		text += " sends the copy traffic "
		switch {
		case one.NotReady:
			text += "at once, ready or not"
		case s.losesReadiness():
			text += "as soon as it is ready: without its readiness probe, as soon as it runs"
		default:
			text += "as soon as it is ready"
		}
		found = append(found, Finding{Severity: Warning, Text: text, Remedies: s.release(one.Selector)})
	}
	return found
}

// losesReadiness reports whether the copy leaves out a probe that tells when the pod is ready.
func (s *subject) losesReadiness() bool {
	return !s.choices.Readiness && slices.ContainsFunc(s.original.Spec.Containers, func(c corev1.Container) bool { return c.ReadinessProbe != nil })
}

// checkBudgets finds what would count the copy among the pods that are to stay available.
func checkBudgets(s *subject) []Finding {
	var found []Finding
	for _, one := range s.around.DisruptionBudgets {
		if one.Selects(s.made.Labels) {
			text := one.String() + " counts the copy as an available pod once it is ready: one pod more may be evicted"
			found = append(found, Finding{Severity: Info, Text: text, Remedies: s.release(one.Selector)})
		}
	}
	return found
}
