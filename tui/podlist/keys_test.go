package podlist

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

func TestPodsPresses(t *testing.T) { kittest.CheckPresses(t, newKeyMap(kit.NewKeyMap())) }
