package debug

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// surroundingsServer has a node, a namespace and metrics; what is in denied may not be read.
func surroundingsServer(denied ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, path := range denied {
			if r.URL.Path == path {
				apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
				return
			}
		}
		switch r.URL.Path {
		case "/api/v1/nodes/n-1":
			apitest.Answer(w, http.StatusOK, &corev1.Node{
				TypeMeta:   metav1.TypeMeta{Kind: "Node", APIVersion: "v1"},
				ObjectMeta: metav1.ObjectMeta{Name: "n-1"},
				Status: corev1.NodeStatus{
					NodeInfo: corev1.NodeSystemInfo{OperatingSystem: "linux", Architecture: "arm64"},
					Conditions: []corev1.NodeCondition{
						{Type: corev1.NodeDiskPressure, Status: corev1.ConditionTrue},
						{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse},
						{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Reason: "KubeletNotReady", Message: "no network\x1b[2J"},
					},
				},
			})
		case "/api/v1/namespaces/shop":
			apitest.Answer(w, http.StatusOK, &corev1.Namespace{
				TypeMeta:   metav1.TypeMeta{Kind: "Namespace", APIVersion: "v1"},
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{podSecurityLabel: "restricted"}},
			})
		case "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web":
			apitest.Answer(w, http.StatusOK, map[string]any{"containers": []any{
				map[string]any{"name": "app", "usage": map[string]any{"cpu": "3m", "memory": "50Mi"}},
				map[string]any{"name": "proxy", "usage": map[string]any{"memory": "20480Ki"}},
			}})
		default:
			http.NotFound(w, r)
		}
	})
}

func TestSurroundings(t *testing.T) {
	const node, namespace, metrics = "/api/v1/nodes/n-1", "/api/v1/namespaces/shop", "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web"
	const used = 70 << 20
	n := &kube.Node{Name: "n-1", OS: "linux", Arch: "arm64", Reason: "no network␛[2J", Pressure: []string{"DiskPressure"}}
	pod := kube.NewPod(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"},
		Spec: corev1.PodSpec{
			NodeName: "n-1", NodeSelector: map[string]string{archLabel: "amd64"},
			Containers: []corev1.Container{limited("app", "100Mi"), limited("proxy", "28Mi")},
		},
	})
	for name, c := range map[string]struct {
		denied []string
		want   PodEnvironment
	}{
		"all may be read":    {nil, PodEnvironment{OS: "linux", Arch: "arm64", PodSecurity: "restricted", Node: n, MemoryUsed: used}},
		"only the namespace": {[]string{node, metrics}, PodEnvironment{Arch: "amd64", Assumed: true, PodSecurity: "restricted"}},
		"only the node":      {[]string{namespace, metrics}, PodEnvironment{OS: "linux", Arch: "arm64", Node: n}},
		"only the metrics":   {[]string{namespace, node}, PodEnvironment{Arch: "amd64", Assumed: true, MemoryUsed: used}},
		"none may be read":   {[]string{node, namespace, metrics}, PodEnvironment{Arch: "amd64", Assumed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got := ReadPodEnvironment(t.Context(), kubetest.Serve(t, surroundingsServer(c.denied...)), pod)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("they are (- want, + got):\n%s", diff)
			}
			facts := got.Facts(pod)
			if facts.Pod != pod || facts.Node != got.Node || facts.PodSecurity != got.PodSecurity || facts.MemoryUsed != got.MemoryUsed || facts.MemoryLimit != 128<<20 {
				t.Errorf("the facts are %+v", facts)
			}
		})
	}
}

// A pod without a limit has nothing to hold its use against, and many clusters have no metrics to be asked.
func TestMetricsAreReadOnlyForALimit(t *testing.T) {
	var asked atomic.Bool
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/apis/") {
			asked.Store(true)
		}
		http.NotFound(w, r)
	}))
	if s := ReadPodEnvironment(t.Context(), cluster, kube.NewPod(apitest.RunningPod())); asked.Load() || s.MemoryUsed != 0 {
		t.Errorf("metrics were asked for: %t, and are %d", asked.Load(), s.MemoryUsed)
	}
}

// What is no answer of a metrics API is no use either, and is not waited for.
func TestMetricsThatAreNone(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.Containers = []corev1.Container{limited("app", "1Gi")} }))
	for name, body := range map[string]string{
		"no JSON": "<html>", "other": `{"containers": 7}`, "no quantity": `{"containers": [{"usage": {"memory": "much"}}]}`,
		"negative": `{"containers": [{"usage": {"memory": "-5Gi"}}]}`, "empty": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(body))
			}))
			if used := cluster.MemoryUsed(t.Context(), pod); used != 0 {
				t.Errorf("the pod uses %d bytes", used)
			}
		})
	}
	t.Run("unavailable", func(t *testing.T) {
		var asked atomic.Int32
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		if used := cluster.MemoryUsed(t.Context(), pod); used != 0 || asked.Load() != 1 {
			t.Errorf("the pod uses %d bytes, and the server was asked %d times", used, asked.Load())
		}
	})
}

func limited(name, memory string) corev1.Container {
	return corev1.Container{Name: name, Resources: corev1.ResourceRequirements{
		Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(memory)},
	}}
}

// TestEnvironments: a node and a namespace are read once for all pods, also where that is refused; what has failed otherwise is asked again.
func TestEnvironments(t *testing.T) {
	for code, want := range map[int]int32{http.StatusOK: 1, http.StatusForbidden: 1, http.StatusInternalServerError: 3} {
		var nodes, namespaces atomic.Int32
		cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked := &namespaces
			object := `{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}`
			if strings.Contains(r.URL.Path, "/nodes/") {
				asked, object = &nodes, `{"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}, "status": {"nodeInfo": {"architecture": "arm64", "operatingSystem": "linux"}}}`
			}
			asked.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			if code != http.StatusOK {
				object = fmt.Sprintf(`{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": %q, "code": %d}`, map[int]string{http.StatusForbidden: "Forbidden"}[code], code)
			}
			_, _ = io.WriteString(w, object)
		}))
		all := NewEnvironments(cluster)
		for range 3 {
			around := all.Of(t.Context(), kube.NewPod(apitest.RunningPod()))
			if known := code == http.StatusOK; known != (around.Arch == "arm64" && around.PodSecurity == "baseline" && !around.Assumed) {
				t.Errorf("%d: %+v", code, around)
			}
		}
		if n, m := nodes.Load(), namespaces.Load(); n != want || m != want {
			t.Errorf("%d: the node was read %d times, the namespace %d times; want %d", code, n, m, want)
		}
	}
}
