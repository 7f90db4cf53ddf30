package tools

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// check looks at the plan anew: what can be known of it without asking, and what the cluster and the registry say.
func (s *Screen) check() tea.Cmd {
	return tea.Batch(s.readCopy(), s.readHost(), s.preflight.of(s.Cluster, s.plan), s.lookAt())
}

// findings are what can be known of the plan from the pod, its node and the image.
func (s *Screen) findings() []debug.Finding {
	if !s.ready() || s.plan.Image == "" {
		return nil
	}
	return debug.Check(s.plan, s.checkFacts())
}

// checkFacts are what is known of the pod, what is around it, and the plan's image.
func (s *Screen) checkFacts() debug.Facts {
	facts := s.preflight.answer.Facts(s.around.Facts(s.Pod))
	if !s.plan.Inside() {
		facts.Image = s.chosen.Facts()
	}
	if s.look.image != s.plan.Image {
		return facts
	}
	if image := s.look.facts(); image != nil {
		facts.Image = image
	}
	return facts
}

// remedy is what can be done about the worst finding that can be fixed.
func (s *Screen) remedy() (one, other *debug.Remedy) {
	for _, f := range s.findings() {
		if f.Remedy != nil {
			return f.Remedy, f.Or
		}
	}
	return nil, nil
}

// fix changes what is asked for, so that a finding goes away.
func (s *Screen) fix(r *debug.Remedy) {
	if r == nil {
		return
	}
	switch fixed := r.Apply(s.plan.Request); { // what is chosen of a pod of the session's own is seen among its options
	case s.way.Copies():
		s.choices = fixed.Copy.Choices
	case s.way.FromNode():
		shell := s.host.Shell // the tool's own is not a person's choice
		s.host = nodeChoice{fixed.Node, fixed.Own.Namespace}
		s.host.Shell = shell
	}
	s.fixes = append(s.fixes, r.Apply)
	s.replan()
}

// admittedMsg is the strongest profile that the cluster admits.
type admittedMsg struct {
	screen   *Screen
	plan     debug.Plan // for which it was asked
	admitted debug.AdmittedProfile
	err      error
}

// findAdmitted asks for the strongest profile that is admitted, not above the present one.
func (s *Screen) findAdmitted() tea.Cmd {
	if s.plan.Image == "" {
		return s.Flash("choose a tool first")
	}
	ctx, cluster, pod, plan := s.ctx, s.Cluster, s.Pod, s.plan
	s.Flash("asking which profile the cluster admits…")
	return func() tea.Msg {
		admitted, err := debug.Strongest(ctx, cluster, pod, plan.Request)
		return admittedMsg{s, plan, admitted, err}
	}
}

func (s *Screen) takeAdmitted(msg admittedMsg) {
	switch {
	case msg.screen != s || msg.plan.Adds != s.plan.Adds:
	case msg.err != nil:
		s.Flash(kube.Explain(msg.err).Message)
	case msg.admitted.Profile == s.profile:
		s.Flash("the cluster admits the profile " + string(s.profile))
	default:
		s.profile, s.profileChosen, s.loses = msg.admitted.Profile, true, msg.admitted.Loses
		s.Flash("the profile is " + string(s.profile) + " now")
		s.replan()
	}
}

// obstacle is why the plan is known to fail; nil: nothing is known that speaks against it.
func (s *Screen) obstacle() *kube.Problem {
	return debug.BlockingProblem(s.preflight.answer, s.findings())
}

// remark is one thing that there is to say about the plan.
type remark struct {
	style  kit.Style
	symbol string
	text   string
}

// remarks are what the rules, the cluster, the pod, the node and the registry have to say, the weightiest first.
func (s *Screen) remarks() []remark {
	st := &s.Styles
	var all []remark
	say := func(style kit.Style, symbol, text string) {
		if text != "" {
			all = append(all, remark{style, symbol, text})
		}
	}
	say(st.Accent, "★", s.wayReason)
	if s.chosen.Brings != nil && s.Pod != nil {
		d := s.chosen.Brings.Dump("")
		for _, e := range d.Cost(s.Pod, s.plan.Target.Container) {
			if e.Warns {
				say(st.Warn, "!", e.Text)
			} else {
				say(st.Muted, "·", e.Text)
			}
		}
	}
	for _, r := range s.clusterRemarks() {
		say(r.style, r.symbol, r.text)
	}
	findings, refusal := s.findings(), s.preflight.refusal()
	for _, f := range findings {
		if refusal != nil && f.Text == refusal.Message {
			continue // it is above
		}
		switch f.Severity {
		case debug.Blocking:
			say(st.Bad, "✗", f.Text)
		case debug.Warning:
			say(st.Warn, "!", f.Text)
		default:
			say(st.Muted, "·", f.Text)
		}
	}
	if one, other := s.remedy(); one != nil {
		text := "m: " + one.Words
		if other != nil {
			text += "   M: " + other.Words
		}
		say(st.Accent, "→", text)
	}
	all = append(all, s.imageRemarks()...)
	for _, n := range s.plan.Notes {
		if slices.ContainsFunc(findings, func(f debug.Finding) bool { return f.Text == n.Text }) {
			continue
		}
		if n.Warns {
			say(st.Warn, "!", n.Text)
		} else {
			say(st.Muted, "·", n.Text)
		}
	}
	if s.around.Arch == "" {
		say(st.Muted, "·", "cannot read the node's architecture: assuming "+s.platform().String())
	}
	return all
}

// clusterRemarks are the guard rails' word, or the cluster's.
func (s *Screen) clusterRemarks() []remark {
	st := &s.Styles
	both := func(style kit.Style, symbol string, p *kube.Problem) []remark {
		list := []remark{{style, symbol, p.Message}}
		hint := s.Advised(s, p).Hint
		if p.RequiredRBAC != "" {
			hint += "; press " + s.keys.Whole.Help().Key + " to see it, and " + s.keys.Copy.Help().Key + " there to copy it"
		}
		if hint != "" {
			list = append(list, remark{st.Accent, "→", hint})
		}
		return list
	}
	var list []remark
	switch guard := s.plan.Forbidden(s.Cluster.Guard()); {
	case guard != nil:
		return both(st.Bad, "✗", guard)
	case s.preflight.refusal() != nil:
		list = both(st.Bad, "✗", s.preflight.refusal())
	case s.preflight.unclear() != nil:
		list = both(st.Warn, "?", s.preflight.unclear())
	case s.preflight.known:
		list = []remark{{st.Good, "✓", "allowed: you can start this session"}}
	case s.preflight.asking:
		list = []remark{{st.Muted, "…", "checking permissions and policy… (you need not wait)"}}
	}
	if s.preflight.known {
		for _, n := range s.preflight.answer.Notes() {
			list = append(list, remark{st.Warn, "!", n.Text})
		}
	}
	if s.loses != "" {
		list = append(list, remark{st.Warn, "!", s.loses})
	}
	return list
}

// imageRemarks are the registry's word.
func (s *Screen) imageRemarks() []remark {
	st := &s.Styles
	mark, words, hint := s.look.words()
	switch mark {
	case "":
		return nil
	case "✓":
		return []remark{{st.Good, mark, words}}
	case "!":
		if fallback := s.fallback(); fallback != "" {
			hint = strings.TrimPrefix(hint+"; press "+s.keys.Fallback.Help().Key+" to use "+fallback+" instead", "; ")
		}
		if s.look.problem.Kind == registry.WrongPlatform && s.around.OS != "" && s.around.Arch != "" { // there is a finding that says so
			return []remark{{st.Accent, "→", hint}}
		}
		return []remark{{st.Warn, mark, words}, {st.Accent, "→", hint}}
	}
	return []remark{{st.Muted, mark, words}}
}

// hints are the commands to try first, made for the pod.
func (s *Screen) hints() []string {
	if try := s.way.Try(); len(try) > 0 {
		return try
	}
	if s.way == debug.Node {
		return s.chosen.Hints(presets.Subject{})
	}
	facts := s.checkFacts()
	place := s.plan.Place(facts)
	if sight := debug.SightOf(s.plan, facts); !sight.Opens && sight.If == "" {
		place.Root = ""
	}
	subject := presets.Subject{PID: place.PID, Root: place.Root, NoNetwork: facts.Node != nil && facts.Node.Bare}
	if c, ok := s.Pod.Container(s.target); ok {
		subject.HTTP, subject.TLS, subject.GRPC, subject.TCP = c.Serves.HTTP, c.Serves.TLS, c.Serves.GRPC, c.Serves.TCP
	}
	return s.chosen.Hints(subject)
}
