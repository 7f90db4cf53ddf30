package batch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Ask is what is to be run in many pods, or on many nodes: first what, then in whom it would run and what that changes.
type Ask struct {
	*kit.Kit
	keys keyMap
	ctx  context.Context //nolint:containedctx // of the screen's life: commands run in it
	with Options

	questions []question
	cursor    kit.Cursor
	first     int // row of the list's first line
	page      int
	plan      *plan // what was chosen; nil: nothing yet
}

// typedMsg is what a person has typed for a question.
type typedMsg struct {
	of       *Ask
	question question
	text     string
}

// NewAsk asks what is to be run.
func NewAsk(ctx context.Context, k *kit.Kit, o Options) *Ask {
	s := &Ask{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, with: o}
	tool := presets.Preset{Name: ownTool, Image: ownTool, Profile: string(kube.General)}
	for _, p := range o.Presets() {
		if p.Name == ownTool && p.Node == "" {
			tool = p
		}
	}
	s.questions = []question{{preset: tool, own: true}}
	for _, p := range o.Presets() {
		if p.Many && (p.Node != "") == s.ofNodes() {
			s.questions = append(s.questions, question{preset: p})
		}
	}
	return s
}

// ofNodes reports whether nodes are meant.
func (s *Ask) ofNodes() bool { return len(s.with.Nodes) > 0 }

// where is whom it is about.
func (s *Ask) where() string {
	if s.ofNodes() {
		return kit.Count(len(s.with.Nodes), "node")
	}
	words := kit.Count(len(s.with.Pods), "pod")
	namespaces := map[string]bool{}
	for _, key := range s.with.Pods {
		namespaces[key.Namespace] = true
	}
	if len(namespaces) == 1 {
		return s.with.Pods[0].Namespace + " › " + words
	}
	return fmt.Sprintf("%s in %d namespaces", words, len(namespaces))
}

// Title is where one is.
func (s *Ask) Title() string {
	if s.plan == nil {
		return s.where() + " › run"
	}
	return s.where() + " › run › " + s.plan.title()
}

// MakesWay tells App that what comes of it takes its place.
func (s *Ask) MakesWay() {}

// Close ends what is looked at.
func (s *Ask) Close() {
	if s.plan != nil {
		s.plan.stop()
	}
}

// Init looks in whom it would run, if that is asked already.
func (s *Ask) Init() tea.Cmd {
	if s.plan == nil {
		return nil
	}
	return s.plan.prepare()
}

// HoldsBack reports whether esc goes back to what can be run, and not to the list.
func (s *Ask) HoldsBack() bool { return s.plan != nil }

// Place is which lines are on the screen.
func (s *Ask) Place() string {
	if s.plan != nil {
		return s.plan.place()
	}
	return s.cursor.Place
}

// Reading reports whether it is not known yet in whom it would run.
func (s *Ask) Reading() bool { return s.plan != nil && s.plan.reading() }

// Needs reports whether a key is about that.
func (s *Ask) Needs(msg tea.KeyPressMsg) bool { return key.Matches(msg, s.keys.Run) }

// Keys are those that do something now.
func (s *Ask) Keys() []key.Binding {
	k := s.keys
	if s.plan == nil {
		choose := k.Choose
		return []key.Binding{choose, k.Back}
	}
	return s.plan.keys()
}

// CopyName is what is run.
func (s *Ask) CopyName() string {
	if s.plan == nil {
		return ""
	}
	return s.plan.what()
}

// CopyCommand is what does the same on the command line.
func (s *Ask) CopyCommand() string {
	if s.plan == nil {
		return ""
	}
	return s.plan.commandLine()
}

// Update takes messages and keys.
func (s *Ask) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case typedMsg:
		if msg.of == s {
			return s.typed(msg)
		}
	case preparedMsg:
		if s.plan != nil && msg.of == s.plan {
			return s.plan.take(msg)
		}
	case agreedMsg:
		if s.plan != nil && msg.of == s.plan {
			s.plan.agreed = msg.agreed
			return s.plan.run()
		}
	case toolMsg:
		if s.plan != nil && msg.of == s.plan {
			return s.plan.useTool(msg.name)
		}
	case tea.KeyPressMsg:
		if s.plan != nil {
			return s.pressPlan(msg)
		}
		return s.press(msg)
	}
	return nil
}

func (s *Ask) press(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case s.cursor.Move(s.keys.KeyMap, msg, len(s.questions), s.page):
	case key.Matches(msg, s.keys.Choose, s.keys.Open):
		return s.choose(s.questions[s.cursor.At])
	}
	return nil
}

func (s *Ask) pressPlan(msg tea.KeyPressMsg) tea.Cmd {
	if key.Matches(msg, s.keys.Back) {
		s.plan.stop()
		s.plan = nil
		return nil
	}
	return s.plan.press(msg)
}

// choose goes on to the plan, or asks first what the question lacks.
func (s *Ask) choose(q question) tea.Cmd {
	switch {
	case q.own:
		return s.prompt(q, "Command. It runs as in a shell: pipes and quotes work, and it should end by itself", *s.with.Typed)
	case q.preset.Takes != "":
		return s.prompt(q, q.preset.Purpose+". Type "+q.preset.Takes, nil)
	}
	return s.typed(typedMsg{of: s, question: q})
}

func (s *Ask) prompt(q question, asks string, earlier []string) tea.Cmd {
	takes := s.keys.Choose
	takes.SetHelp(takes.Help().Key, "go on")
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.where() + " › run › " + q.name(), Asks: asks, Earlier: earlier, Takes: takes,
		Check: func(text string) error {
			if q.own {
				return nil
			}
			_, err := q.preset.With(strings.Fields(text))
			return err
		},
		Done: func(text string) tea.Msg { return kit.Return{Result: typedMsg{of: s, question: q, text: text}} },
	})})
}

// typed goes on to the plan for what was chosen.
func (s *Ask) typed(msg typedMsg) tea.Cmd {
	if msg.question.own {
		list := slices.DeleteFunc(*s.with.Typed, func(text string) bool { return text == msg.text })
		*s.with.Typed = append([]string{msg.text}, list...)
	}
	tool, command := msg.question.preset, []string(nil)
	if msg.question.own {
		command = words(msg.text)
	} else if msg.text != "" {
		tool, _ = tool.With(strings.Fields(msg.text)) // checked when it was typed
	}
	s.plan = newPlan(s, msg.question, tool, command, msg.text)
	return s.plan.prepare()
}

// Click chooses the question that has the cursor already.
func (s *Ask) Click(_, y int) tea.Cmd {
	if s.plan != nil {
		return nil
	}
	if _, again := s.cursor.Click(y-s.first, len(s.questions), s.page); again {
		return s.choose(s.questions[s.cursor.At])
	}
	return nil
}

// View draws the screen.
func (s *Ask) View(width, height int) string {
	if s.plan != nil {
		return s.plan.view(width, height)
	}
	st := &s.Styles
	out := []string{"", " " + st.Title.Render(kit.Fit("What do you want to run "+s.in()+" "+s.those()+"?", width-2)), ""}
	s.first, s.page = len(out), max(height-len(out), 1)
	widest := 0
	for _, q := range s.questions {
		widest = max(widest, kit.Width(q.name()))
	}
	from, to := s.cursor.Window(len(s.questions), s.page)
	for i := from; i < to; i++ {
		q := s.questions[i]
		lead, over := st.Row(i == s.cursor.At)
		line := lead + st.Text.Over(over).Render(" "+kit.Fit(q.name(), widest)+"  ") + st.Muted.Over(over).Render(kit.Fit(q.about(), max(width-widest-6, 0)))
		out = append(out, kit.PadStyled(line, width, over))
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// in is what one says of where something runs.
func (s *Ask) in() string {
	if s.ofNodes() {
		return "on"
	}
	return "in"
}

// those is whom it is about, in a sentence.
func (s *Ask) those() string {
	if s.ofNodes() {
		return kit.Count(len(s.with.Nodes), "node")
	}
	return kit.Count(len(s.with.Pods), "pod")
}
