package nodes

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Inspection is all there is to know of one node, as it is now: in words, and as YAML.
type Inspection struct {
	*kit.Kit
	keys    document.Keys
	pods    key.Binding
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	cluster *kube.Cluster
	name    string
	server  nodes.Version
	reading reading
	view    document.View
	drawnAs drawn
}

// drawn is all that a document depends on: as long as it stays the same, so does the document.
type drawn struct {
	node   *nodes.Node
	use    *nodes.Use
	shown  *kube.PodEvent // the first event, and how many there are
	events int
	read   bool
	yaml   bool
	width  int
	second int64
	server nodes.Version
	theme  string
}

// NewInspection shows all of a node.
func NewInspection(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, node string) *Inspection {
	keys := document.NewKeys(k.Bindings)
	return &Inspection{
		Kit: k, keys: keys, pods: newKeyMap(k.Bindings).Pods, ctx: ctx, cluster: cluster, name: node, reading: newReading(ctx, k), view: document.NewView(keys),
	}
}

// Init begins to read.
func (s *Inspection) Init() tea.Cmd {
	ctx, cluster := s.ctx, s.cluster
	return tea.Batch(s.reading.follow(cluster, s.name, 0), func() tea.Msg {
		health, err := cluster.Ping(ctx)
		if err != nil {
			return nil // App says so itself
		}
		return serverMsg{cluster, nodes.ParseVersion(health.Version)}
	})
}

// Close ends what is read.
func (s *Inspection) Close() { s.reading.stop() }

// Title is where one is.
func (s *Inspection) Title() string {
	title := "nodes › " + s.name + " › inspect"
	if s.view.YAML {
		title += " › YAML"
	}
	return title
}

// Typing reports whether letters are text.
func (s *Inspection) Typing() bool { return s.view.Typing() }

// Claims the keys that go through what has been found.
func (s *Inspection) Claims(msg tea.KeyPressMsg) bool { return s.view.Claims(msg) }

// Keys are what can be done now.
func (s *Inspection) Keys() []key.Binding {
	if s.node() == nil && !s.Typing() {
		return []key.Binding{s.keys.Retry, s.keys.Back}
	}
	return s.view.Keys(s.pods, s.keys.Debug)
}

func (s *Inspection) node() *nodes.Node { return s.reading.shown.Node }

// Reading reports whether the node has not been read yet.
func (s *Inspection) Reading() bool { return s.node() == nil && s.reading.shown.Absent == nil }

// Needs reports whether a key is about the node.
func (s *Inspection) Needs(msg tea.KeyPressMsg) bool {
	return s.view.Needs(msg) || !s.Typing() && key.Matches(msg, s.pods, s.keys.Debug)
}

// Update takes what has been read of the node, and keys.
func (s *Inspection) Update(msg tea.Msg) tea.Cmd {
	if server, ok := msg.(serverMsg); ok {
		if server.cluster == s.cluster {
			s.server = server.version
		}
		return nil
	}
	cmd, mine := s.view.Take(msg)
	press, isPress := msg.(tea.KeyPressMsg)
	switch {
	case mine:
		return cmd
	case isPress:
		return s.press(press)
	}
	return tea.Batch(s.reading.update(msg), cmd)
}

func (s *Inspection) press(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, s.keys.Retry):
		return s.reading.again(s.cluster)
	case s.node() == nil && s.reading.shown.Absent != nil && s.Needs(msg):
		return s.Flash(s.reading.shown.Absent.Message)
	case s.node() == nil:
	case key.Matches(msg, s.pods):
		return s.Ask(kit.OpenNodePods{Cluster: s.cluster, Node: s.name})
	case key.Matches(msg, s.keys.Debug):
		return s.Ask(kit.OpenNodeTools{Cluster: s.cluster, Node: s.name})
	}
	return nil
}

// Wheel scrolls.
func (s *Inspection) Wheel(lines int) tea.Cmd { return s.view.Wheel(lines) }

// CopyName is the node.
func (s *Inspection) CopyName() string { return s.name }

// CopyCommand shows the same with kubectl.
func (s *Inspection) CopyCommand() string {
	if s.view.YAML {
		return kube.Kubectl(s.cluster.Context, "", "get", "node", s.name, "--output=yaml")
	}
	return kube.Kubectl(s.cluster.Context, "", "describe", "node", s.name)
}

// View draws a part of the document; under it, when there is more, which part, and what is looked for.
func (s *Inspection) View(width, height int) string {
	st := &s.Styles
	s.reading.drawn = s.Now()
	var above []string
	if p := s.reading.shown.Absent; p != nil {
		above = append(kit.Lines(kit.ProblemText(st, s.Advised(s, p), width)), "")
	}
	if s.node() == nil {
		if len(above) == 0 {
			above = []string{"", "  " + st.Muted.Render("Reading the node…")}
		}
		return kit.Box(kit.Join(above), width, height)
	}
	s.write(width)
	return s.view.Draw(st, above, width, height)
}

// write makes the document anew when something has changed.
func (s *Inspection) write(width int) {
	e := &s.reading.shown
	now := drawn{
		node: e.Node, use: e.Use, events: len(e.Events), read: e.EventsRead, yaml: s.view.YAML, width: width, server: s.server,
		theme: s.Styles.Text.Render("x") + s.Styles.Muted.Render("x"),
	}
	if len(e.Events) > 0 {
		now.shown = &e.Events[0]
	}
	if !s.view.YAML {
		now.second = s.Now().Unix()
	}
	if now == s.drawnAs {
		return
	}
	s.drawnAs = now
	if s.view.YAML {
		text, hidden := e.Node.YAML()
		s.view.Doc = document.YAML(&s.Styles, text, hidden, width)
		return
	}
	s.view.Doc = wordsDoc(&s.Styles, e, s.server, s.Now(), width)
}

// wordsDoc is what a person asks of a node in an incident, what is wrong first.
func wordsDoc(st *kit.Styles, e *nodes.Evidence, server nodes.Version, now time.Time, width int) document.Document {
	var doc document.Document
	w := document.Writer{Document: &doc, Styles: st, Now: now, Width: width}
	n := e.Node
	if e.Absent == nil {
		w.Lines = append(w.Lines, "")
		w.Put(1, whyPart(st, &n.Row, server, now, width-3).Lines...)
	}
	if use := usePart(st, &n.Row, e, width-4); len(use.Lines) > 0 {
		w.Head(use.Title)
		w.Put(3, use.Lines...)
	}
	if taints := taintsPart(st, &n.Row, width-4); len(taints.Lines) > 0 {
		w.Head(taints.Title)
		w.Put(3, taints.Lines...)
	}
	writeEvents(&w, e)
	w.Conditions(conditionsOf(n.Facts))
	w.Section("node", n.Detail.About)
	w.Section("capacity", n.Detail.Capacity)
	w.Section("labels", n.Detail.Labels)
	w.Section("annotations", n.Detail.Annotations)
	return doc
}

func conditionsOf(f *nodes.Facts) []document.Condition {
	list := make([]document.Condition, len(f.Conditions))
	for i, c := range f.Conditions {
		list[i] = document.Condition(c)
	}
	return list
}

func writeEvents(w *document.Writer, e *nodes.Evidence) {
	switch {
	case e.NoEvents != nil:
		w.Head("events")
		w.Put(3, kit.Lines(kit.WrapStyled(e.NoEvents.Message, w.Width-4, w.Styles.Muted))...)
	case e.EventsRead && len(e.Events) == 0:
		w.Head("events")
		w.Put(3, w.Styles.Muted.Render("none: events expire after about an hour"))
	case len(e.Events) > 0:
		w.Head("events")
	}
	reasons := document.ReasonWidth(e.Events, w.Width-4)
	for i := range e.Events {
		w.Put(3, document.EventLines(w.Styles, &e.Events[i], "", w.Now, w.Width-4, reasons, document.EventWhole)...)
	}
}
