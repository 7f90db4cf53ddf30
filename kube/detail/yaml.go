package detail

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

// YAML is the pod as the API server has it, and a sentence on what is left out of it: who manages which field, and what kubectl apply
// remembers. Its lines are cleaned.
func YAML(p *kube.Pod) (text, hidden string) {
	if p.Object() == nil {
		return "", ""
	}
	var without []string
	object := p.Object().DeepCopy()
	object.APIVersion, object.Kind = "v1", "Pod"
	if n := len(object.ManagedFields); n > 0 {
		object.ManagedFields = nil
		without = append(without, "managedFields")
	}
	if applied, ok := object.Annotations[corev1.LastAppliedConfigAnnotation]; ok {
		object.Annotations[corev1.LastAppliedConfigAnnotation] = fmt.Sprintf("… %d bytes, hidden", len(applied))
		without = append(without, "what the annotation last-applied-configuration says")
	}
	raw, err := yaml.Marshal(object)
	if err != nil {
		return "# " + kube.Sanitize(err.Error()), ""
	}
	if len(without) > 0 {
		hidden = strings.Join(without, " and ") + " hidden"
	}
	return kube.SanitizeLines(strings.TrimRight(string(raw), "\n")), hidden
}
