package practice_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

func TestMain(m *testing.M) {
	process.Main()
	os.Exit(m.Run())
}

func start(t testing.TB, o practice.Options) *practice.Cluster {
	t.Helper()
	o.Scenes, o.Dir = manifests.FS, t.TempDir()
	c, err := practice.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// client is an ordinary one, made from the kubeconfig.
func client(t *testing.T, c *practice.Cluster, context string) *http.Client {
	t.Helper()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: c.Kubeconfig}, &clientcmd.ConfigOverrides{CurrentContext: context},
	).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// rows is the first columns of kubectl get pods: name, ready, status, restarts.
func rows(ctx context.Context, client *http.Client, server string) (rows map[string]string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/v1/namespaces/shop/pods", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var table metav1.Table
	if err := json.NewDecoder(response.Body).Decode(&table); err != nil {
		return nil, err
	}
	rows = map[string]string{}
	for _, row := range table.Rows {
		name, _ := row.Cells[0].(string)
		if i := strings.LastIndexByte(name, '-'); strings.Count(name, "-") > 1 {
			name = name[:strings.LastIndexByte(name[:i], '-')]
		}
		rows[name] = fmt.Sprintf("%v %v %v", row.Cells[1], row.Cells[2], row.Cells[3])
	}
	return rows, nil
}

// TestPods is what kubectl get pods prints of each scene, once the history has passed.
func TestPods(t *testing.T) {
	c := start(t, practice.Options{Manual: true})
	got, err := rows(t.Context(), client(t, c, ""), c.Server)
	if err != nil {
		t.Fatal(err)
	}
	for pod, want := range map[string]string{
		"annotated":   "2/2 Running 0",
		"badimage":    "0/1 ImagePullBackOff 0",
		"badregistry": "0/1 ImagePullBackOff 0",
		"cart":        "1/1 Running 0",
		"crasher":     "0/1 CrashLoopBackOff 14 (52s ago)",
		"done":        "0/1 Completed 0",
		"nonroot":     "1/1 Running 0",
		"notready":    "0/1 Running 0",
		"oom":         "0/1 CrashLoopBackOff 14 (34s ago)",
		"pending":     "0/1 Pending 0",
		"recommend":   "1/1 Running 0",
		"stuck-init":  "0/1 Init:0/1 0",
		"web":         "2/2 Running 0",
	} {
		if got[pod] != want {
			t.Errorf("%s: %q, want %q", pod, got[pod], want)
		}
	}
	c.Clock.Advance(10 * time.Minute)
	later, err := rows(t.Context(), client(t, c, ""), c.Server)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := got["crasher"], later["crasher"]; !strings.HasPrefix(after, "0/1 CrashLoopBackOff 16") {
		t.Errorf("ten minutes after %q the crasher is %q, want 16 restarts", before, after)
	}
}

// TestViewer may look and not inject.
func TestViewer(t *testing.T) {
	c := start(t, practice.Options{Manual: true})
	viewer := client(t, c, "practice-viewer")
	if got, err := rows(t.Context(), viewer, c.Server); err != nil || len(got) == 0 {
		t.Errorf("the viewer sees %v, %v", got, err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch,
		c.Server+"/api/v1/namespaces/shop/pods/crasher/ephemeralcontainers", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/strategic-merge-patch+json")
	response, err := viewer.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		text, _ := io.ReadAll(response.Body)
		t.Errorf("the viewer's injection is answered %s: %s", response.Status, text)
	}
}

// TestPort takes the port that is preferred, and another when that is busy.
func TestPort(t *testing.T) {
	var config net.ListenConfig
	busy, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := busy.Addr().(*net.TCPAddr).Port
	c := start(t, practice.Options{Manual: true, Port: port})
	if c.Server == "https://"+busy.Addr().String() {
		t.Error("it says that it listens where somebody else does")
	}
	if _, err := rows(t.Context(), client(t, c, ""), c.Server); err != nil {
		t.Error(err)
	}
	busy.Close()
	if c := start(t, practice.Options{Manual: true, Port: port}); c.Server != fmt.Sprintf("https://127.0.0.1:%d", port) {
		t.Errorf("it listens on %s, want port %d", c.Server, port)
	}
}

// TestPrivate keeps the tokens to the person, and leaves nothing.
func TestPrivate(t *testing.T) {
	c, err := practice.Start(t.Context(), practice.Options{Scenes: manifests.FS, Manual: true, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{c.Kubeconfig: 0o600, filepath.Dir(c.Kubeconfig): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want mode %o", path, info.Mode(), err, want)
		}
	}
	c.Close()
	if _, err := os.Stat(filepath.Dir(c.Kubeconfig)); !os.IsNotExist(err) {
		t.Errorf("after Close the scratch folder: %v", err)
	}
	if connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(c.Server, "https://")); err == nil {
		connection.Close()
		t.Error("after Close somebody listens")
	}
}

// TestRunning lets time pass by itself.
func TestRunning(t *testing.T) {
	c := start(t, practice.Options{})
	passed := make(chan struct{})
	c.Clock.After(50*time.Millisecond, func() { close(passed) })
	select {
	case <-passed:
	case <-time.After(10 * time.Second):
		t.Error("time stands still")
	}
	if off := time.Until(c.Clock.Now()).Abs(); off > time.Second {
		t.Errorf("the clock is %v off", off)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		c, err := practice.Start(b.Context(), practice.Options{Scenes: manifests.FS, Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
