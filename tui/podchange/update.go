package podchange

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Update takes what has been read, news of what is done, and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *readMsg:
		if msg != s.asked {
			return nil
		}
		if msg.err != nil {
			s.problem = kube.Explain(msg.err)
			return nil
		}
		s.change, s.uid = msg.change, msg.uid
	case progressMsg:
		return s.take(msg)
	case agreedMsg:
		if msg.screen == s && msg.of == s.asked {
			return s.agree(msg)
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

func (s *Screen) take(msg progressMsg) tea.Cmd {
	if s.source == nil || msg.source != s.source {
		return nil
	}
	for _, now := range msg.news.Items {
		s.now = now
	}
	if msg.news.Ended {
		s.over = true
		return nil
	}
	return s.listen()
}

func (s *Screen) listen() tea.Cmd {
	source := s.source
	return kit.Listen(source, func(b kit.Batch[progress]) tea.Msg { return progressMsg{source, b} })
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.Bindings
	sent := s.source != nil
	switch {
	case key.Matches(msg, k.Moves()...):
		s.top = kit.Scrolled(k, msg, s.top, s.lines, s.page)
	case key.Matches(msg, k.Retry) && (!sent || s.now.failed != nil):
		return s.Init()
	case s.change == nil:
		return nil
	case sent:
		return s.pressAfter(msg)
	case key.Matches(msg, s.keys.Leave):
		if next, ok := s.change.choose(); ok {
			s.change = next
		}
	case key.Matches(msg, s.keys.Do):
		return s.do()
	}
	return nil
}

// pressAfter is for a change that has been sent.
func (s *Screen) pressAfter(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case s.now.undo && key.Matches(msg, s.keys.Restore):
		return s.Init() // the pod is in quarantine now: what is planned is the way back
	case s.now.undo && key.Matches(msg, s.Bindings.Debug):
		return s.Ask(kit.OpenTools{Cluster: s.cluster, Pod: s.key})
	case s.now.pod != nil && !s.now.undo && key.Matches(msg, s.keys.Next):
		return s.Ask(kit.OpenPod{Cluster: s.cluster, Pod: *s.now.pod})
	}
	return nil
}

// do has the change carried out, if nothing forbids it.
func (s *Screen) do() tea.Cmd {
	p, guard := s.change.preview(), s.cluster.Guard()
	switch closed := guard.Closed(); {
	case s.Waited:
		return s.Flash("this is what would be done: press ↵ again to do it")
	case closed != nil:
		e := entry(journal.Refused, s.target(), s.uid, "")
		e.Why = guard.Why
		s.record(s.cluster, e)
		return s.Flash(closed.Message)
	case p.refusal != nil:
		return s.Flash(p.refusal.Message)
	}
	return s.agree(agreedMsg{screen: s, of: s.asked})
}

func (s *Screen) target() kube.Target {
	return kube.Target{Namespace: s.key.Namespace, Pod: s.key.Name}
}

// agree asks what the rules want to be asked, one after the other, and then has the change carried out.
func (s *Screen) agree(a agreedMsg) tea.Cmd {
	p, guard := s.change.preview(), s.cluster.Guard()
	why := ""
	switch {
	case p.mustType != "":
		why = p.mustType
	case guard.Protected:
		why = "context " + s.cluster.Context + " is protected"
	}
	if why != "" && a.typed != s.key.Name {
		return s.Ask(kit.Show{Screen: kit.NewNamePrompt(s.Kit, why, s.target(), s.Title(), named(s.keys.Do, p.does), func(name string) tea.Msg {
			a.typed = name
			return kit.Return{Result: a}
		})})
	}
	if guard.AskReason && !a.explained {
		return s.Ask(kit.Show{Screen: kit.NewReasonPrompt(s.Kit, s.Title(), named(s.keys.Do, p.does), func(text string) tea.Msg {
			a.reason, a.explained = text, true
			return kit.Return{Result: a}
		})})
	}
	return s.carry(a)
}

// carry sends the change, and writes down that it has been done, whoever looks at the screen by then.
func (s *Screen) carry(a agreedMsg) tea.Cmd {
	record, cluster, target, uid := s.record, s.cluster, s.target(), s.uid
	s.source = s.change.carry(s.ctx, cluster, a.typed, func(action string) { record(cluster, entry(action, target, uid, a.reason)) })
	s.began, s.top = s.Now(), 0
	return s.listen()
}
