// Package report makes reports on pods for tickets: it shows what is gathered and what is taken out, gathers it, and shows what has come of it. It only
// reads the cluster. Package kube/report is what it makes; what dayfly itself knows of a pod comes from the journal and the recordings ([ReadEvidence]).
package report

import (
	"context"
	"errors"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Screen makes one report.
type Screen struct {
	*kit.Kit
	keys     keyMap
	ctx      context.Context //nolint:containedctx // of the screen's life: the work runs in it
	stop     context.CancelFunc
	cancel   context.CancelFunc // of the work under way
	with     Options
	pod      kube.PodKey
	evidence Evidence
	choices  choices
	cursor   kit.Cursor

	source  <-chan progress // of the work under way; nil: none is
	steps   []string        // that were begun
	began   time.Time
	leaving bool // it was cancelled, and has not ended yet
	failed  *kube.Problem
	done    *written
	view    document.View // of what has come of it
}

type (
	// evidenceMsg brings what dayfly has of the pod.
	evidenceMsg struct {
		screen   *Screen
		evidence Evidence
	}
	// progressMsg is news for the screen that listens on source.
	progressMsg struct {
		source <-chan progress
		news   kit.Batch[progress]
	}
	// placeMsg brings the file that was typed.
	placeMsg struct {
		screen *Screen
		text   string
	}
)

// New offers a report on a pod.
func New(ctx context.Context, k *kit.Kit, o Options) *Screen {
	ctx, stop := context.WithCancel(ctx)
	keys := document.NewKeys(k.Bindings)
	keys.YAML.SetEnabled(false)
	return &Screen{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, stop: stop, cancel: stop, with: o, pod: o.Pod, view: document.NewView(keys)}
}

// Init reads the journal and looks for recordings.
func (s *Screen) Init() tea.Cmd {
	state, cluster, pod := s.with.State, s.with.Cluster.Context, s.pod
	return func() tea.Msg { return evidenceMsg{s, ReadEvidence(state, cluster, pod)} }
}

// Close gives up what is under way.
func (s *Screen) Close() { s.stop() }

// Title is where one is.
func (s *Screen) Title() string { return s.pod.Namespace + " › " + s.pod.Name + " › report" }

// Place is which lines are on the screen.
func (s *Screen) Place() string {
	if s.choosing() {
		return s.cursor.Place
	}
	return ""
}

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.done != nil && s.view.Typing() }

// Claims the keys that go through what has been found, in what has come of it.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool { return s.done != nil && s.view.Claims(msg) }

// HoldsBack reports whether esc gives the report up that is being made, instead of leaving.
func (s *Screen) HoldsBack() bool { return s.source != nil }

// options are all that can be chosen now.
func (s *Screen) options() []option {
	return s.choices.options(s.evidence.Recordings, s.choices.whereWords(&s.with))
}

// where is the file that is written for a report of a name.
func (s *Screen) where(name string) string { return s.choices.where(&s.with, name) }

func (s *Screen) choosing() bool { return s.source == nil && s.done == nil }

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.source != nil:
		return []key.Binding{k.Cancel}
	case s.done != nil && s.Typing():
		return s.view.Keys()
	case s.done != nil:
		return append([]key.Binding{k.Read, k.CopyHead}, s.view.Keys()...)
	}
	turn := k.Turn
	if o := s.chosen(); o.turn == nil {
		turn.SetHelp(turn.Help().Key, "another place")
	}
	return []key.Binding{k.Write, turn, k.Up, k.Down, k.Back}
}

// chosen is the option under the cursor.
func (s *Screen) chosen() option {
	all := s.options()
	s.cursor.Clamp(len(all))
	return all[s.cursor.At]
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case evidenceMsg:
		if msg.screen == s {
			s.evidence = msg.evidence
		}
		return nil
	case progressMsg:
		return s.take(msg)
	case placeMsg:
		if msg.screen == s {
			s.choices.place, s.failed = s.with.long(msg.text), nil
		}
		return nil
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	if s.done != nil {
		cmd, _ := s.view.Take(msg)
		return cmd
	}
	return nil
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	switch {
	case s.source != nil:
		if key.Matches(msg, k.Cancel, k.Back) {
			s.leaving = true
			s.cancel()
		}
		return nil
	case s.done != nil && !s.Typing() && key.Matches(msg, k.Read):
		return s.Ask(kit.Show{Screen: NewReader(s.Kit, s.Title()+" › report.md", s.done.report)})
	case s.done != nil:
		cmd, _ := s.view.Take(msg)
		return cmd
	}
	all := s.options()
	switch {
	case s.cursor.Move(k.KeyMap, msg, len(all), len(all)):
	case key.Matches(msg, k.Write):
		return s.begin()
	case key.Matches(msg, k.Turn):
		if o := s.chosen(); o.turn != nil {
			s.failed = nil
			o.turn(&s.choices)
			return nil
		}
		return s.askPlace()
	}
	return nil
}

// askPlace asks for the file.
func (s *Screen) askPlace() tea.Cmd {
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › file", Takes: s.Bindings.Choose, Asks: "The zip to write. A file that is there is not overwritten", Text: s.with.short(s.where("")),
		Check: checkPlace,
		Done:  func(text string) tea.Msg { return kit.Return{Result: placeMsg{s, text}} },
	})})
}

// begin gathers what was chosen, and writes it.
func (s *Screen) begin() tea.Cmd {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	s.steps, s.failed, s.leaving, s.began = nil, nil, false, s.Now()
	s.source = work(ctx, s.with.Cluster, s.choices.request(&s.with, &s.evidence), place{file: s.where, own: s.with.folder(), folder: s.choices.folder})
	return s.listen()
}

func (s *Screen) listen() tea.Cmd {
	source := s.source
	return kit.Listen(source, func(b kit.Batch[progress]) tea.Msg { return progressMsg{source, b} })
}

// take follows the work.
func (s *Screen) take(msg progressMsg) tea.Cmd {
	if s.source == nil || msg.source != s.source {
		return nil
	}
	for _, p := range msg.news.Items {
		switch {
		case p.step != "":
			s.steps = append(s.steps, p.step)
		case p.err != nil && s.leaving && errors.Is(p.err, context.Canceled):
			s.Flash("cancelled: no report was written")
		case p.err != nil:
			s.failed = kube.Explain(p.err)
		default:
			s.done = p.done
		}
	}
	if !msg.news.Ended {
		return s.listen()
	}
	s.source = nil
	s.cancel()
	return nil
}

// Wheel scrolls what has come of it.
func (s *Screen) Wheel(lines int) tea.Cmd {
	if s.done == nil {
		return nil
	}
	return s.view.Wheel(lines)
}

// CopyText is what report.md begins with; before there is one, the pod.
func (s *Screen) CopyText() (text, what string) {
	if s.done == nil {
		return s.pod.Name, "name"
	}
	return s.done.report.Head(), "the head of report.md"
}

// CopyName is the pod.
func (s *Screen) CopyName() string { return s.pod.Name }

// CopyCommand does the same on the command line.
func (s *Screen) CopyCommand() string {
	return kube.Dayfly(s.with.Cluster.Context, s.pod.Namespace, "report", s.pod.Name)
}
