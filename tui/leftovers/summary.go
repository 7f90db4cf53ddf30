package leftovers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/cleanup"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// summary says what would be done about some items, does it when a person wants that, and says how each went.
type summary struct {
	*kit.Kit
	keys  keyMap
	ctx   context.Context //nolint:containedctx // of the screen's life: commands run in it
	with  Options
	title string

	steps   []cleanup.Step // that do something
	kept    []cleanup.Step // that do nothing
	asked   bool           // whether it may be done has been answered
	reason  string
	source  <-chan cleanup.Result // while it is being done; otherwise nil
	results []*cleanup.Result     // of each of steps; nil: it has not come
	over    bool
	top     int
	lines   int // of all there is
	page    int
}

// carriedMsg is how steps have gone.
type carriedMsg struct {
	cluster *kube.Cluster
	steps   []cleanup.Step // all that are carried out
	source  <-chan cleanup.Result
	news    kit.Batch[cleanup.Result]
}

// agreedMsg is what a person has answered before anything is done.
type agreedMsg struct {
	of     *summary
	typed  bool
	reason string
}

func newSummary(ctx context.Context, k *kit.Kit, with Options, title string, steps []cleanup.Step) *summary {
	s := &summary{Kit: k, keys: newKeyMap(k.Bindings), ctx: ctx, with: with, title: title + " › clean up", steps: cleanup.Doable(steps)}
	for _, step := range steps {
		if step.Way == cleanup.Nothing {
			s.kept = append(s.kept, step)
		}
	}
	s.results = make([]*cleanup.Result, len(s.steps))
	return s
}

// Title is where one is.
func (s *summary) Title() string { return s.title }

// Init does nothing.
func (s *summary) Init() tea.Cmd { return nil }

// Place is which lines are on the screen.
func (s *summary) Place() string {
	if s.lines <= s.page {
		return ""
	}
	return fmt.Sprintf("%d-%d of %d", s.top+1, min(s.top+s.page, s.lines), s.lines)
}

// Summary is the right of the header.
func (s *summary) Summary() string {
	if s.source == nil && !s.over {
		return ""
	}
	done, failed := 0, 0
	for _, r := range s.results {
		switch {
		case r == nil, r.Lingers:
		case r.Err != nil:
			failed++
		default:
			done++
		}
	}
	words := fmt.Sprintf("%d of %d done", done, len(s.steps))
	if failed > 0 {
		words += fmt.Sprintf(" · %d failed", failed)
	}
	return words
}

// Keys are those that do something now.
func (s *summary) Keys() []key.Binding {
	var keys []key.Binding
	if s.ready() {
		keys = append(keys, s.keys.Do)
	}
	if s.failed() {
		keys = append(keys, s.again())
	}
	return append(keys, s.keys.Back)
}

// ready reports whether something can be done now.
func (s *summary) ready() bool {
	return len(s.steps) > 0 && s.source == nil && !s.over && s.closed() == nil
}

// closed is the rule because of which nothing is done; nil: there is none.
func (s *summary) closed() *kube.Problem { return s.with.Cluster.Guard().Closed() }

func (s *summary) again() key.Binding {
	b := s.keys.Again
	b.SetHelp(b.Help().Key, "try again what failed")
	return b
}

func (s *summary) failed() bool {
	for _, r := range s.results {
		if s.over && r != nil && r.Err != nil {
			return true
		}
	}
	return false
}

// lingers reports whether something is still there although the cluster has agreed.
func (s *summary) lingers() bool {
	return slices.ContainsFunc(s.results, func(r *cleanup.Result) bool { return r != nil && r.Lingers })
}

// CopyName is nothing here.
func (s *summary) CopyName() string { return "" }

// CopyCommand does what the first steps do.
func (s *summary) CopyCommand() string {
	var commands []string
	for i := range s.steps {
		if s.steps[i].Command != "" {
			commands = append(commands, s.steps[i].Command)
		}
	}
	return strings.Join(commands, "; ")
}

// Update takes messages and keys.
func (s *summary) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case agreedMsg:
		if msg.of == s {
			s.asked, s.reason = s.asked || msg.typed, msg.reason
			return s.begin()
		}
	case carriedMsg:
		s.take(msg)
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return nil
}

func (s *summary) press(msg tea.KeyPressMsg) tea.Cmd {
	cursor := kit.Cursor{At: s.top}
	if cursor.Move(s.keys.KeyMap, msg, max(s.lines-s.page+1, 1), s.page) {
		s.top = cursor.At
		return nil
	}
	switch {
	case key.Matches(msg, s.keys.Do) && s.ready():
		return s.begin()
	case key.Matches(msg, s.keys.Again) && s.failed():
		s.retry()
		return s.begin()
	}
	return nil
}

// retry forgets what has been done, and tries again what has failed.
func (s *summary) retry() {
	var steps []cleanup.Step
	for i, r := range s.results {
		if r != nil && r.Err != nil {
			steps = append(steps, s.steps[i])
		}
	}
	s.steps, s.results, s.over, s.top = steps, make([]*cleanup.Result, len(steps)), false, 0
}

// begin asks what the rules of the context want to be asked, one after the other, and then does it.
func (s *summary) begin() tea.Cmd {
	cluster := s.with.Cluster
	guard := cluster.Guard()
	switch {
	case s.Waited:
		return s.Flash("this is what would be done: press ↵ again to do it")
	case guard.Protected && !s.asked:
		return s.Ask(kit.Show{Screen: s.askTyped(cluster)})
	case guard.AskReason && s.reason == "":
		return s.Ask(kit.Show{Screen: kit.NewReasonPrompt(s.Kit, s.Title(), s.keys.Do, func(text string) tea.Msg {
			return kit.Return{Result: agreedMsg{of: s, reason: text}}
		})})
	}
	s.source, s.top = s.with.CleanUp(s.ctx, cluster, s.steps, s.reason), 0
	return listenTo(cluster, s.steps, s.source)
}

// askTyped has a person type the name of the pod, or how many they are.
func (s *summary) askTyped(cluster *kube.Cluster) kit.Screen {
	why := "context " + cluster.Context + " is protected"
	agreed := func(string) tea.Msg { return kit.Return{Result: agreedMsg{of: s, typed: true, reason: s.reason}} }
	if len(s.steps) == 1 && s.steps[0].Way != cleanup.DeleteJob {
		return kit.NewNamePrompt(s.Kit, why, s.steps[0].Item.Target.Of(""), s.Title(), s.keys.Do, agreed)
	}
	n := strconv.Itoa(len(s.steps))
	return kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › confirm", Takes: s.keys.Do, Asks: why + ". To continue, type how many are removed: " + n, Done: agreed,
		Check: func(text string) error {
			if strings.TrimSpace(text) != n {
				return &kube.Problem{Message: "that is not how many there are", Hint: "type " + n + ", or press esc to cancel"}
			}
			return nil
		},
	})
}

// listenTo takes the results of steps as they come. The list goes on with it: the summary may have been left.
func listenTo(cluster *kube.Cluster, steps []cleanup.Step, source <-chan cleanup.Result) tea.Cmd {
	return kit.Listen(source, func(b kit.Batch[cleanup.Result]) tea.Msg { return carriedMsg{cluster, steps, source, b} })
}

// take keeps how steps have gone.
func (s *summary) take(msg carriedMsg) {
	if s.source == nil || msg.source != s.source {
		return
	}
	for i := range msg.news.Items {
		r := msg.news.Items[i]
		s.results[r.Step] = &r
	}
	if msg.news.Ended {
		s.source, s.over = nil, true
	}
}
