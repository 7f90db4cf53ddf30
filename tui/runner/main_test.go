package runner_test

import (
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func TestMain(m *testing.M) {
	process.Main()
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// book is a journal that is only in memory.
type book struct {
	mu   sync.Mutex
	list []journal.Entry
}

func (b *book) Write(e journal.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, e)
	return nil
}

func (b *book) entries() []journal.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.list)
}

// actions are what the entries say was done, in their order.
func (b *book) actions() string {
	var all []string
	for _, e := range b.entries() {
		all = append(all, e.Action)
	}
	return strings.Join(all, " ")
}

// at opens the cluster of a kubeconfig, under rules.
func at(t *testing.T, file string, g kube.Guard) *kube.Cluster {
	t.Helper()
	config := kubetest.Kubeconfig(t, file)
	config.Guard = func(string) kube.Guard { return g }
	return kubetest.Open(t, config, "")
}

// practised is a practice cluster whose time passes; the file is its kubeconfig.
func practised(t *testing.T) (cluster *kube.Cluster, file string) {
	t.Helper()
	started, err := practice.Start(t.Context(), practice.Options{Scenes: manifests.FS, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Close)
	return at(t, started.Kubeconfig, kube.Guard{}), started.Kubeconfig
}

// planFor is a plan for a pod of the practice cluster that stays as it is.
func planFor(t *testing.T, c *kube.Cluster, change func(*debug.Request)) debug.Plan {
	t.Helper()
	pod, err := c.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	r := debug.Request{Name: debug.NewName(), Image: "busybox:1.37", Profile: kube.General, Target: pod.Default, Command: []string{"sh"}}
	change(&r)
	plan, err := debug.NewPlan(pod, r)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// until waits for news until something is so.
func until(t *testing.T, r *runner.Runner, is func() bool) {
	t.Helper()
	for !is() {
		select {
		case <-r.News():
		case <-t.Context().Done():
			t.Fatal("it does not become so")
		}
	}
}
