package siblings

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/redact"
)

// diffMost bounds how much of each pod is compared line by line, in bytes.
const diffMost = 256 << 10

// unified is how a pod differs from another that is well, line by line. Secrets are out of it; that they differ is told.
func unified(pod, other *corev1.Pod) string {
	whole, wholeOther := whatMayDiffer(pod), whatMayDiffer(other)
	shown, shownOther := withoutSecrets(whole, wholeOther)
	tellHidden(whole, wholeOther, shown, shownOther)
	before, after := text(shownOther), text(shown)
	if len(before) > diffMost || len(after) > diffMost {
		return "The specifications are too long to be compared line by line.\n"
	}
	return udiff.Unified(kube.Sanitize(other.Name)+", which is well", kube.Sanitize(pod.Name)+", this one", before, after)
}

// whatMayDiffer is what two replicas could have in common.
func whatMayDiffer(pod *corev1.Pod) map[string]any {
	keep := func(all map[string]string) map[string]any {
		some := map[string]any{}
		for key, value := range all {
			if !ownKey(key) || key == templateHash || key == revisionHash {
				some[key] = value
			}
		}
		return some
	}
	images := map[string]any{}
	for i := range pod.Status.ContainerStatuses {
		name := pod.Status.ContainerStatuses[i].Name
		images[name] = digest(pod, name)
	}
	spec, _ := specOf(pod).(map[string]any)
	if spec != nil && pod.Spec.NodeName != "" {
		spec["nodeName"] = pod.Spec.NodeName
	}
	return map[string]any{
		"metadata": map[string]any{"labels": keep(pod.Labels), "annotations": keep(pod.Annotations)}, "spec": spec, "imageDigests": images,
	}
}

// withoutSecrets are two maps without the secrets of either: what one pod has under the name of a secret the other may have in its arguments.
func withoutSecrets(a, b map[string]any) (shownA, shownB map[string]any) {
	r := redact.New()
	if r.Learn(a, b) != nil {
		return nil, nil
	}
	shownA, errA := r.Object("", a)
	shownB, errB := r.Object("", b)
	if errA != nil || errB != nil {
		return nil, nil
	}
	return shownA, shownB
}

func text(object map[string]any) string {
	data, err := yaml.Marshal(object)
	if err != nil {
		return ""
	}
	return kube.SanitizeLines(string(data))
}

// tellHidden marks in what is shown of two values where they differ, although what is shown is equal: it was taken out of both.
func tellHidden(a, b, shownA, shownB any) {
	switch of := shownA.(type) {
	case map[string]any:
		mapA, _ := a.(map[string]any)
		mapB, _ := b.(map[string]any)
		other, _ := shownB.(map[string]any)
		for key := range of {
			if hidden(mapA[key], mapB[key], of[key], other[key]) {
				of[key] = fmt.Sprint(of[key], differs)
				continue
			}
			tellHidden(mapA[key], mapB[key], of[key], other[key])
		}
	case []any:
		listA, _ := a.([]any)
		listB, _ := b.([]any)
		other, _ := shownB.([]any)
		at := places(listB)
		for i, key := range keysInOrder(listA) {
			j, ok := at[key]
			if !ok || i >= len(of) || j >= len(other) {
				continue
			}
			if hidden(listA[i], listB[j], of[i], other[j]) {
				of[i] = fmt.Sprint(of[i], differs)
				continue
			}
			tellHidden(listA[i], listB[j], of[i], other[j])
		}
	}
}

// differs stands behind what was taken out of both pods, in the one that is sick.
const differs = " which differs"

// hidden reports whether two texts differ of which the same is shown.
func hidden(a, b, shownA, shownB any) bool {
	textA, ok := a.(string)
	textB, okB := b.(string)
	words, isText := shownA.(string)
	return ok && okB && isText && textA != textB && shownA == shownB && strings.Contains(words, redact.Placeholder("")[:len("‹")])
}

// keysInOrder are the keys by which the parts of a list are found in another one.
func keysInOrder(list []any) []string {
	keys := make([]string, len(list))
	named, _ := byName(list)
	for i, one := range list {
		keys[i] = fmt.Sprint(i)
		m, ok := one.(map[string]any)
		if !ok {
			continue
		}
		for _, by := range []string{"mountPath", "name"} {
			if name, ok := m[by].(string); ok && named[name] != nil {
				keys[i] = name
				break
			}
		}
	}
	return keys
}

func places(list []any) map[string]int {
	at := map[string]int{}
	for i, key := range keysInOrder(list) {
		at[key] = i
	}
	return at
}
