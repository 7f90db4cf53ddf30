package tui

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// SessionSettings are what the configuration says of the sessions in a context. The zero value is what counts when it says nothing.
type SessionSettings struct {
	Ring        int // bytes of output that are kept of each; 0: [session.DefaultRing]
	Life        tools.Life
	Private     bool // nothing of them is in the pod's log
	Record      bool
	RecordInput bool // with what is typed
	// DenyClipboard keeps programs from writing to the clipboard of the terminal.
	DenyClipboard bool
}

// settingsOf are the settings of a cluster's context.
func (k *services) settingsOf(cluster *kube.Cluster) SessionSettings {
	if k.sessionSettings == nil || cluster == nil {
		return SessionSettings{}
	}
	return k.sessionSettings(cluster.Context)
}

// kind is what is special about a session, in a word; empty: it is attached to what its container runs.
func (r *ownSession) kind() string {
	switch {
	case r.private:
		return "private"
	case len(r.exec) > 0:
		return "another shell"
	}
	return ""
}

// manners are what a person should know of a session while it is open: which kind it is, and whether it is recorded.
func (r *ownSession) manners() []string {
	var all []string
	if kind := r.kind(); kind != "" {
		all = append(all, kind+": not in the pod's log")
	}
	if r.tape != nil {
		all = append(all, "recorded")
	}
	return all
}

// sleeps tells whether the container of a session that is over may be there still, waiting for another shell.
func (r *ownSession) sleeps() bool {
	now := r.Look()
	return r.private && !r.gone && now.State.Over() && wasAttached(now.Life)
}
