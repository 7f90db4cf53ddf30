package capture

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/tui/kit"
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
