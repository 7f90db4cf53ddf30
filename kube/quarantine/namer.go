package quarantine

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// namer is the controller that has made a pod by the pod's name, which begins with its own; nil: none has.
func namer(pod *corev1.Pod, around selectors.Namespace) *selectors.Controller {
	var found *selectors.Controller
	for _, one := range around.Controllers {
		if strings.HasPrefix(pod.Name, one.Name+"-") && (found == nil || len(one.Name) > len(found.Name)) && kube.Sanitize(one.Name) == one.Name {
			found = &selectors.Controller{Kind: one.Kind, Name: one.Name}
		}
	}
	return found
}
