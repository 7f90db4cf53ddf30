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
	if p.Change != nil {
		f = p.Change.Known(f)
	}
	var found []Finding
	for _, check := range []func(Plan, Facts) []Finding{
		checkPod, checkStart, checkTarget, checkNode, checkPlatform, checkNonRoot, checkCapabilities, checkSight,
		checkEarlier, checkMemory, checkSharedProcesses, checkHostNamespaces, checkUserNamespace,
	} {
		found = append(found, check(p, f)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return found
}
