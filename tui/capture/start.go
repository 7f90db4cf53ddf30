package capture

import (
	"errors"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// start begins, once what has to be asked has been answered.
func (s *Ask) start() tea.Cmd {
	if s.batch == nil {
		return s.refused()
	}
	n, guard := len(s.batch.Runs()), s.with.Cluster.Guard()
	agree := func(change func(*agreed)) tea.Msg {
		said := s.agreed
		change(&said)
		return kit.Return{Result: agreedMsg{s, said}}
	}
	switch {
	case n == 0:
		return s.Flash("nothing can be captured: all pods are skipped")
	case s.Waited:
		return s.Flash("this is what would be done: press ↵ again to do it")
	case guard.Protected && !s.agreed.number:
		return s.Ask(kit.Show{Screen: s.askNumber(n, agree)})
	case guard.AskReason && s.agreed.reason == "":
		return s.Ask(kit.Show{Screen: kit.NewReasonPrompt(s.Kit, s.Title(), s.keys.Start, func(text string) tea.Msg {
			return agree(func(a *agreed) { a.reason = text })
		})})
	}
	runs := s.batch.Runs()
	run := capturerun.Options{
		Cluster: s.with.Cluster, Runner: s.with.Runner, Items: runs, Capture: s.what, Confirmed: s.agreed.number, Now: s.Now,
		About: runner.About{Preset: capturerun.Preset, Reason: s.agreed.reason},
	}
	return s.Ask(Begin{Run: run, Where: s.where(), About: capturerun.About(runs)})
}

// refused writes down that a person wanted what a rule of the context forbids, if one does.
func (s *Ask) refused() tea.Cmd {
	if s.problem == nil || !errors.Is(s.problem, kube.ErrGuarded) {
		return nil
	}
	at := kube.Target{Namespace: s.with.Pods[0].Namespace}
	s.with.Runner.Refuse(runner.Job{Cluster: s.with.Cluster, Target: at, About: runner.About{Preset: capturerun.Preset}}, s.problem)
	return s.Flash(s.problem.Message)
}

// askNumber has a person type how many they are.
func (s *Ask) askNumber(n int, agree func(func(*agreed)) tea.Msg) kit.Screen {
	number := strconv.Itoa(n)
	return kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › confirm", Takes: s.keys.Start,
		Asks: fmt.Sprintf("%s. To continue, type from how many pods it captures: %s", runner.Protected(s.with.Cluster.Context), number),
		Check: func(text string) error {
			if text != number {
				return &kube.Problem{Message: "that is not how many there are", Hint: "type " + number + ", or press esc to cancel"}
			}
			return nil
		},
		Done: func(string) tea.Msg { return agree(func(a *agreed) { a.number = true }) },
	})
}
