package capture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Ask is what is to be captured, and from whom.
type Ask struct {
	*kit.Kit
	keys keyMap
	ctx  context.Context //nolint:containedctx // of the screen's life: commands run in it
	with Options

	what     capture.Options
	fromNode bool
	time     int // in times()

	cancel  context.CancelFunc
	attempt int
	begun   time.Time
	batch   *batch.Batch // nil: not known yet
	problem *kube.Problem
	agreed  agreed

	top, lines, page int
}

// agreed is what a person has said to what the rules of the context ask.
type agreed struct {
	number bool
	reason string
}

type (
	// preparedMsg is from whom it would be captured.
	preparedMsg struct {
		of      *Ask
		attempt int
		batch   batch.Batch
		err     error
	}
	// agreedMsg is what a person has said.
	agreedMsg struct {
		of     *Ask
		agreed agreed
	}
	// typedMsg is a filter, or an interface, that was typed.
	typedMsg struct {
		of     *Ask
		change func(*capture.Options)
	}
)

// NewAsk asks what is to be captured.
func NewAsk(ctx context.Context, k *kit.Kit, o Options) *Ask {
	return &Ask{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, with: o, what: capture.Usual(), cancel: func() {}}
}

// where is whom it is about.
func (s *Ask) where() string {
	if len(s.with.Pods) == 1 {
		return s.with.Pods[0].Namespace + " › " + s.with.Pods[0].Name
	}
	words := kit.Count(len(s.with.Pods), "pod")
	namespaces := map[string]bool{}
	for _, pod := range s.with.Pods {
		namespaces[pod.Namespace] = true
	}
	if len(namespaces) == 1 {
		return s.with.Pods[0].Namespace + " › " + words
	}
	return fmt.Sprintf("%s in %d namespaces", words, len(namespaces))
}

// Title is where one is.
func (s *Ask) Title() string { return s.where() + " › capture" }

// Close ends what is looked at.
func (s *Ask) Close() { s.cancel() }

// Init looks from whom it would be captured.
func (s *Ask) Init() tea.Cmd { return s.prepare() }

// Place is which lines are on the screen.
func (s *Ask) Place() string { return kit.PlaceIn(s.top, min(s.top+s.page, s.lines), s.lines) }

// Reading reports whether it is not known yet from whom it would be captured.
func (s *Ask) Reading() bool { return s.batch == nil && s.problem == nil }

// Needs reports whether a key is about that.
func (s *Ask) Needs(msg tea.KeyPressMsg) bool { return key.Matches(msg, s.keys.Start) }

// Keys are those that do something now.
func (s *Ask) Keys() []key.Binding {
	k := s.keys
	var keys []key.Binding
	if s.batch != nil && len(s.batch.Runs()) > 0 {
		start := k.Start
		start.SetHelp(start.Help().Key, "capture from "+kit.Count(len(s.batch.Runs()), "pod"))
		keys = append(keys, start)
	}
	if s.problem != nil {
		keys = append(keys, k.Retry)
	}
	return append(keys, k.Expression, k.Time, k.Interface, k.Way, k.Back)
}

// CopyName is the filter.
func (s *Ask) CopyName() string { return s.what.Filter }

// CopyCommand is what does the same on the command line; empty: pods of several namespaces cannot be named there.
func (s *Ask) CopyCommand() string {
	words, namespace := []string{"dayfly", "capture"}, s.with.Pods[0].Namespace
	for _, pod := range s.with.Pods {
		if pod.Namespace != namespace {
			return ""
		}
		words = append(words, pod.Name)
	}
	if s.what.For != capture.UsualFor {
		words = append(words, "--for", s.what.For.String())
	}
	if s.what.Interface != capture.UsualInterface {
		words = append(words, "-i", s.what.Interface)
	}
	if s.fromNode {
		words = append(words, "--from-node")
	}
	if at := s.with.Cluster.Context; at != "" {
		words = append(words, "--context="+at)
	}
	words = append(words, "--namespace="+namespace)
	if s.what.Filter != "" {
		words = append(words, "--", s.what.Filter)
	}
	return kube.ShellLine(words)
}

// prepare looks from whom it would be captured.
func (s *Ask) prepare() tea.Cmd {
	s.cancel()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	s.attempt++
	s.batch, s.problem, s.begun, s.agreed, s.top = nil, nil, s.Now(), agreed{}, 0
	if s.problem = s.with.Cluster.Guard().Closed(); s.problem != nil {
		return nil
	}
	tool, ok := s.tool()
	if !ok {
		s.problem = &kube.Problem{Message: "there is no preset " + capturerun.Preset, Hint: "a file of yours hides it: see the hints on your presets"}
		return nil
	}
	attempt, cluster, pods, options := s.attempt, s.with.Cluster, s.with.Pods, s.options(ctx, tool)
	return func() tea.Msg {
		msg := preparedMsg{of: s, attempt: attempt}
		subjects, err := batch.Choose(ctx, cluster, batch.Query{Pods: pods})
		if msg.err = err; err == nil {
			msg.batch = batch.Prepare(ctx, cluster, subjects, options)
		}
		return msg
	}
}

// tool is the preset that has tcpdump.
func (s *Ask) tool() (presets.Preset, bool) {
	list := s.with.Presets()
	i := slices.IndexFunc(list, func(p presets.Preset) bool { return p.Name == capturerun.Preset && p.Node == "" })
	if i < 0 {
		return presets.Preset{}, false
	}
	return list[i], true
}

// options are how it is prepared.
func (s *Ask) options(ctx context.Context, tool presets.Preset) batch.Options {
	cluster, what, now, namespace, name := s.with.Cluster, s.what, s.Now, s.with.NodeNamespace, s.with.NewName()
	registries, way := s.with.Registries(cluster.Context), debug.InPod
	if s.fromNode {
		way = debug.Join
	}
	o := batch.Options{Way: way, Image: tool.Facts(), NodeNamespace: namespace, Look: choice.Looks(s.with.Registry, registries, tool)}
	o.Plan = func(subject batch.Subject, around debug.PodEnvironment) (debug.Plan, error) {
		chosen := choice.Choice{
			Preset: tool, Name: name, Target: detail.Focus(subject.Pod, now()), Around: around.Copy, Host: around.Host,
			Change: func(r debug.Request) debug.Request {
				if r.Way = way; way.FromNode() {
					r.Own.Namespace = namespace
				}
				return capturerun.Shape(r, what)
			},
		}
		plan, _, err := chosen.Plan(subject.Pod, around.Arch, registries)
		return plan, err
	}
	if g := cluster.Guard(); !s.fromNode && !g.Protected && !g.AskReason { // nothing is run anywhere before it is agreed to
		o.Earlier = func(subject batch.Subject) batch.Earlier {
			return batch.Earlier{Target: capture.Find(ctx, cluster, subject.Pod)}
		}
	}
	return o
}

// Update takes messages and keys.
func (s *Ask) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case preparedMsg:
		if msg.of == s && msg.attempt == s.attempt {
			if s.batch = &msg.batch; msg.err != nil {
				s.batch, s.problem = nil, kube.Explain(msg.err)
			}
		}
	case agreedMsg:
		if msg.of == s {
			s.agreed = msg.agreed
			return s.start()
		}
	case typedMsg:
		if msg.of == s {
			msg.change(&s.what)
			return s.prepare()
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

func (s *Ask) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
	case key.Matches(msg, k.Start):
		return s.start()
	case key.Matches(msg, k.Expression):
		return s.askFilter()
	case key.Matches(msg, k.Interface):
		return s.askInterface()
	case key.Matches(msg, k.Time):
		s.time = (s.time + 1) % len(times())
		s.what.For = times()[s.time]
		return s.prepare()
	case key.Matches(msg, k.Way):
		s.fromNode = !s.fromNode
		return s.prepare()
	case key.Matches(msg, k.Retry) && s.problem != nil:
		return s.prepare()
	default:
		s.top = kit.Scrolled(k.KeyMap, msg, s.top, s.lines, s.page)
	}
	return nil
}

// askFilter has a person type a filter. tcpdump checks it when the capture begins.
func (s *Ask) askFilter() tea.Cmd {
	return s.ask("filter", "Filter, as for tcpdump: port 80, host 10.0.0.1, not arp. Empty: all packets", *s.with.Typed, func(o *capture.Options, text string) { o.Filter = text })
}

func (s *Ask) askInterface() tea.Cmd {
	return s.ask("interface", "Interface of each pod: any is all of them", nil, func(o *capture.Options, text string) { o.Interface = strings.TrimSpace(text) })
}

func (s *Ask) ask(name, asks string, earlier []string, change func(*capture.Options, string)) tea.Cmd {
	takes := s.keys.Choose
	takes.SetHelp(takes.Help().Key, "take it")
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › " + name, Asks: asks, Earlier: earlier, Takes: takes, MayBeEmpty: name == "filter",
		Check: func(text string) error {
			o := s.what
			change(&o, text)
			return o.Check()
		},
		Done: func(text string) tea.Msg {
			return kit.Return{Result: typedMsg{of: s, change: func(o *capture.Options) {
				if change(o, text); name == "filter" && text != "" {
					list := slices.DeleteFunc(*s.with.Typed, func(other string) bool { return other == text })
					*s.with.Typed = append([]string{text}, list...)
				}
			}}}
		},
	})})
}

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
