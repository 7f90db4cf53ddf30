package kube_test

import (
	"slices"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// An API server with rules of its own agrees with what it does.
func TestAccessOfPractice(t *testing.T) {
	for context, want := range map[string][]kube.Right{
		"practice":        nil,
		"practice-viewer": {kube.RightToAdd(), kube.RightToAttach(), kube.RightToUpgrade()},
	} {
		found := kubetest.Practise(t, context).Access(t.Context(), "shop", kube.DebugRights())
		if got := kube.RightsThat(found, kube.No); !slices.Equal(got, want) {
			t.Errorf("%s lacks %v, want %v", context, got, want)
		}
	}
}
