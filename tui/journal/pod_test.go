package journal

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
)

// podOf is a pod as it comes from an API server: there is no other way to have one.
func podOf(t *testing.T) *kube.Pod {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","uid":"u-1"},
"spec":{"nodeName":"n-1","containers":[{"name":"app","image":"shop/web:1"}]},
"status":{"phase":"Running","containerStatuses":[{"name":"app","state":{"running":{}}}]}}`))
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := `{apiVersion: v1, kind: Config, current-context: here, clusters: [{name: c, cluster: {server: "` + server.URL + `"}}],
contexts: [{name: here, context: {cluster: c, namespace: shop}}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var flags kube.Flags
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Set("kubeconfig", file); err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kubeconfig.Open("")
	if err != nil {
		t.Fatal(err)
	}
	pod, err := cluster.Pod(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	return pod
}
