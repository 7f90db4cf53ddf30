package sessions

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// timed are the sessions for which something was created that the cluster deletes by itself.
func (s *Quit) timed() []*runner.Session {
	return slices.DeleteFunc(s.Runner.Remaining(), func(r *runner.Session) bool { return r.Look().Until().IsZero() })
}

// keptMsg is what came of keeping what was created for sessions.
type keptMsg struct{ err error }

// keep leaves dayfly without deleting what was created for sessions; the cluster does, unless it is for good.
func (s *Quit) keep(forGood bool) tea.Cmd {
	timed := s.timed()
	s.keeping = true
	return func() tea.Msg { return keptMsg{s.Runner.Keep(timed, forGood)} }
}

// kept leaves when all is kept, and ends what else ends with dayfly.
func (s *Quit) kept(msg keptMsg) tea.Cmd {
	s.keeping = false
	if msg.err != nil {
		return s.Flash(kube.Explain(msg.err).Message)
	}
	return s.quitEnding(s.Runner.Leaving(), true)
}

// keepKeys adds the keys that keep what the cluster would delete, if there is something.
func (s *Quit) keepKeys(keys []key.Binding) []key.Binding {
	if len(s.timed()) == 0 {
		return keys
	}
	return slices.Insert(keys, len(keys)-1, s.keys.KeepAll, s.keys.KeepForGood)
}

// keepAnswers are those keys, and what each does.
func (s *Quit) keepAnswers() [][2]string {
	timed := s.timed()
	switch len(timed) {
	case 0:
		return nil
	case 1:
		now := timed[0].Look()
		return [][2]string{{"k", "quit, and keep the pod: " + s.untilWords(&now)}, {"K", "quit, and keep the pod for good: nothing deletes it"}}
	}
	return [][2]string{
		{"k", "quit, and keep the pods: the cluster deletes each when its time is over"}, {"K", "quit, and keep the pods for good: nothing deletes them"},
	}
}
