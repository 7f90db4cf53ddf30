package journal

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// somePod is a pod named web, as it comes from an API server.
func somePod() *kube.Pod {
	object := apitest.RunningPod()
	object.UID = "u-1"
	return kube.NewPod(object)
}
