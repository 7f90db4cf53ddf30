package report

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
)

// serving is how a Service that selects the pod has it.
type serving struct {
	name       string
	ready, all int    // of its endpoints
	pod        string // "ready", "not ready", "not among them"
}

// takeEndpoints counts what an EndpointSlice has.
func (s *serving) takeEndpoints(slice map[string]any, pod string) {
	endpoints, _ := slice["endpoints"].([]any)
	for _, e := range endpoints {
		endpoint, _ := e.(map[string]any)
		conditions, _ := endpoint["conditions"].(map[string]any)
		ready, told := conditions["ready"].(bool)
		if ready = ready || !told; ready { // nobody says: it is taken for ready, as the API has it
			s.ready++
		}
		s.all++
		ref, _ := endpoint["targetRef"].(map[string]any)
		if kind, name := ref["kind"], ref["name"]; kind == "Pod" && name == pod {
			s.pod = "not ready"
			if ready {
				s.pod = "ready"
			}
		}
	}
}

// limit is what a ResourceQuota has of one resource.
type limit struct{ quota, resource, used, hard string }

// limitsOf are those of a quota, in order.
func limitsOf(quota map[string]any) []limit {
	status, _ := quota["status"].(map[string]any)
	used, hard := texts(status["used"]), texts(status["hard"])
	var list []limit
	for _, resource := range slices.Sorted(maps.Keys(hard)) {
		list = append(list, limit{kube.Sanitize(nameOf(quota)), kube.Sanitize(resource), kube.Sanitize(used[resource]), kube.Sanitize(hard[resource])})
	}
	return list
}

// trouble is what a node says of itself that it should not: "Ready is False (KubeletNotReady: …)".
func trouble(node map[string]any) []string {
	status, _ := node["status"].(map[string]any)
	conditions, _ := status["conditions"].([]any)
	var list []string
	for _, c := range conditions {
		condition := texts(c)
		wanted := "False"
		if condition["type"] == "Ready" {
			wanted = "True"
		}
		if condition["type"] == "" || condition["status"] == wanted {
			continue
		}
		list = append(list, kube.Sanitize(fmt.Sprintf("%s is %s (%s%s)", condition["type"], condition["status"], condition["reason"], kube.Colon(condition["message"]))))
	}
	spec, _ := node["spec"].(map[string]any)
	if off, _ := spec["unschedulable"].(bool); off {
		list = append(list, "it takes no new pods (cordoned)")
	}
	return list
}
