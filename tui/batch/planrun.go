package batch

import (
	"errors"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// unasked is in how many it runs without another question.
const unasked = 50

// agreed is what a person has said to what the rules of the context ask.
type agreed struct {
	number bool
	reason string
	asked  bool // that they are many
}

// run begins, once what has to be asked has been answered.
func (p *plan) run() tea.Cmd {
	if p.batch == nil {
		return p.refused()
	}
	n, guard := len(p.batch.Runs()), p.with.Cluster.Guard()
	agree := func(change func(*agreed)) tea.Msg {
		said := p.agreed
		change(&said)
		return kit.Return{Result: agreedMsg{p, said}}
	}
	switch {
	case n == 0:
		return p.Flash("nothing to run: all are skipped")
	case p.Waited:
		return p.Flash("this is what would be done: press ↵ again to do it")
	case guard.Protected && !p.agreed.number:
		return p.Kit.Ask(kit.Show{Screen: p.askNumber(n, agree)})
	case guard.AskReason && p.agreed.reason == "":
		return p.Kit.Ask(kit.Show{Screen: kit.NewReasonPrompt(p.Kit, p.Title(), p.Ask.keys.Run, func(text string) tea.Msg {
			return agree(func(a *agreed) { a.reason = text })
		})})
	case n > unasked && !p.agreed.number && !p.agreed.asked:
		said := p.agreed
		said.asked = true
		return p.Kit.Ask(kit.Show{Screen: kit.NewConfirm(p.Kit, kit.ConfirmOptions{
			Title: p.Title() + " › confirm", Asks: fmt.Sprintf("Run it %s %s?", p.in(), p.noun(n)), Says: []string{p.changes()}, Yes: p.Ask.keys.Run, Request: agreedMsg{p, said},
		})})
	}
	return p.Kit.Ask(Begin{Run: p.runOptions(), About: p.aboutIt()})
}

// refused writes down that a person wanted what a rule of the context forbids, if one does.
func (p *plan) refused() tea.Cmd {
	if p.problem == nil || !errors.Is(p.problem, kube.ErrGuarded) {
		return nil
	}
	about := runner.About{Preset: p.tool.Name, Batch: p.id}
	at := kube.Target{Namespace: p.with.Cluster.Namespace}
	if !p.ofNodes() {
		at.Namespace = p.with.Pods[0].Namespace
	}
	p.with.Runner.Refuse(runner.Job{Cluster: p.with.Cluster, Target: at, About: about}, p.problem)
	return p.Flash(p.problem.Message)
}

// askNumber has a person type how many they are.
func (p *plan) askNumber(n int, agree func(func(*agreed)) tea.Msg) kit.Screen {
	number := strconv.Itoa(n)
	return kit.NewPrompt(p.Kit, kit.PromptOptions{
		Title: p.Title() + " › confirm", Takes: p.Ask.keys.Run,
		Asks: fmt.Sprintf("%s. To continue, type %s how many %ss it runs: %s", runner.Protected(p.with.Cluster.Context), p.in(), p.kind(), number),
		Check: func(text string) error {
			if text != number {
				return &kube.Problem{Message: "that is not how many there are", Hint: "type " + number + ", or press esc to cancel"}
			}
			return nil
		},
		Done: func(string) tea.Msg { return agree(func(a *agreed) { a.number = true }) },
	})
}

func (p *plan) runOptions() batchrun.Options {
	limit := limits()[p.limits]
	about := runner.About{Preset: p.tool.Name, Reason: p.agreed.reason}
	if p.way == byExec {
		about.Preset = "exec"
	}
	return batchrun.Options{
		ID: p.id, Cluster: p.with.Cluster, Runner: p.with.Runner, Items: p.batch.Runs(), Command: p.runs(), About: about, Confirmed: p.agreed.number,
		Max: limit.max, PerNode: limit.perNode, Timeout: timeouts()[p.timeout], Now: p.Now,
	}
}

// aboutIt is what a person calls it, once it runs.
func (p *plan) aboutIt() About {
	about := About{Where: p.where(), What: p.what(), How: p.how(), Resume: p.commandLine("--resume", p.id)}
	for _, g := range p.batch.Reasons() {
		about.Skipped = append(about.Skipped, Skip{Why: g.Words, Names: g.Names})
	}
	ctx, with, was := p.ctx, p.with, *p
	about.Again = func(pods []kube.PodKey, nodes []string) kit.Screen {
		with.Pods, with.Nodes = pods, nodes
		again := NewAsk(ctx, was.Kit, with)
		again.plan = newPlan(again, was.question, was.tool, was.command, was.text)
		again.plan.way, again.plan.limits, again.plan.timeout = was.way, was.limits, was.timeout
		return again
	}
	return about
}
