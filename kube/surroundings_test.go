package kube

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// surroundingsServer has a node and a namespace; what is in denied may not be read.
func surroundingsServer(denied ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, path := range denied {
			if r.URL.Path == path {
				refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
				return
			}
		}
		switch r.URL.Path {
		case "/api/v1/nodes/n-1":
			answer(w, http.StatusOK, &corev1.Node{
				TypeMeta: metav1.TypeMeta{Kind: "Node", APIVersion: "v1"},
				Status:   corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{OperatingSystem: "linux", Architecture: "arm64"}},
			})
		case "/api/v1/namespaces/shop":
			answer(w, http.StatusOK, &corev1.Namespace{
				TypeMeta:   metav1.TypeMeta{Kind: "Namespace", APIVersion: "v1"},
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{podSecurityLabel: "restricted"}},
			})
		default:
			http.NotFound(w, r)
		}
	})
}

func TestSurroundings(t *testing.T) {
	const node, namespace = "/api/v1/nodes/n-1", "/api/v1/namespaces/shop"
	pod := newPod(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"},
		Spec:       corev1.PodSpec{NodeName: "n-1", NodeSelector: map[string]string{archLabel: "amd64"}},
	})
	for name, c := range map[string]struct {
		denied []string
		want   Surroundings
	}{
		"all may be read":     {nil, Surroundings{OS: "linux", Arch: "arm64", PodSecurity: "restricted"}},
		"only the namespace":  {[]string{node}, Surroundings{Arch: "amd64", Assumed: true, PodSecurity: "restricted"}},
		"only the node":       {[]string{namespace}, Surroundings{OS: "linux", Arch: "arm64"}},
		"neither may be read": {[]string{node, namespace}, Surroundings{Arch: "amd64", Assumed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := serve(t, surroundingsServer(c.denied...)).Surroundings(t.Context(), pod); got != c.want {
				t.Errorf("they are %+v, want %+v", got, c.want)
			}
		})
	}
}
