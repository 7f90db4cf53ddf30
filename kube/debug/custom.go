package debug

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Custom is a user's partial container that is merged over a profile, as kubectl debug --custom does it. The zero value
// changes nothing.
type Custom struct {
	source    string
	container *corev1.Container
}

// ParseCustom reads a partial container from JSON or YAML; source names it in errors. Fields that the debug container
// gets from elsewhere, and those Kubernetes knows not, are refused.
func ParseCustom(source string, data []byte) (Custom, error) {
	var container corev1.Container
	if err := yaml.UnmarshalStrict(data, &container); err != nil {
		why := strings.NewReplacer(
			"error unmarshaling JSON: while decoding JSON: json: ", "", "error converting YAML to JSON: yaml: ", "", "unmarshal errors:\n  ", "",
		).Replace(err.Error())
		return Custom{}, fmt.Errorf("%s is not a partial container: %s", source, kube.Sanitize(why))
	}
	var refused []string
	for field, set := range map[string]bool{
		"name": container.Name != "", "command": len(container.Command) > 0, "image": container.Image != "",
		"lifecycle": container.Lifecycle != nil, "volumeDevices": len(container.VolumeDevices) > 0,
	} {
		if set {
			refused = append(refused, field)
		}
	}
	slices.Sort(refused)
	if len(refused) > 0 {
		return Custom{}, fmt.Errorf("%s may not set %s: the debug container has its own", source, strings.Join(refused, ", "))
	}
	return Custom{source: source, container: &container}, nil
}

// Source is where the partial container came from; empty for the zero value.
func (c Custom) Source() string { return c.source }

func (c Custom) apply(e *corev1.Container) error {
	if c.container == nil {
		return nil
	}
	partial := c.container.DeepCopy()
	partial.Name = e.Name
	patch, err := json.Marshal(partial)
	if err != nil {
		return fmt.Errorf("%s: %w", c.source, err)
	}
	original, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("%s: %w", c.source, err)
	}
	merged, err := strategicpatch.StrategicMergePatch(original, patch, corev1.Container{})
	if err != nil {
		return fmt.Errorf("merge %s over the profile: %w", c.source, err)
	}
	// Into a fresh value: decoding into the old one would keep what the merge took away.
	var result corev1.Container
	if err := json.Unmarshal(merged, &result); err != nil {
		return fmt.Errorf("merge %s over the profile: %w", c.source, err)
	}
	*e = result
	return nil
}
