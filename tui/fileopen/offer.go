package fileopen

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/fileaccess"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// offer is the debug container that would be added to get to the files: exactly what would be sent, and what is known of it.
type offer struct {
	tool    presets.Preset
	name    string
	profile kube.Profile
	root    bool                  // it runs as root, whatever the pod says
	around  *debug.PodEnvironment // nil: not read yet

	plan     debug.Plan
	refused  *kube.Problem // why there is no plan
	asked    int           // which plan the cluster was asked about last
	answer   *debug.Preflight
	findings []debug.Finding
	warned   string // the plan of which a person was told that it is known to fail
}

type (
	// aroundMsg is what is around the pod.
	aroundMsg struct {
		of     *opening
		around debug.PodEnvironment
	}
	// preflightMsg is what the cluster says of a plan.
	preflightMsg struct {
		of     *opening
		asked  int
		answer debug.Preflight
	}
	// startedMsg tells that the debug container runs, or why it does not.
	startedMsg struct {
		of  *opening
		who files.Identity
		err error
	}
)

// plan offers a debug container.
func (w *Way) plan() tea.Cmd {
	o, ctx, c := w.opening, w.ctx, w.with.Cluster
	tool := w.preset(fileaccess.Preset)
	o.phase, o.offer = offering, &offer{tool: tool, name: w.with.NewName(), profile: kube.Profile(tool.Profile)}
	pod := o.pod
	return func() tea.Msg { return aroundMsg{o, debug.ReadPodEnvironment(ctx, c, pod)} }
}

// replan makes the plan anew, and asks the cluster about it.
func (w *Way) replan() tea.Cmd {
	o, f := w.opening, w.opening.offer
	chosen := choice.Choice{Preset: f.tool, Name: f.name, Target: w.Container, Change: func(r debug.Request) debug.Request {
		r.Command, r.ArgumentsOnly, r.NoTTY, r.NoStdin, r.Profile, r.Target = fileaccess.Command(), false, true, true, f.profile, w.Container
		r.Root = r.Root || f.root
		return r
	}}
	f.plan, f.refused, f.answer, f.findings = debug.Plan{}, nil, nil, nil
	plan, _, err := chosen.Plan(o.pod, f.around.Arch, w.settings())
	if err == nil && plan.Place(f.facts(o.pod)).Root == "" {
		err = &kube.Problem{
			Message: "a debug container does not find the files of " + o.found.Access.Target.String() + ": the containers of the pod share their processes",
			Hint:    "look at a container of the pod that has sh and tar", Help: []kube.Help{kube.ChooseTarget},
		}
	}
	if f.asked++; err != nil {
		f.refused = kube.Explain(err)
		return nil
	}
	f.plan = plan
	ctx, c, asked := w.ctx, w.with.Cluster, f.asked
	return func() tea.Msg { return preflightMsg{o, asked, debug.RunPreflight(ctx, c, plan)} }
}

// facts are what is known of the pod and the image.
func (f *offer) facts(pod *kube.Pod) debug.Facts {
	facts := f.around.Facts(pod)
	facts.Image = f.tool.Facts()
	return facts
}

// takeAnswer takes what the cluster says of the plan.
func (w *Way) takeAnswer(msg preflightMsg) {
	f := w.opening.offer
	f.answer, f.findings = &msg.answer, debug.Check(f.plan, msg.answer.Facts(f.facts(w.opening.pod)))
}

// blocks is why the plan is known to fail; nil: nothing is known against it.
func (f *offer) blocks() *kube.Problem {
	if f.answer == nil {
		return nil
	}
	return debug.BlockingProblem(*f.answer, f.findings)
}

// nextProfile goes through the profiles that let a debug container into the files of its target.
func (w *Way) nextProfile() tea.Cmd {
	f, all := w.opening.offer, kube.Profiles()
	f.profile = all[(slices.Index(all, f.profile)+1)%len(all)]
	return w.replan()
}

// job is the plan to be carried out.
func (w *Way) job() runner.Job {
	o := w.opening
	plan := o.offer.plan
	return runner.Job{
		Cluster: w.with.Cluster, Plan: &plan, Confirmed: o.found.Access.Confirmed, Unlisted: true, Ends: true, About: runner.About{Preset: o.offer.tool.Name, Reason: o.found.Access.Reason},
	}
}

// add has the plan carried out that is on the screen.
func (w *Way) add() tea.Cmd {
	o, f := w.opening, w.opening.offer
	switch {
	case f.around == nil:
		return w.Flash("still reading the pod")
	case f.refused != nil:
		return w.Flash(f.refused.Message)
	case w.Waited:
		return w.Flash("this is what would be sent: press ↵ again to send it")
	}
	job := w.job()
	if p := job.Allowed(); p != nil {
		w.with.Runner.Refuse(job, p)
		return w.Flash(p.Message)
	}
	if f.blocks() != nil && f.warned != f.plan.Adds {
		f.warned = f.plan.Adds
		return w.Flash("this is known to fail, see above; press ↵ again to try it anyway")
	}
	o.phase, o.helper = starting, helper.Begin(w.with.Runner, job)
	o.found.Place = files.Place{Target: o.found.Access.Target, Runs: f.plan.Debug}
	ctx, c, added, place := w.ctx, w.with.Cluster, o.helper, o.found.Place
	return func() tea.Msg {
		err := added.Await(ctx)
		if err == nil {
			err = files.Check(ctx, c, place)
		}
		msg := startedMsg{of: o, err: err}
		if err == nil {
			msg.who, _ = files.WhoRuns(ctx, c, place) // what cannot be found out is not known
		}
		return msg
	}
}

func (w *Way) takeStarted(msg startedMsg) tea.Cmd {
	o := w.opening
	if msg.err != nil {
		o.endHelper(w)
		return w.fail(msg.err)
	}
	return w.takePlace(placeMsg{of: o, place: o.found.Place, ok: true, who: msg.who})
}

// preset is the tool whose image is used.
func (w *Way) preset(name string) presets.Preset {
	for _, p := range w.with.Presets() {
		if p.Name == name && p.Node == "" {
			return p
		}
	}
	return presets.Preset{Name: name, Image: name, Profile: string(kube.General)}
}

func (w *Way) settings() registry.Settings {
	if w.with.Registries == nil {
		return registry.Settings{}
	}
	return w.with.Registries(w.with.Cluster.Context)
}

// whole is all that the plan does.
func (w *Way) whole() tea.Cmd {
	f := w.opening.offer
	if f.plan.Adds == "" {
		return nil
	}
	text := ""
	if f.plan.Command != "" {
		text = f.plan.Command + "\n\n"
	}
	if f.answer != nil && f.answer.Problem != nil && f.answer.Problem.RequiredRBAC != "" {
		text += fmt.Sprintf("%s\n\n%s\n", f.answer.Problem.Message, f.answer.Problem.RequiredRBAC)
	}
	intro, diff := f.plan.Difference()
	return w.Ask(kit.Show{Screen: kit.NewPager(w.Kit, kit.PagerOptions{
		Title: w.Title() + " › what will be sent", Text: text + intro, Diff: diff, Copies: f.plan.Adds, Command: f.plan.Command,
	})})
}
