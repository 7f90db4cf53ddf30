// Package podchange shows what it means to change a pod that others depend on, and does it: to take it out of its Services, to bring it back, and to
// evict it. Nothing is sent before its preview has been on the screen; what comes of it is followed there.
package podchange

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Record writes down what was done in a cluster.
type Record func(c *kube.Cluster, e journal.Entry)

// Screen shows one change of one pod.
type Screen struct {
	*kit.Kit
	keys    keyMap
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop    context.CancelFunc
	cluster *kube.Cluster
	key     kube.PodKey
	name    string // of the change, for the title
	read    read
	record  Record

	asked   *readMsg // the reading whose answer counts
	uid     string
	change  change        // nil: it has not been read yet
	problem *kube.Problem // why it cannot be read
	source  <-chan progress
	began   time.Time
	now     progress
	over    bool // nothing more comes
	top     int  // line of the text
	lines   int  // of it
	page    int
}

// NewQuarantine is for taking a pod out of its Services, or for bringing it back if it is in quarantine.
func NewQuarantine(ctx context.Context, k *kit.Kit, o kit.Quarantine, record Record) *Screen {
	return newScreen(ctx, k, o.Cluster, o.Pod, "quarantine", readQuarantine, record)
}

// NewEviction is for evicting a pod.
func NewEviction(ctx context.Context, k *kit.Kit, o kit.Evict, record Record) *Screen {
	return newScreen(ctx, k, o.Cluster, o.Pod, "evict", readEviction, record)
}

func newScreen(ctx context.Context, k *kit.Kit, c *kube.Cluster, pod kube.PodKey, name string, read read, record Record) *Screen {
	ctx, stop := context.WithCancel(ctx)
	return &Screen{Kit: k, keys: newKeyMap(), ctx: ctx, stop: stop, cluster: c, key: pod, name: name, read: read, record: record}
}

// readMsg brings what has been read, for the screen that waits for it.
type readMsg struct {
	change change
	uid    string
	err    error
}

// progressMsg is news for the screen that listens on source.
type progressMsg struct {
	source <-chan progress
	news   kit.Batch[progress]
}

// agreedMsg is what a person has said to a change, on its way to be carried out.
type agreedMsg struct {
	screen        *Screen
	of            *readMsg // the reading that it was said to
	typed, reason string
	explained     bool
}

// Init reads the pod and what is around it.
func (s *Screen) Init() tea.Cmd {
	asked := &readMsg{}
	s.asked, s.change, s.problem, s.source, s.now, s.over, s.top = asked, nil, nil, nil, progress{}, false, 0
	ctx, c, key, read := s.ctx, s.cluster, s.key, s.read
	return func() tea.Msg {
		pod, err := c.Pod(ctx, key.Namespace, key.Name)
		if err != nil {
			asked.err = err
			return asked
		}
		asked.change, asked.uid = read(ctx, c, pod), string(pod.Object().UID)
		return asked
	}
}

// Close ends what is read and followed; what has been sent goes on.
func (s *Screen) Close() { s.stop() }

// Title is where one is.
func (s *Screen) Title() string { return s.key.Namespace + " › " + s.key.Name + " › " + s.name }

// Place is which lines are on the screen.
func (s *Screen) Place() string { return kit.PlaceIn(s.top, min(s.top+s.page, s.lines), s.lines) }

// Reading reports whether the pod, or what is around it, has not been read yet.
func (s *Screen) Reading() bool { return s.change == nil && s.problem == nil }

// Needs reports whether a key is about the change.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, append(s.Bindings.Moves(), s.keys.Do, s.keys.Leave)...)
}

// Claims the key of the choice, which is the context's everywhere else.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, s.keys.Leave) && s.change != nil && s.source == nil && s.change.preview().choice != ""
}

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.Bindings
	switch {
	case s.change == nil && s.problem == nil:
		return []key.Binding{k.Back}
	case s.problem != nil:
		return []key.Binding{k.Retry, k.Back}
	case s.source != nil || s.now.failed != nil:
		return s.keysAfter()
	}
	p := s.change.preview()
	var list []key.Binding
	if p.refusal == nil {
		list = append(list, named(s.keys.Do, p.does))
	}
	if p.choice != "" {
		list = append(list, named(s.keys.Leave, p.choice))
	}
	if p.refusal != nil {
		list = append(list, k.Retry)
	}
	return append(list, k.Back)
}

// keysAfter are those of a change that has been sent.
func (s *Screen) keysAfter() []key.Binding {
	k := s.Bindings
	var list []key.Binding
	switch {
	case s.now.failed != nil:
		list = append(list, k.Retry)
	case s.now.undo:
		list = append(list, k.Debug, s.keys.Restore)
	}
	if s.now.pod != nil && !s.now.undo {
		list = append(list, s.keys.Next)
	}
	return append(list, k.Back)
}

// named is a key with other words for what it does here.
func named(b key.Binding, what string) key.Binding {
	b.SetHelp(b.Help().Key, what)
	return b
}

// CopyName is the pod.
func (s *Screen) CopyName() string { return s.key.Name }

// CopyCommand does the same with kubectl.
func (s *Screen) CopyCommand() string {
	if s.change == nil {
		return ""
	}
	return s.change.preview().command
}
