package pod

import (
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws a part of the document; under it, when there is more, which part, and what is looked for.
func (s *Inspection) View(width, height int) string {
	st := &s.Styles
	var out []string
	if p := s.State(); p != nil {
		out = append(kit.Lines(kit.ProblemText(st, s.Advised(s, p), width)), "")
	}
	if s.Pod == nil {
		if len(out) == 0 {
			out = []string{"", "  " + st.Muted.Render("Reading the pod…")}
		}
		return kit.Box(kit.Join(out), width, height)
	}
	s.write(width)
	return s.view.Draw(st, out, width, height)
}

// replicas says how it is with the replicas of a pod that is sick.
func (s *Inspection) replicas(width int) document.Part {
	if s.Gone {
		return document.Part{}
	}
	return s.why.replicasPart(width - 3)
}

// write makes the document anew when something has changed.
func (s *Inspection) write(width int) {
	e := s.why.shown
	s.why.drawn = s.Now()
	e.Pod = s.Pod
	now := inspectState{
		pod: s.Pod, events: len(e.Events), log: len(e.Log.Lines), read: [2]bool{e.EventsRead, e.Log.Read},
		yaml: s.view.YAML, gone: s.Gone, width: width, theme: s.Styles.Text.Render("x") + s.Styles.Muted.Render("x"),
	}
	if !s.Gone {
		now.like = s.why.replicasWords()
	}
	if len(e.Events) > 0 {
		now.shown = &e.Events[0]
	}
	if !s.view.YAML {
		now.second = s.Now().Unix()
	}
	if now == s.drawnAs {
		return
	}
	s.drawnAs = now
	if s.view.YAML {
		text, hidden := detail.YAML(s.Pod)
		s.view.Doc = document.YAML(&s.Styles, text, hidden, width)
		return
	}
	s.view.Doc = wordsDoc(&s.Styles, &e, s.replicas(width), s.Gone, s.Now(), width)
}
