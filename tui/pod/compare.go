package pod

import (
	"context"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Comparison shows a pod beside its replicas: which are well, and line by line in what it differs from one that is. It shows what was read when it was
// opened, or last read again.
type Comparison struct {
	*kit.Kit
	cluster *kube.Cluster
	key     kube.PodKey
	keys    document.Keys
	ctx     context.Context //nolint:containedctx // of the screen's life: readings run in it
	stop    context.CancelFunc

	asked   *comparedMsg // the reading whose answer counts
	read    bool
	set     siblings.Set
	problem *kube.Problem // why the pod cannot be read
	view    document.View
	drawnAs comparedState
}

// comparedState is all that the document depends on.
type comparedState struct {
	of     *comparedMsg
	width  int
	second int64
	theme  string
}

// comparedMsg brings what was read, for the screen that waits for it.
type comparedMsg struct {
	set siblings.Set
	err error
}

// NewComparison compares a pod with its replicas.
func NewComparison(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, pod kube.PodKey) *Comparison {
	ctx, stop := context.WithCancel(ctx)
	keys := document.NewKeys(k.Bindings)
	keys.YAML.SetEnabled(false) // there is nothing else to look at
	return &Comparison{Kit: k, cluster: cluster, key: pod, keys: keys, ctx: ctx, stop: stop, view: document.NewView(keys)}
}

// Init reads the pod and its replicas.
func (s *Comparison) Init() tea.Cmd {
	asked := &comparedMsg{}
	s.asked = asked
	ctx, cluster, pod := s.ctx, s.cluster, s.key
	return func() tea.Msg {
		p, err := cluster.Pod(ctx, pod.Namespace, pod.Name)
		if err != nil {
			asked.err = err
			return asked
		}
		asked.set = siblings.Read(ctx, cluster, p)
		return asked
	}
}

// Close ends what is read.
func (s *Comparison) Close() { s.stop() }

// Title is where one is.
func (s *Comparison) Title() string { return s.key.Namespace + " › " + s.key.Name + " › replicas" }

// Typing reports whether letters are text.
func (s *Comparison) Typing() bool { return s.view.Typing() }

// Claims the keys that go through what has been found.
func (s *Comparison) Claims(msg tea.KeyPressMsg) bool { return s.view.Claims(msg) }

// Reading reports whether nothing has been read yet.
func (s *Comparison) Reading() bool { return !s.read && s.problem == nil }

// Needs reports whether a key is about what is read.
func (s *Comparison) Needs(msg tea.KeyPressMsg) bool {
	return s.view.Needs(msg) || !s.Typing() && key.Matches(msg, s.Bindings.Open)
}

// Keys are what can be done now.
func (s *Comparison) Keys() []key.Binding {
	again := s.Bindings.Retry
	again.SetHelp(again.Help().Key, "read again")
	if s.read && s.set.Other != "" && !s.Typing() {
		open := s.Bindings.Open
		open.SetHelp(open.Help().Key, "open "+s.set.Other)
		return s.view.Keys(open, again)
	}
	return s.view.Keys(again)
}

// Update takes what has been read, and keys.
func (s *Comparison) Update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(*comparedMsg); ok {
		s.take(msg)
		return nil
	}
	cmd, mine := s.view.Take(msg)
	press, isPress := msg.(tea.KeyPressMsg)
	switch {
	case mine || !isPress:
		return cmd
	case key.Matches(press, s.Bindings.Retry):
		return s.Init()
	case key.Matches(press, s.Bindings.Open) && s.set.Other != "":
		return s.Ask(kit.OpenPod{Cluster: s.cluster, Pod: kube.PodKey{Namespace: s.key.Namespace, Name: s.set.Other}})
	}
	return nil
}

func (s *Comparison) take(msg *comparedMsg) {
	switch {
	case msg != s.asked:
	case kube.IsNotFound(msg.err):
		s.problem = &kube.Problem{Message: "pod " + s.key.Name + " does not exist in " + s.key.Namespace, Help: []kube.Help{kube.ListPods}}
	case msg.err != nil:
		s.problem = kube.Explain(msg.err)
	default:
		s.read, s.set, s.problem = true, msg.set, nil
		if msg.set.Unread != nil {
			s.problem = msg.set.Unread
		}
	}
}

// Wheel scrolls.
func (s *Comparison) Wheel(lines int) tea.Cmd { return s.view.Wheel(lines) }

// CopyName is the pod.
func (s *Comparison) CopyName() string { return s.key.Name }

// CopyCommand reads both pods with kubectl.
func (s *Comparison) CopyCommand() string {
	names := []string{"get", "pod", s.key.Name}
	if s.set.Other != "" {
		names = append(names, s.set.Other)
	}
	return kube.Kubectl(s.cluster.Context, s.key.Namespace, append(names, "--output=yaml")...)
}

// View draws a part of the document.
func (s *Comparison) View(width, height int) string {
	st := &s.Styles
	var above []string
	if s.problem != nil {
		above = append(kit.Lines(kit.ProblemText(st, s.Advised(s, s.problem), width)), "")
	}
	if !s.read {
		if s.problem == nil {
			above = []string{"", "  " + st.Muted.Render("Reading the replicas…")}
		}
		return kit.Box(kit.Join(above), width, height)
	}
	now := comparedState{of: s.asked, width: width, second: s.Now().Unix(), theme: st.Text.Render("x") + st.Muted.Render("x")}
	if now != s.drawnAs {
		s.drawnAs = now
		s.view.Doc = comparison(st, &s.set, s.Now(), width)
	}
	return s.view.Draw(st, above, width, height)
}

// comparison is a document on a pod among its replicas.
func comparison(st *kit.Styles, set *siblings.Set, now time.Time, width int) document.Document {
	var doc document.Document
	w := document.Writer{Document: &doc, Styles: st, Now: now, Width: width}
	w.Lines = append(w.Lines, "")
	if set.Unread == nil {
		w.Put(1, kit.Lines(kit.WrapStyled(set.Words(), max(width-3, 8), st.Text))...)
	}
	if len(set.Replicas) > 1 {
		w.Head("replicas of " + set.Controller)
		for i := range set.Replicas {
			w.Put(1, replicaLines(st, set, i, now, width-2)...)
		}
		if set.Incomplete {
			w.Put(3, st.Muted.Render("there are more than were read"))
		}
	}
	if set.Diff != "" {
		w.Head("from " + set.Other + ", which is well, to this one")
		w.Put(1, diffLines(st, set.Diff, width-2)...)
	}
	return doc
}

func replicaLines(st *kit.Styles, set *siblings.Set, i int, now time.Time, width int) []string {
	r := &set.Replicas[i]
	symbol, style := "✗", st.Bad
	if r.Well {
		symbol, style = "●", st.Good
	}
	words := []string{r.Why, "age " + kit.Age(now, r.Created)}
	if r.Node != "" {
		words = append(words, "node "+r.Node)
	}
	if r.Older {
		words = append(words, "another revision")
	}
	name := r.Name
	if i == 0 {
		name += " (this one)"
	}
	return kit.Lines(style.Render(symbol) + " " + kit.Hang(kit.WrapStyled(name+": "+strings.Join(words, " · "), max(width-3, 8), st.Text), 2))
}

// diffLines are a unified diff without its head, in colours. Long lines go on below.
func diffLines(st *kit.Styles, diff string, width int) []string {
	var out []string
	for _, line := range kit.Lines(strings.TrimRight(diff, "\n")) {
		style := st.Muted
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "): // the title says it
			continue
		case strings.HasPrefix(line, "+"):
			style = st.Bad
		case strings.HasPrefix(line, "-"):
			style = st.Good
		case strings.HasPrefix(line, "@@"):
			if len(out) > 0 {
				out = append(out, st.Accent.Render("⋯"))
			}
			continue
		}
		for i, row := range kit.Lines(ansi.Hardwrap(line, max(width-2, 8), true)) {
			if i > 0 {
				row = " " + row
			}
			out = append(out, style.Render(row))
		}
	}
	return out
}
