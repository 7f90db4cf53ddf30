package debug

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Check draws the findings about a plan from facts, the worst first. It is pure: the same plan and facts have the same findings.
func Check(p Plan, f Facts) []Finding {
	if f.Pod == nil || f.Pod.Object() == nil {
		f.Pod = kube.NewPod(&corev1.Pod{}) // of which nothing is known
		f.Pod.Refusal = nil
	}
	var found []Finding
	if p.Change != nil {
		found, f = p.Change.Check(f), p.Change.Known(f)
	}
	checks := []func(Plan, Facts) []Finding{
		checkPod, checkStart, checkTarget, checkNode, checkPlatform, checkNonRoot, checkCapabilities, checkSight,
		checkEarlier, checkMemory, checkSharedProcesses, checkHostNamespaces, checkUserNamespace,
	}
	if p.Request.Way.FromNode() { // what it sees, its notes say
		checks = []func(Plan, Facts) []Finding{checkNode, checkPlatform, checkNonRoot, checkCapabilities}
	}
	if p.Inside() { // what it sees and may is what the target does
		checks = []func(Plan, Facts) []Finding{checkPlatform, checkHostNamespaces, checkUserNamespace}
	}
	for _, check := range checks {
		found = append(found, check(p, f)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return found
}

// checkPod finds that nothing can start in the pod any more. A plan is made only for a pod that takes one: this is about what has
// happened to it since.
func checkPod(_ Plan, f Facts) []Finding {
	if f.Pod.Refusal == nil {
		return nil
	}
	return []Finding{{Severity: Blocking, Text: f.Pod.Refusal.Message}}
}

// checkStart finds that the pod itself does not start, so that a debug container would wait with it.
func checkStart(_ Plan, f Facts) []Finding {
	cause, ok := f.Pod.StartCause(f.Events)
	if !ok {
		return nil
	}
	found := Finding{Severity: Warning, Text: "nothing starts in the pod yet: " + cause.Text}
	if cause.Lasting {
		found.Severity = Blocking
	}
	found.Text += "; " + cause.Hint()
	return []Finding{found}
}
