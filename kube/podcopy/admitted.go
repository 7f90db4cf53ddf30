package podcopy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Admitted tells what the cluster makes of a copy beyond what is sent, by what a dry run has answered: webhooks add containers, a LimitRange limits
// memory. It is pure. It compares only what no API server fills in by itself, so that defaults of whatever version are no findings.
func Admitted(sent, answered *corev1.Pod, e Environment) []Finding {
	a := &admission{sent: sent, answered: answered, around: e}
	var found []Finding
	for _, check := range []func(*admission) []Finding{
		admittedContainers, admittedLabels, admittedRuns, admittedUsers, admittedImages, admittedResources, admittedVariables, admittedMounts, admittedPlace,
	} {
		found = append(found, check(a)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	for i := range found { // a webhook may write anything
		found[i].Text = kube.Sanitize(found[i].Text)
	}
	return found
}

// admission is a copy before and after the cluster's admission.
type admission struct {
	sent, answered *corev1.Pod
	around         Environment
}

// admittedContainers tells of containers that are added, and of those that are missing.
func admittedContainers(a *admission) []Finding {
	var added, names, missing []string
	for _, lists := range []struct {
		noun           string
		sent, answered []corev1.Container
	}{
		{"container", a.sent.Spec.Containers, a.answered.Spec.Containers}, {"init container", a.sent.Spec.InitContainers, a.answered.Spec.InitContainers},
	} {
		for i := range lists.answered {
			c, noun := &lists.answered[i], lists.noun
			if containerOf(lists.sent, c.Name) != nil {
				continue
			}
			if sidecar(c) {
				noun = "sidecar"
			}
			added, names = append(added, fmt.Sprintf("%s %s (%s)", noun, c.Name, c.Image)), append(names, c.Name)
		}
		for i := range lists.sent {
			if name := lists.sent[i].Name; containerOf(lists.answered, name) == nil {
				missing = append(missing, lists.noun+" "+name)
			}
		}
	}
	var found []Finding
	if len(added) > 0 {
		text := fmt.Sprintf("the cluster adds %s to the copy: a webhook injects %s", kube.List(added), verb(added, "it", "them"))
		found = append(found, Finding{Warning, text, optOuts(names)})
	}
	if len(missing) > 0 {
		found = append(found, Finding{Warning, "the cluster takes " + kube.List(missing) + " out of the copy", nil})
	}
	return found
}

// admittedLabels tells of labels that are not those that are sent, and of whom the copy would belong to with them.
func admittedLabels(a *admission) []Finding {
	before, after := a.sent.Labels, a.answered.Labels
	var set, removed []string
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if value, ok := before[key]; !ok || value != after[key] {
			set = append(set, key+"="+after[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[key]; !ok {
			removed = append(removed, key)
		}
	}
	var found []Finding
	newly := func(one selectors.Selecting) bool { return one.Selects(after) && !one.Selects(before) }
	if len(set) > 0 {
		finding := Finding{Info, "the cluster sets " + counted("label", set) + " on the copy", nil}
		for _, one := range a.around.Services {
			if newly(one.Selecting) {
				finding.Severity, finding.Text = Warning, finding.Text+"; with that, "+one.String()+" sends it traffic"
			}
		}
		for _, one := range a.around.Controllers {
			if newly(one) && one.Kind != "StatefulSet" { // which adopts by name, too
				finding.Severity, finding.Text = Warning, finding.Text+"; with that, "+one.String()+" would adopt it"
			}
		}
		found = append(found, finding)
	}
	if len(removed) > 0 {
		found = append(found, Finding{Info, "the cluster takes " + counted("label", removed) + " off the copy", nil})
	}
	return found
}

// admittedRuns tells of what runs otherwise than it is sent.
func admittedRuns(a *admission) []Finding {
	var found []Finding
	if before, after := a.sent.Spec.RestartPolicy, a.answered.Spec.RestartPolicy; before != "" && before != after {
		found = append(found, Finding{Warning, fmt.Sprintf("the cluster changes the copy's restartPolicy from %s to %s", before, after), nil})
	}
	for _, g := range a.grouped(func(p pair) string {
		if slices.Equal(p.sent.Command, p.answered.Command) && slices.Equal(p.sent.Args, p.answered.Args) {
			return ""
		}
		return "runs"
	}) {
		found = append(found, Finding{Warning, fmt.Sprintf("the cluster changes the command of %s: %s what is shown here", kube.List(g.who),
			verb(g.who, "it does not run", "they do not run")), nil})
	}
	if gates := added(a.sent.Spec.SchedulingGates, a.answered.Spec.SchedulingGates, func(g corev1.PodSchedulingGate) string { return g.Name }); len(gates) > 0 {
		found = append(found, Finding{Warning, fmt.Sprintf("the cluster adds %s: the copy does not start before %s taken away",
			counted("scheduling gate", gates), verb(gates, "it is", "they are")), nil})
	}
	return found
}

// admittedPlace tells of what decides on which node the copy runs, and how there.
func admittedPlace(a *admission) []Finding {
	before, after := &a.sent.Spec, &a.answered.Spec
	var found []Finding
	tell := func(format string, words ...any) {
		found = append(found, Finding{Info, fmt.Sprintf(format, words...), nil})
	}
	var selectors []string
	for _, key := range slices.Sorted(maps.Keys(after.NodeSelector)) {
		if value, ok := before.NodeSelector[key]; !ok || value != after.NodeSelector[key] {
			selectors = append(selectors, key+"="+after.NodeSelector[key])
		}
	}
	if len(selectors) > 0 {
		tell("the cluster lets the copy run only on nodes with %s", counted("label", selectors))
	}
	if tolerations := added(before.Tolerations, after.Tolerations, func(t corev1.Toleration) string {
		if strings.HasPrefix(t.Key, "node.kubernetes.io/") { // those of every pod, or of every one that requests something
			return ""
		}
		return strings.TrimSuffix(cmp.Or(t.Key, "all taints")+"="+t.Value+":"+string(t.Effect), "=:")
	}); len(tolerations) > 0 {
		tell("the cluster adds %s to the copy", counted("toleration", tolerations))
	}
	if after.Affinity != nil && !equality.Semantic.DeepEqual(before.Affinity, after.Affinity) {
		tell("the cluster changes the copy's affinity: it may run on other nodes than the pod")
	}
	if name := after.SchedulerName; name != "" && name != cmp.Or(before.SchedulerName, corev1.DefaultSchedulerName) {
		tell("the cluster leaves the choice of a node to scheduler %s", name)
	}
	if name := after.RuntimeClassName; name != nil && (before.RuntimeClassName == nil || *before.RuntimeClassName != *name) {
		tell("the cluster runs the copy with RuntimeClass %s", *name)
	}
	return found
}

// added are those of a list whose words were not in it before; what has no words does not count.
func added[T any](before, after []T, words func(T) string) []string {
	var had, list []string
	for _, one := range before {
		had = append(had, words(one))
	}
	for _, one := range after {
		if text := words(one); text != "" && !slices.Contains(had, text) {
			list = append(list, text)
		}
	}
	return list
}
