package runner_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// What is said of an end comes from the session where it has been told, and else from the cluster; a shell of its own ends without its container.
func TestSnapshotEnd(t *testing.T) {
	exit, killed := &kube.Exit{Code: 3}, &kube.Exit{Code: 137}
	shell := runner.Job{Exec: []string{"sh"}}
	in := func(s session.State, e kube.Ending) session.Snapshot {
		return session.Snapshot{Life: session.Life{State: s}, Ending: e}
	}
	for name, test := range map[string]struct {
		now   runner.Snapshot
		end   kube.Ending
		known bool
	}{
		"nothing is known":      {runner.Snapshot{}, kube.Ending{}, false},
		"the session was told":  {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{Exit: exit}), Container: kube.Ending{Running: true}}, kube.Ending{Exit: exit}, true},
		"the pod was deleted":   {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{Gone: true})}, kube.Ending{Gone: true}, true},
		"nobody could say":      {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{})}, kube.Ending{}, true},
		"but the cluster can":   {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{}), Asked: true, Container: kube.Ending{Exit: exit}}, kube.Ending{Exit: exit}, true},
		"it was left":           {runner.Snapshot{Snapshot: in(session.Detached, kube.Ending{}), Asked: true, Container: kube.Ending{Running: true}}, kube.Ending{Running: true}, true},
		"a shell was left":      {runner.Snapshot{Snapshot: in(session.Detached, kube.Ending{}), Job: shell, Asked: true, Container: kube.Ending{Running: true}}, kube.Ending{}, false},
		"a shell has ended":     {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{Exit: exit}), Job: shell, Container: kube.Ending{Running: true}}, kube.Ending{Exit: exit}, true},
		"and then its pod":      {runner.Snapshot{Snapshot: in(session.Ended, kube.Ending{Exit: exit}), Job: shell, Container: kube.Ending{Gone: true}}, kube.Ending{Exit: exit, Gone: true}, true},
		"a shell's link broke":  {runner.Snapshot{Snapshot: in(session.Failed, kube.Ending{}), Job: shell, Container: kube.Ending{Running: true}}, kube.Ending{}, true},
		"with its container":    {runner.Snapshot{Snapshot: in(session.Failed, kube.Ending{}), Job: shell, Container: kube.Ending{Exit: killed}}, kube.Ending{}, true},
		"it could not attach":   {runner.Snapshot{Snapshot: in(session.Failed, kube.Ending{})}, kube.Ending{}, false},
		"though the cluster is": {runner.Snapshot{Snapshot: in(session.Failed, kube.Ending{}), Asked: true, Container: kube.Ending{Running: true}}, kube.Ending{Running: true}, true},
	} {
		if end, known := test.now.End(), test.now.Known(); end != test.end || known != test.known {
			t.Errorf("%s: %+v, known: %t", name, end, known)
		}
	}
}
