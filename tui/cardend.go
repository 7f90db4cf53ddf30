package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// besideEndMsg is what is beside the container in its pod, now that it has ended.
type besideEndMsg struct {
	card *cardScreen
	now  []kube.Container
	late bool
}

// takeEnding takes the cluster's word.
func (s *cardScreen) takeEnding(msg endingMsg) tea.Cmd {
	s.unsure = nil
	if msg.err != nil && !errors.Is(msg.err, context.DeadlineExceeded) && !errors.Is(msg.err, context.Canceled) {
		s.unsure = kube.Explain(msg.err)
	}
	if s.ownShell() {
		s.container, s.ending.Gone, s.ending.Deleting = msg.ending, msg.ending.Gone, msg.ending.Deleting
		s.sessions.learn(s.cluster, s.target, msg.ending.Exit != nil || msg.ending.Gone)
	} else {
		s.known, s.ending = true, msg.ending
	}
	if msg.ending == (kube.Ending{}) {
		return s.askEnding // nobody has said anything: ask on
	}
	return nil
}

// compare looks, once the end is known, at what has happened beside it, and once more a moment later: the kubelet tells one container after
// the other.
func (s *cardScreen) compare() tea.Cmd {
	if s.compared || s.ending.Exit == nil || s.ending.Gone || s.besideThen() == nil {
		return nil
	}
	s.compared = true
	return s.readBeside(false)
}

func (s *cardScreen) readBeside(late bool) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(s.ctx, exitPatience)
		defer cancel()
		pod, err := s.cluster.Pod(ctx, s.target.Namespace, s.target.Pod)
		if err != nil {
			return nil // then nothing is said of it
		}
		return besideEndMsg{s, pod.Containers, late}
	}
}

// besideThen is what was beside it when it began; nil: not known.
func (s *cardScreen) besideThen() []kube.Container {
	switch {
	case s.attach.run != nil && s.attach.run.beside != nil:
		return s.attach.run.beside
	case s.plan != nil:
		return s.plan.Beside
	}
	return nil
}

// lookAgainMsg: it is time to look once more at what is beside.
type lookAgainMsg struct{ card *cardScreen }

func (s *cardScreen) takeBeside(msg besideEndMsg) tea.Cmd {
	const settles = 3 * time.Second
	s.beside = s.ending.Exit.Blame(kube.Meanwhile(s.besideThen(), msg.now), true)
	if msg.late {
		return nil
	}
	return s.After(settles, lookAgainMsg{s})
}

func (s *cardScreen) takeSaved(msg savedMsg) tea.Cmd {
	if msg.err != nil {
		return s.Flash(kube.Explain(msg.err).What)
	}
	s.saved = msg.file
	return s.Flash("saved to " + s.shortPath(msg.file))
}
