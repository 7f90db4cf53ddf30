package detail

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

// YAML is the pod as the API server has it, and a sentence on what is left out of it: who manages which field, and what kubectl apply
// remembers. Its lines are cleaned.
func YAML(p *kube.Pod) (text, hidden string) {
	if p.Object() == nil {
		return "", ""
	}
	object := p.Object().DeepCopy()
	object.APIVersion, object.Kind = "v1", "Pod"
	return ObjectYAML(object)
}

// ObjectYAML is [YAML] of any object, which it changes.
func ObjectYAML(object metav1.Object) (text, hidden string) {
	var without []string
	if n := len(object.GetManagedFields()); n > 0 {
		object.SetManagedFields(nil)
		without = append(without, "managedFields")
	}
	if applied, ok := object.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; ok {
		object.GetAnnotations()[corev1.LastAppliedConfigAnnotation] = fmt.Sprintf("… %d bytes, hidden", len(applied))
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
