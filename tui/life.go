package tui

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Life is how long what is put into a pod for a session may run. The zero value is until its program ends.
type Life struct {
	Leave bool          // it is ended when its person leaves dayfly
	After time.Duration // it is ended so long after its start, with or without dayfly; 0: it is not
}

// SessionSettings are what the configuration says of the sessions in a context. The zero value is what counts when it says nothing.
type SessionSettings struct {
	runner.Settings
	Life    Life
	Private bool // nothing of them is in the pod's log
}

// settingsOf are the settings of a cluster's context.
func (k *kit) settingsOf(cluster *kube.Cluster) SessionSettings {
	if k.sessionSettings == nil || cluster == nil {
		return SessionSettings{}
	}
	return k.sessionSettings(cluster.Context)
}

// runnerSettings are what the engine has to know of them.
func (k *kit) runnerSettings(context string) runner.Settings {
	if k.sessionSettings == nil {
		return runner.Settings{}
	}
	return k.sessionSettings(context).Settings
}

// manner is how a session is to be, beside what runs in it.
type manner struct {
	life    Life
	private bool
	record  bool
}

func (k *kit) usualManner(cluster *kube.Cluster) manner {
	s := k.settingsOf(cluster)
	return manner{s.Life, s.Private, s.Record}
}

// of is the request in this manner.
func (m manner) of(r debug.Request) debug.Request {
	r.StdinOnce, r.EndsAfter, r.Private = m.life.Leave, m.life.After, m.private
	return r
}

// words say it in one line.
func (m manner) words() string {
	text := m.life.words()
	if m.private && m.life == (Life{}) {
		text = "stays until it is ended" // what it runs sleeps
	}
	if m.private {
		text += " · private"
	}
	if m.record {
		text += " · recorded"
	}
	return text
}

// lifeHint names the keys that change the manner of a session, as far as there is room: the footer may have none for them.
func (s *toolsScreen) lifeHint(room int) string {
	var long, short []string
	for _, k := range []key.Binding{s.keys.Life, s.keys.Private, s.keys.Record} {
		long, short = append(long, k.Help().Key+" "+k.Help().Desc), append(short, k.Help().Key)
	}
	for _, hint := range []string{"  " + strings.Join(long, " · "), "  " + strings.Join(short, " ") + " change it"} {
		if cells(hint) <= room {
			return hint
		}
	}
	return ""
}

func (l Life) words() string {
	switch {
	case l.Leave:
		return "dayfly ends it when you leave"
	case l.After > 0:
		return "ends " + debug.Span(l.After) + " after its start, with or without you"
	}
	return "stays until its program ends"
}

// next is the life time that is offered after this one. What the configuration says is among them.
func (l Life) next(usual Life) Life {
	all := []Life{{}, {Leave: true}, {After: time.Hour}, {After: 8 * time.Hour}}
	if !slices.Contains(all, usual) {
		all = append(all, usual)
	}
	return next(all, l)
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
