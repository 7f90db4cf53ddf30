package podcopy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// What dayfly adds gets requests and limits, as far as it has none; the pod's own containers keep what they have, also where that is nothing.
func TestLimit(t *testing.T) {
	original := apitest.RunningPod()
	shared := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}
	made := podcopy.Choices{}.Make(original, "web-copy")
	made.Spec.InitContainers = append(made.Spec.InitContainers, corev1.Container{Name: "tools", Resources: corev1.ResourceRequirements{Limits: shared}})
	made.Spec.Containers = append(made.Spec.Containers, corev1.Container{Name: "debugger-1"})
	podcopy.Limit(&made.Spec, original)
	list := func(cpu, memory string) corev1.ResourceList {
		all := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(memory)}
		if cpu != "" {
			all[corev1.ResourceCPU] = resource.MustParse(cpu)
		}
		return all
	}
	for name, want := range map[string]corev1.ResourceRequirements{
		"app":        {},
		"debugger-1": {Requests: list("10m", "32Mi"), Limits: list("500m", "256Mi")},
		"tools":      {Requests: list("", "32Mi"), Limits: list("2", "256Mi")}, // of the limit the API server makes the request
	} {
		all := slices.Concat(made.Spec.Containers, made.Spec.InitContainers)
		i := slices.IndexFunc(all, func(c corev1.Container) bool { return c.Name == name })
		if diff := cmp.Diff(want, all[i].Resources); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", name, diff)
		}
	}
	if len(shared) != 1 {
		t.Errorf("what was shared is %v now", shared)
	}
	if got := podcopy.Added(&made.Spec, original); !slices.Equal(got, []string{"tools", "debugger-1"}) {
		t.Errorf("added are %q", got)
	}
}
