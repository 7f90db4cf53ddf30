package tools

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	before := s.cursor.At
	if s.cursor.Move(k.KeyMap, msg, len(s.passed), 10) {
		if s.touched = true; s.cursor.At != before {
			s.turn()
		}
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.Back) && s.filter.Text() != "":
		s.filter.Clear()
		s.refilter()
	case key.Matches(msg, k.Profile):
		s.profile, s.profileChosen, s.fixes = next(kube.Profiles(), s.profile), true, nil
		s.loses = ""
		s.replan()
	case key.Matches(msg, k.Target) && s.chosen.NoTarget && s.way != debug.Join:
		return s.Flash(s.chosen.Name + " needs no target: it works on the pod's network")
	case key.Matches(msg, k.Target):
		s.target, s.asked, s.fixes = next(s.targets(), s.target), true, nil
		s.replan()
	case key.Matches(msg, k.Way):
		s.way, s.fixes, s.wayChosen, s.wayReason = next(s.ways(), s.way), nil, true, ""
		s.restock()
		s.replan()
	case key.Matches(msg, k.Options):
		return s.chooseCopy()
	case key.Matches(msg, k.Life, k.Private, k.Record):
		s.turnMode(msg)
	case key.Matches(msg, k.Whole) && s.plan.Adds != "":
		return s.Ask(kit.Show{Screen: s.whole()})
	case key.Matches(msg, k.Launch):
		return s.launch()
	case s.State() != nil:
		return nil
	case key.Matches(msg, k.Compose):
		return s.compose()
	case key.Matches(msg, k.AnyImage):
		return s.typeImage()
	case key.Matches(msg, k.Fallback):
		return s.fallBack()
	case key.Matches(msg, k.SaveTool):
		return s.save()
	case key.Matches(msg, k.Weaker):
		return s.findAdmitted()
	case key.Matches(msg, k.Fix):
		one, _ := s.remedy()
		s.fix(one)
	case key.Matches(msg, k.FixElse):
		_, other := s.remedy()
		s.fix(other)
	case key.Matches(msg, k.Command) && s.chosen.own:
		s.nextCommand()
	}
	return nil
}

// Needs reports whether a key is about the tools, or the plan of one, for the pod.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return !s.Typing() && key.Matches(msg, append(k.Moves(), k.Launch, k.Profile, k.Target, k.Way, k.Options, k.Life, k.Private, k.Record, k.Whole, k.Compose, k.AnyImage,
		k.Fallback, k.Weaker, k.Fix, k.FixElse, k.Command)...)
}

// Reading reports whether the pod, or what is around it, has not been read yet.
func (s *Screen) Reading() bool { return !s.ready() && s.State() == nil }

// turnMode changes how the session is to be.
func (s *Screen) turnMode(msg tea.KeyPressMsg) {
	switch {
	case key.Matches(msg, s.keys.Life) && s.way.OwnPod():
		s.mode.OwnPod = nextOwnPod(s.mode.OwnPod, s.with.Mode(s.Cluster).OwnPod)
	case key.Matches(msg, s.keys.Life):
		s.mode.Life = s.mode.Life.next(s.with.Mode(s.Cluster).Life)
	case key.Matches(msg, s.keys.Private):
		s.mode.Private = !s.mode.Private
	default:
		s.mode.Record = !s.mode.Record
	}
	s.replan()
}

// targets are the containers that could be looked at, and none.
func (s *Screen) targets() []string {
	list := []string{""}
	if s.Pod != nil {
		for _, c := range s.Pod.Containers {
			if c.Kind != kube.DebugContainer && (c.Running || s.way.Copies()) {
				list = append(list, c.Name)
			}
		}
	}
	return list
}

// nextCommand goes through what an image of no preset can start: what it says itself, or a shell that it may have.
func (s *Screen) nextCommand() {
	ring := []string{"", "sh", "bash"}
	now := ""
	if len(s.chosen.Command) > 0 {
		now = s.chosen.Command[0]
	}
	t := s.chosen
	t.Command = nil
	if shell := next(ring, now); shell != "" {
		t.Command = []string{shell}
	}
	profile, chosen := s.profile, s.profileChosen
	s.replace(t)
	s.profile, s.profileChosen = profile, chosen
	s.replan()
}

// replace puts a tool in the place of the one of the same name and image, or in front of all.
func (s *Screen) replace(t tool) {
	if i := slices.IndexFunc(s.own, t.same); i >= 0 {
		s.own[i] = t
	} else {
		s.own = append([]tool{t}, s.own...)
	}
	s.chosen = t
	s.restock()
	s.turn()
}

func (s *Screen) launch() tea.Cmd {
	switch {
	case s.State() != nil:
		return s.Flash(s.State().Message)
	case s.Waited:
		return s.Flash("this is what would be sent: press ↵ again to send it")
	case !s.ready():
		return s.Flash("still reading the pod")
	case s.refused != nil:
		return s.Flash(s.refused.Message)
	case s.plan.Image == "":
		return s.Flash("choose a tool first")
	}
	if s.chosen.Brings != nil && s.way != debug.InPod {
		return s.Flash(s.chosen.Name + " brings a file home from the pod as it is: press " + s.keys.Way.Help().Key + " for a debug container in the pod")
	}
	job := s.job()
	if p := job.Allowed(); p != nil {
		s.Flash(p.Message)
		return s.Ask(Refused{job, p})
	}
	if s.obstacle() != nil && s.confirmed != s.plan.Adds {
		// An opinion may be wrong, or old; the cluster has the last word.
		s.confirmed = s.plan.Adds
		s.Flash("this is known to fail, see above; press ↵ again to try it anyway")
		return s.preflight.again()
	}
	if s.chosen.Brings != nil && s.chosen.Takes != "" {
		return s.askArgument(agreement{screen: s, job: job})
	}
	return s.agree(agreement{screen: s, job: job, brings: s.chosen.Brings})
}

// askArgument asks for what a preset takes that brings something home.
func (s *Screen) askArgument(a agreement) tea.Cmd {
	t := s.chosen.Preset
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › " + t.Name, Takes: s.keys.Launch, Asks: t.Name + " takes " + t.Takes, Text: t.Usual(),
		Check: func(text string) error {
			_, err := t.With(strings.Fields(text))
			return err
		},
		Done: func(text string) tea.Msg {
			with, err := t.With(strings.Fields(text))
			if err == nil {
				a.brings = with.Brings
			}
			return kit.Return{Result: a}
		},
	})})
}

// job is the plan as a session.
func (s *Screen) job() runner.Job {
	plan := s.plan
	return runner.Job{
		Cluster: s.Cluster, Plan: &plan, About: runner.About{Preset: s.chosen.Name, Record: s.mode.Record, Try: s.hints()},
	}
}

// agreement is a job on its way to be carried out, with what a person has said to it.
type agreement struct {
	screen *Screen
	job    runner.Job
	brings *presets.Brings // what is brought home, with its arguments; nil: nothing
}

// agree asks what the rules of the context want to be asked, one after the other, and then has the plan carried out.
func (s *Screen) agree(a agreement) tea.Cmd {
	switch a.job.Missing() {
	case runner.PodName:
		return s.askName(a)
	case runner.Reason:
		return s.askReason(a)
	case runner.Nothing:
	}
	return s.start(a)
}

// askReason has a person say why, for the journal.
func (s *Screen) askReason(a agreement) tea.Cmd {
	return s.Ask(kit.Show{Screen: kit.NewReasonPrompt(s.Kit, s.Title(), s.keys.Launch, func(text string) tea.Msg {
		a.job.About.Reason = text
		return kit.Return{Result: a}
	})})
}

// askName has a person type the name of a pod that is in a protected context, or will be deleted, before anything is done to it.
func (s *Screen) askName(a agreement) tea.Cmd {
	about, why := a.job.ToType()
	return s.Ask(kit.Show{Screen: kit.NewNamePrompt(s.Kit, why, about, s.Title(), s.keys.Launch, func(name string) tea.Msg {
		a.job.Confirmed = name
		return kit.Return{Result: a}
	})})
}

// start has a plan carried out.
func (s *Screen) start(a agreement) tea.Cmd {
	if s.replan(); s.plan.Adds != a.job.Plan.Adds || s.obstacle() != nil && s.confirmed != s.plan.Adds {
		return s.Flash("the plan has changed: review it, then press ↵")
	}
	cluster := s.Cluster
	if s.chosen.own {
		s.with.Memory.UseImage(s.chosen.Image)
	} else {
		s.with.Memory.UsePreset(cluster.Context, s.chosen.Name)
	}
	s.name, s.choices.Named = s.with.NewName(), "" // a name can be used only once
	s.replan()
	return s.Ask(Start{a.job, a.brings})
}

// Start asks App to begin a session, and to show how it starts, or how something is brought home from it.
type Start struct {
	Job    runner.Job
	Brings *presets.Brings // nil: nothing
}

// Refused tells App that a job was not begun because of the rules of its context: the journal records it.
type Refused struct {
	Job     runner.Job
	Problem *kube.Problem
}

// whole is all that the plan does: the command, the difference to the pod, and the rights that are missing.
func (s *Screen) whole() kit.Screen {
	text := ""
	if s.plan.Command != "" {
		text = s.plan.Command + "\n\n"
	}
	copies := s.plan.Adds
	if p := s.preflight.answer.Problem; p != nil && p.RequiredRBAC != "" {
		text += p.Message + "\n" + s.Advised(s, p).Hint + ":\n\n" + strings.TrimRight(p.RequiredRBAC, "\n") + "\n\n"
		copies = p.RequiredRBAC
	}
	intro, diff := s.plan.Difference()
	return kit.NewPager(s.Kit, kit.PagerOptions{Title: s.Title() + " › what will be sent", Text: text + strings.TrimRight(intro, "\n") + "\n", Diff: diff, Copies: copies, Command: s.plan.Command})
}
