package script

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// wire is the way to the API server, as its administrator, and knows what has been asked on it.
type wire struct {
	kubeconfig string // file
	mu         sync.Mutex
	asked      []string // method and path
}

func tapWire(t *testing.T) *wire {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", here.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asked = append(w.asked, r.In.Method+" "+r.In.URL.Path)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	c := clientcmdapi.NewConfig()
	c.Clusters["wire"] = &clientcmdapi.Cluster{Server: server.URL}
	c.Contexts[scratch.Admin] = &clientcmdapi.Context{Cluster: "wire", Namespace: here.Name}
	c.CurrentContext = scratch.Admin
	if err := clientcmd.WriteToFile(*c, w.kubeconfig); err != nil {
		t.Fatal(err)
	}
	return w
}

// mutating are the requests, of all that there were, that could change something. A review is posted, and changes nothing.
func (w *wire) mutating() (sent []string, all int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.asked), func(request string) bool {
		method, path, _ := strings.Cut(request, " ")
		return method == http.MethodGet || method == http.MethodPost && strings.Contains(path, "/selfsubject")
	}), len(w.asked)
}
