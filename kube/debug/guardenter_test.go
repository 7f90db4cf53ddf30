package debug

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// What somebody has made with other tools is entered by the same rules as what is made here, in every way there is.
func TestRulesOfWhatIsThere(t *testing.T) {
	privileged := &corev1.SecurityContext{Privileged: ptr.To(true)}
	tracing := &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_PTRACE"}}}
	for name, test := range map[string]struct {
		guard    kube.Guard
		security *corev1.SecurityContext
		image    string
		want     string
	}{
		"privileged":             {kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, privileged, "busybox", "container debugger has all rights (privileged), as with profile sysadmin"},
		"more than refused":      {kube.Guard{Profiles: []kube.Profile{kube.Netadmin}}, privileged, "busybox", "container debugger has all rights (privileged), as with profile netadmin"},
		"a capability":           {kube.Guard{Profiles: []kube.Profile{kube.General}}, tracing, "busybox", "container debugger has capability SYS_PTRACE"},
		"less than refused":      {kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, tracing, "busybox", ""},
		"an image":               {kube.Guard{Images: []string{"quay.io/**"}}, nil, "evil.example/x", "image evil.example/x is not among those allowed"},
		"an allowed image":       {kube.Guard{Images: []string{"quay.io/**"}}, nil, "quay.io/team/x", ""},
		"no digest":              {kube.Guard{DigestOnly: true}, nil, "busybox:1", "image busybox:1 has no digest"},
		"read-only":              {kube.Guard{ReadOnly: true}, nil, "busybox", "read-only: nothing is changed"},
		"one of several":         {kube.Guard{AskReason: true}.And(kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}), privileged, "busybox", "container debugger has all rights"},
		"no rule of containers":  {kube.Guard{Protected: true, AskReason: true}, privileged, "evil.example/x", ""},
		"no rules, which is one": {kube.Guard{}, privileged, "busybox", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, wire := kubetest.ServeGuarded(t, test.guard, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasSuffix(r.URL.Path, "/web") {
					http.Error(w, "no streams here", http.StatusTeapot)
					return
				}
				pod := apitest.RunningPod(apitest.WithDebugger("debugger", nil))
				last := &pod.Spec.EphemeralContainers[len(pod.Spec.EphemeralContainers)-1]
				last.SecurityContext, last.Image = test.security, test.image
				apitest.Answer(w, http.StatusOK, pod)
			}), "")
			target := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}
			for way, enter := range map[string]func() error{
				"attach": func() error { return stream.Attach(t.Context(), cluster, target, stream.Streams{Out: io.Discard}) },
				"exec": func() error {
					_, err := stream.Exec(t.Context(), cluster, target, []string{"sh"}, stream.Streams{Out: io.Discard})
					return err
				},
			} {
				err := enter()
				if test.want == "" {
					if err == nil || errors.Is(err, kube.ErrGuarded) {
						t.Errorf("%s: the error is %v", way, err)
					}
					continue
				}
				if kubetest.WantProblem(t, err, test.want); !errors.Is(err, kube.ErrGuarded) {
					t.Errorf("%s: the error is %v", way, err)
				}
			}
			opened := slices.ContainsFunc(wire.Requests(), func(r string) bool { return strings.HasSuffix(r, "attach") || strings.HasSuffix(r, "exec") })
			if opened != (test.want == "") {
				t.Errorf("the API server has seen %q", wire.Requests())
			}
		})
	}
}

// Every kind of container is looked at.
func TestRulesOfEveryContainer(t *testing.T) {
	security := &corev1.SecurityContext{Privileged: ptr.To(true)}
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		Containers:     []corev1.Container{{Name: "app", SecurityContext: security}},
		InitContainers: []corev1.Container{{Name: "init", SecurityContext: security}},
		EphemeralContainers: []corev1.EphemeralContainer{
			{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger", SecurityContext: security}},
		},
	}}
	for _, name := range []string{"app", "init", "debugger"} {
		if (kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}).CheckEntry(pod, name) == nil {
			t.Errorf("%s is entered", name)
		}
	}
	if problem := (kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}).CheckEntry(pod, "none"); problem != nil {
		t.Errorf("what is not there is refused: %v", problem)
	}
}

// What may not be entered may be ended: the script is no session.
func TestRulesDoNotKeepAnythingAlive(t *testing.T) {
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{Images: []string{"quay.io/**"}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/web") {
			http.Error(w, "no streams here", http.StatusTeapot)
			return
		}
		pod := apitest.RunningPod(apitest.WithDebugger("debugger", nil))
		pod.Spec.EphemeralContainers[len(pod.Spec.EphemeralContainers)-1].Image = "evil.example/x"
		apitest.Answer(w, http.StatusOK, pod)
	}), "")
	endByScript(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"})
	if !slices.ContainsFunc(wire.Requests(), func(r string) bool { return strings.HasSuffix(r, "/exec") }) {
		t.Errorf("the API server has seen %q", wire.Requests())
	}
}

// A pod that cannot be read is not entered: its link is lost until it can.
func TestRulesOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{Profiles: []kube.Profile{kube.Sysadmin}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}), "")
	if err := stream.Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger"}, stream.Streams{Out: io.Discard}); !errors.Is(err, kube.ErrLinkLost) {
		t.Errorf("the error is %v", err)
	}
	if slices.ContainsFunc(wire.Requests(), func(r string) bool { return strings.HasSuffix(r, "/attach") }) {
		t.Errorf("the API server has seen %q", wire.Requests())
	}
}

// A GET of a proxy is no reading: it reaches into the pod.
func TestProxyIsNoReading(t *testing.T) {
	for _, path := range []string{
		"/api/v1/namespaces/shop/pods/web/proxy", "/api/v1/namespaces/shop/pods/web/proxy/metrics", "/api/v1/namespaces/shop/services/web:80/proxy/",
		"/api/v1/nodes/n-1/proxy/run/shop/web/app", "/api/v1/proxy/namespaces/shop/pods/web", "/api/v1/namespaces/shop/pods/web/portforward",
	} {
		r := httptest.NewRequest(http.MethodGet, "https://api"+path, nil)
		if at, known := kube.Locate(r.URL, ""); known && kube.Reads(r, at) {
			t.Errorf("%s is a reading", path)
		}
	}
	for _, path := range []string{"/api/v1/namespaces/shop/pods/web", "/api/v1/namespaces/shop/pods/web/log", "/version"} {
		r := httptest.NewRequest(http.MethodGet, "https://api"+path, nil)
		if at, known := kube.Locate(r.URL, ""); !known || !kube.Reads(r, at) {
			t.Errorf("%s is none", path)
		}
	}
}

// What the cluster says is safe to draw, wherever it comes from.
func TestWordsOfTheClusterAreCleaned(t *testing.T) {
	const evil = "a\x1b[2Jb"
	cluster, _ := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/version":
			_ = json.NewEncoder(w).Encode(map[string]string{"major": "1", "minor": evil})
		case strings.HasSuffix(r.URL.Path, "/namespaces"):
			list := map[string]any{
				"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
				"items": []any{map[string]any{"metadata": map[string]any{"name": evil}}},
			}
			_ = json.NewEncoder(w).Encode(list)
		}
	}), "")
	health, err := cluster.Ping(t.Context())
	if err != nil || health.Version != kube.Sanitize("v1."+evil) {
		t.Errorf("the version is %q, %v", health.Version, err)
	}
	names, err := cluster.Namespaces(t.Context())
	if err != nil || len(names) != 1 || names[0] != kube.Sanitize(evil) {
		t.Errorf("the namespaces are %q, %v", names, err)
	}
	node := kube.NodeOf(&corev1.Node{Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{OperatingSystem: evil, Architecture: evil}}})
	if node.OS != kube.Sanitize(evil) || node.Arch != kube.Sanitize(evil) {
		t.Errorf("the node is %q, %q", node.OS, node.Arch)
	}
}
