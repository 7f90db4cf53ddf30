package tui

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// SessionSettings are what the configuration says of the sessions in a context. The zero value is what counts when it says nothing.
type SessionSettings struct {
	runner.Settings
	Life    tools.Life
	Private bool // nothing of them is in the pod's log
}

// settingsOf are the settings of a cluster's context.
func (k *services) settingsOf(cluster *kube.Cluster) SessionSettings {
	if k.sessionSettings == nil || cluster == nil {
		return SessionSettings{}
	}
	return k.sessionSettings(cluster.Context)
}

// runnerSettings are what the engine has to know of them.
func (k *services) runnerSettings(context string) runner.Settings {
	if k.sessionSettings == nil {
		return runner.Settings{}
	}
	return k.sessionSettings(context).Settings
}

// kindOf is what is special about a session, in a word; empty: it is attached to what its container runs.
func kindOf(j *runner.Job) string {
	switch {
	case j.Private:
		return "private"
	case len(j.Exec) > 0:
		return "another shell"
	}
	return ""
}

// manners are what a person should know of a session while it is open: which kind it is, and whether it is recorded.
func manners(now *runner.Snapshot) []string {
	var all []string
	if kind := kindOf(&now.Job); kind != "" {
		all = append(all, kind+": not in the pod's log")
	}
	if now.Recorded {
		all = append(all, "recorded")
	}
	return all
}
