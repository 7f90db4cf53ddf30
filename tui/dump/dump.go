// Package dump brings home what a preset makes beside a pod's processes: it shows how the debug container starts, how the dump is made and copied, and where
// it is then. The debug container is ended whatever becomes of it. Package kube/dumps does the work.
package dump

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options is what the screen is made of.
type Options struct {
	Runner *runner.Runner
	Job    runner.Job // whose container the command runs in
	Brings presets.Brings
	State  string // the folder of dayfly's state; empty: there is none
	Home   string // the person's own, for which ~ is shown
}

// Screen brings one dump home.
type Screen struct {
	*kit.Kit
	keys    keyMap
	ctx     context.Context //nolint:containedctx // of the screen's life: the work runs in it
	stop    context.CancelFunc
	with    Options
	helper  *helper.Helper
	session *runner.Session // of that
	began   time.Time
	ending  sync.Once
	ended   chan struct{} // closed when nothing of it is under way

	source  <-chan news // of the work under way; nil: it has not begun, or is over
	leaving bool        // it was cancelled, and has not ended yet
	over    bool        // nothing more comes
	stages  []dumps.Stage
	now     dumps.Progress
	copied  time.Time // when copying began
	done    *dumps.Result
	failed  *kube.Problem
	file    *kube.Problem // why what was made may still be there, though nothing was brought
	left    *kube.Problem // why the debug container could not be ended
}

// New begins: the job is started, as any session is.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	ctx, stop := context.WithCancel(ctx)
	o.Job.Ends = true                  // with dayfly, if there is no time to end it before
	h := helper.Begin(o.Runner, o.Job) //nolint:contextcheck // the runner has its own
	return &Screen{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, stop: stop, with: o, helper: h, session: h.Session(), began: k.Now(), ended: make(chan struct{})}
}

// Init looks how far the container is.
func (s *Screen) Init() tea.Cmd { return s.follow() }

// Close gives up what is under way: what was made there is deleted, and the container ended, until [Screen.Ended].
func (s *Screen) Close() {
	s.stop()
	if s.source == nil && !s.over {
		go func() { _ = s.end() }()
	}
}

// Ended is closed when nothing of it is under way, and the container has been ended.
func (s *Screen) Ended() <-chan struct{} { return s.ended }

// Shows reports whether it is about a session.
func (s *Screen) Shows(r *runner.Session) bool { return s.session == r }

// Title is where one is.
func (s *Screen) Title() string {
	t := s.with.Job.Plan.Target
	return t.Namespace + " › " + t.Pod + " › " + s.with.Job.About.Preset
}

// Claims the interrupt, which cancels what is under way first.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool {
	return !s.over && !s.leaving && msg.String() == "ctrl+c"
}

// HoldsBack reports whether esc gives up what is under way, instead of leaving.
func (s *Screen) HoldsBack() bool { return !s.over }

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	if !s.over {
		return []key.Binding{s.keys.Cancel}
	}
	return []key.Binding{s.keys.Leave, s.keys.Back}
}

// Update takes keys, and news of the session and of the work.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		return s.take(msg)
	case tea.KeyPressMsg:
		switch {
		case s.over && key.Matches(msg, s.keys.Leave):
			return s.Ask(kit.Leave{})
		case !s.over && key.Matches(msg, s.keys.Cancel, s.keys.Back):
			return s.cancel()
		}
		return nil
	}
	return s.follow() // the runner has news, or time has passed
}

// follow begins the work when the container runs, and ends it when it does not come to that.
func (s *Screen) follow() tea.Cmd {
	if s.over || s.source != nil {
		return nil
	}
	now := s.session.Look()
	switch {
	case reached(&now, launch.Started):
		return s.work(s.bring)
	case now.State.Over() || reached(&now, launch.Ended):
		s.failed = &kube.Problem{Message: "debug container " + now.Target.Container + " has not started"}
		if now.Err != nil {
			s.failed = kube.Explain(now.Err)
		}
		return s.work(nil)
	}
	return nil
}

// cancel gives up what is under way.
func (s *Screen) cancel() tea.Cmd {
	s.leaving = true
	s.stop()
	if s.source == nil {
		return s.work(nil)
	}
	return nil
}

// reached reports whether the plan has come to a step.
func reached(now *runner.Snapshot, step launch.Step) bool {
	for _, s := range now.Steps {
		if s.Step == step {
			return true
		}
	}
	return false
}

// bring makes the dump and brings it home.
func (s *Screen) bring(tell func(dumps.Progress)) (dumps.Result, error) {
	plan := s.session.Job().Plan
	folder, err := ownFolder(s.with.State)
	if err != nil {
		return dumps.Result{}, err
	}
	return dumps.Bring(s.ctx, s.with.Job.Cluster, dumps.Request{
		Dump: s.with.Brings.Dump(strings.TrimPrefix(plan.Debug.Container, "debugger-")), Target: plan.Target, Runs: plan.Debug, Progress: tell, Now: s.Now,
		To: filepath.Join(folder, plan.Target.Pod+"-"+s.began.UTC().Format("20060102T150405Z")+"-"+s.with.Brings.Name),
	})
}

// take follows the work.
func (s *Screen) take(msg newsMsg) tea.Cmd {
	if s.source == nil || msg.source != s.source {
		return nil
	}
	for _, n := range msg.news.Items {
		switch {
		case n.progress != nil:
			s.progress(*n.progress)
		case n.done != nil:
			s.done = n.done
		case n.file != nil:
			s.file = n.file
		case n.left != nil:
			s.left = n.left
		case n.err != nil && s.leaving && errors.Is(n.err, context.Canceled):
			s.Flash("cancelled: nothing was brought")
		case n.err != nil:
			s.failed = kube.Explain(n.err)
		}
	}
	if !msg.news.Ended {
		return s.listen()
	}
	s.source, s.over = nil, true
	return nil
}

func (s *Screen) progress(p dumps.Progress) {
	if len(s.stages) == 0 || s.stages[len(s.stages)-1] != p.Stage {
		s.stages = append(s.stages, p.Stage)
		if p.Stage == dumps.Copying {
			s.copied = s.Now()
		}
	}
	s.now = p
}

// CopyName is the file that has come home; before that, the container.
func (s *Screen) CopyName() string {
	if s.done != nil {
		return s.done.File
	}
	return s.session.Target().Container
}

// CopyCommand opens what has come home; before that, it does the same on the command line.
func (s *Screen) CopyCommand() string {
	if s.done != nil {
		return opens(s.done.File)
	}
	plan := s.with.Job.Plan
	return kube.Dayfly(s.with.Job.Cluster.Context, plan.Target.Namespace, "run", plan.Target.Pod, "--preset="+s.with.Job.About.Preset)
}
