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
	// NodeNamespace is where pods on nodes are created; empty: dayfly chooses.
	NodeNamespace string
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
