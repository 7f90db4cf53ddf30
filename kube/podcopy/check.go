package podcopy

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ended reports whether a pod has.
func ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// Check draws the findings about a copy, the worst first. It is pure: the same pod, choices and environment have the same findings.
func Check(original *corev1.Pod, c Choices, e Environment) []Finding {
	s := &subject{
		original: original, choices: c, around: e,
		made: c.Make(original, original.Name+"-copy"), place: placeOf(original, c), needed: e.Needed(original),
	}
	s.active = original.Spec.NodeName != "" && !ended(original)
	s.running = s.active && !c.Replace
	var found []Finding
	for _, check := range []func(*subject) []Finding{
		checkReplace, checkControllers, checkServices, checkPolicies, checkPeers, checkWrites, checkClaims, checkNode, checkRoom, checkPorts, checkInit,
		checkAccount, checkHostName, checkBudgets, checkOrigin, checkUnclear, checkUnread,
	} {
		found = append(found, check(s)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	for i := range found { // names, keys and paths in them are whatever somebody has written
		found[i].Text = kube.Sanitize(found[i].Text)
		for j := range found[i].Remedies {
			found[i].Remedies[j].Words = kube.Sanitize(found[i].Remedies[j].Words)
		}
	}
	return found
}
