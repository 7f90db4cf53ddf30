package document

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

func TestPresses(t *testing.T) { kittest.CheckPresses(t, NewKeys(kit.NewKeyMap())) }
