package nodes_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

func TestParseArgument(t *testing.T) {
	for argument, want := range map[string]string{
		"node/one": "one", "nodes/one.example": "one.example", "no/one": "one", "node/": "", "node": "", "one": "", "pod/one": "", "": "",
	} {
		if got, ok := nodes.ParseArgument(argument); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", argument, got, ok)
		}
	}
}
