package sessions

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// stuck is a session whose pod could not be deleted.
func stuck(c *kube.Cluster) *runner.Snapshot {
	return &runner.Snapshot{
		Job: runner.Job{Cluster: c}, Snapshot: session.Snapshot{Left: true}, Stuck: true, StuckErr: &kube.Problem{Message: "delete pod web-copy: not now"},
		Leftovers: []leftovers.Leftover{{Target: kube.Target{Namespace: "shop", Pod: "web-copy"}, Removable: true}},
	}
}

// Who has agreed to a deletion that fails need not agree again; where names are asked for, the name is.
func TestTryingAgainIsOneKey(t *testing.T) {
	h := kittest.NewHost(t)
	k := NewDesk(h.Kit)
	protected := kittest.Guarded(t, h.Cluster, kube.Guard{Protected: true})
	fresh := stuck(h.Cluster)
	fresh.Stuck, fresh.StuckErr = false, nil
	ended := stuck(h.Cluster)
	ended.Leftovers, ended.StuckErr = nil, errors.New("it still runs")
	resumed := stuck(h.Cluster)
	resumed.Left = false
	for name, c := range map[string]struct {
		now    *runner.Snapshot
		on     *kube.Cluster
		agreed bool
		key    string
	}{
		"not deleted":          {stuck(h.Cluster), h.Cluster, true, "try again"},
		"gone on with":         {resumed, h.Cluster, false, "try again"},
		"in a protected one":   {stuck(protected), protected, false, "try again"},
		"not tried yet":        {fresh, h.Cluster, false, "delete it"},
		"a container, running": {ended, h.Cluster, false, "end it"},
	} {
		_ = k.endOf(runner.Container{Cluster: c.on}, c.now, "")
		request, _ := k.Requested()
		if end, ok := request.(End); !ok || end.Agreed != c.agreed {
			t.Errorf("%s: asked is %+v", name, request)
		}
		if got := k.endKeyOf(c.now).Help().Desc; got != c.key {
			t.Errorf("%s: the key is called %q", name, got)
		}
	}
}

// What nothing else deletes says so.
func TestStillThereForGood(t *testing.T) {
	h := kittest.NewHost(t)
	text := strings.Join(strings.Fields(ansi.Strip(strings.Join(NewDesk(h.Kit).stillThere(stuck(h.Cluster), 40), "\n"))), " ")
	for _, want := range []string{"pod web-copy was not deleted: not now", "nothing else deletes it; e tries again", "$ kubectl delete pod web-copy"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}

// What is said to be there is what could not be deleted: the pod may be gone, and only its Job left.
func TestStillThereIsTheJob(t *testing.T) {
	h := kittest.NewHost(t)
	now := stuck(h.Cluster)
	now.StuckErr = &kube.Problem{Message: "delete Job web-copy: not now"}
	text := strings.Join(strings.Fields(ansi.Strip(strings.Join(NewDesk(h.Kit).stillThere(now, 60), "\n"))), " ")
	if !strings.Contains(text, "! Job web-copy was not deleted: not now") {
		t.Errorf("it says %q", text)
	}
}
