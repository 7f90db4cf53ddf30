package launch

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// The one word for a container that does not start does not repeat what the kubelet says of it.
func TestReasonOfAStartProblem(t *testing.T) {
	if got := kube.Reason(startProblem(debug.Plan{}, "ErrImagePull", "pull s3cr3t: no")); got != "ErrImagePull" {
		t.Errorf("it is %q", got)
	}
}
