// Package fileaccess has the programs run that read and write the files of a container (kube/files): in the container itself, or in a debug container that is added for
// that and ended afterwards (package helper). It holds that against the rules of the context, and has it written down; the same for the screen and for the commands.
package fileaccess

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Preset is the one whose image is used where no other is chosen.
const Preset = "busybox"

// Command is what a debug container runs whose programs are needed, and not a program of its own. A day is longer than anybody looks at files.
func Command() []string { return []string{"sh", "-c", "exec sleep 86400"} }

// Access is who accesses whose files, and why.
type Access struct {
	Runner    *runner.Runner
	Cluster   *kube.Cluster
	Target    kube.Target // whose files they are
	UID       string      // of its pod
	Reason    string      // in a person's words; empty: they have not said
	Confirmed string      // the pod's name as a person has typed it, where that is asked for
}

// about is what the journal should know.
func (a Access) about() runner.About {
	return runner.About{Preset: "files", Reason: strings.TrimSpace(a.Reason)}
}

// Entering is what it is to the rules of the context when programs of a container that is there are run.
func (a Access) Entering() runner.Job {
	return runner.Job{Cluster: a.Cluster, Target: a.Target, UID: a.UID, Joins: true, Confirmed: a.Confirmed, About: a.about()}
}

// Record has it written down what was done by way of a place: [journal.Attached] when programs were first run there, [journal.Downloaded], or [journal.Uploaded].
func (a Access) Record(action string, p files.Place) {
	e := journal.Entry{
		Action: action, Namespace: p.Runs.Namespace, Pod: p.Runs.Pod, UID: a.UID, Container: p.Runs.Container, Preset: "files", Reason: strings.TrimSpace(a.Reason),
	}
	if !p.Inside() {
		e.Target = p.Target.Container
	}
	a.Runner.Record(a.Cluster, e)
}
