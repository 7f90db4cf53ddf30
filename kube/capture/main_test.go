package capture_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

func TestMain(m *testing.M) { kubetest.Main(m) }
