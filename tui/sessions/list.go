package sessions

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// List lists the sessions of this dayfly, and below them the debug containers that run in the namespace and are nobody's here: what
// others have left, kubectl, or a dayfly that was killed.
type List struct {
	*Desk
	ctx       context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop      context.CancelFunc
	cluster   *kube.Cluster
	namespace string

	found   []lists.Debugger
	known   bool
	trouble *kube.Problem
	filter  kit.Filter
	rows    []row
	cursor  kit.Cursor
	first   int // row of the first line
	page    int
	placed  bool // the cursor has been put where one most likely wants it
}

// Debuggers is what runs in the cluster.
type Debuggers struct {
	Screen *List
	Found  []lists.Debugger
	err    error
}

// NewList is the list for a namespace, or for all with an empty one.
func NewList(ctx context.Context, k *Desk, cluster *kube.Cluster, namespace string) *List {
	ctx, stop := context.WithCancel(ctx)
	s := &List{Desk: k, ctx: ctx, stop: stop, cluster: cluster, namespace: namespace, filter: kit.NewFilter("/ ")}
	s.refilter()
	return s
}

// Place is which lines are on the screen.
func (s *List) Place() string { return s.cursor.Place }

// Title is what is listed.
func (s *List) Title() string { return "sessions" }

// ListsSessions marks the list of sessions.
func (s *List) ListsSessions() {}

// HaveEnded looks at what is left.
func (s *List) HaveEnded() tea.Cmd {
	s.refilter()
	return s.read
}

// Close ends what the screen reads.
func (s *List) Close() { s.stop() }

// Typing reports whether keys are text.
func (s *List) Typing() bool { return s.filter.Typing() }

// Init asks the cluster what else runs.
func (s *List) Init() tea.Cmd { return s.read }

// read asks the cluster.
func (s *List) read() tea.Msg {
	found, err := lists.Debuggers(s.ctx, s.cluster, s.namespace, true)
	return Debuggers{s, found, err}
}

// Keys are those that do something now.
func (s *List) Keys() []key.Binding {
	k := s.keys
	row, ok := s.chosen()
	var keys []key.Binding
	switch now := row.look(); {
	case ok && row.own != nil && now.Sleeps():
		keys = append(keys, k.ShowEnd, k.Shell, s.endKeyOf(&now))
	case ok && row.own != nil && now.State.Over() && now.Remains():
		keys = append(keys, k.ShowEnd, s.endKeyOf(&now))
	case ok && row.own != nil && now.State.Over():
		keys = append(keys, k.ShowEnd, k.Forget)
	case ok:
		keys = append(keys, k.Attach, k.Shell, s.endKeyOf(&now))
	}
	if len(s.Runner.Sessions()) > 0 {
		keys = append(keys, k.ByNumber)
	}
	return append(keys, k.Filter, k.Retry, k.Back)
}

func (s *List) chosen() (row, bool) {
	if len(s.rows) == 0 {
		return row{}, false
	}
	s.cursor.Clamp(len(s.rows))
	return s.rows[s.cursor.At], true
}

// Update takes keys, and what the runner has to tell.
func (s *List) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case Debuggers:
		if msg.Screen == s {
			s.take(msg)
		}
	case News:
		s.refilter()
	case extendedMsg:
		return s.extended(msg)
	case tea.PasteMsg:
		return s.typed(msg)
	case tea.KeyPressMsg:
		if s.filter.Typing() {
			return s.typed(msg)
		}
		return s.press(msg)
	}
	return nil
}

func (s *List) take(msg Debuggers) {
	s.known, s.found, s.trouble = true, msg.Found, nil
	if msg.err != nil {
		s.trouble = kube.Explain(msg.err)
	}
	s.refilter()
}

// typed narrows the list; ↵ takes the best at once.
func (s *List) typed(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case ok && key.Matches(press, s.keys.FilterDone):
		cmd := s.open()
		s.filter.Clear()
		s.refilter()
		return cmd
	case ok && s.cursor.Pick(s.keys.KeyMap, press, len(s.rows)):
		return nil
	}
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	s.cursor.At = 0
	s.refilter()
	return cmd
}

func (s *List) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	row, ok := s.chosen()
	switch {
	case s.cursor.Move(k.KeyMap, msg, len(s.rows), s.page):
		s.placed = true
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.ByNumber):
		return s.number(msg.String())
	case key.Matches(msg, k.Retry):
		return s.read
	case !ok:
	case key.Matches(msg, k.Attach, k.Open):
		return s.open()
	case key.Matches(msg, k.Shell):
		return s.shell(row)
	case key.Matches(msg, k.Extend) && row.own != nil && !row.look().Until().IsZero():
		return extend(row.own)
	case key.Matches(msg, k.EndSession) && row.over():
		s.Runner.Forget(row.own)
		s.refilter()
	case key.Matches(msg, k.EndSession):
		now := row.look()
		return s.endOf(runner.Container{Cluster: row.cluster(s), Target: row.target()}, &now, s.aboutRow(row))
	}
	return nil
}

// Reading reports whether nothing has been found yet.
func (s *List) Reading() bool { return !s.known && len(s.rows) == 0 }

// Needs reports whether a key is about a session of the list.
func (s *List) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return !s.Typing() && key.Matches(msg, append(k.Moves(), k.Attach, k.Open, k.Shell, k.Extend, k.EndSession)...)
}

// number opens the session that is called by it.
func (s *List) number(digit string) tea.Cmd {
	n, err := strconv.Atoi(digit)
	all := s.Runner.Sessions()
	i := slices.IndexFunc(all, func(r *runner.Session) bool { return r.Look().Number == n })
	if err != nil || i < 0 {
		return s.Flash("there is no session " + digit)
	}
	return s.Ask(Show{Session: all[i]})
}

// open goes on with what is under the cursor.
func (s *List) open() tea.Cmd {
	row, ok := s.chosen()
	switch {
	case !ok:
		return nil
	case row.own != nil:
		return s.Ask(Show{Session: row.own})
	}
	return s.Ask(s.GoOn(s.cluster, row.found.Target, row.container()))
}

// Summary is what there is to know before one looks.
func (s *List) Summary() string {
	all := s.Runner.Sessions()
	if len(all) == 0 {
		return ""
	}
	unread := 0
	for _, r := range all {
		if r.Look().Unread > 0 {
			unread++
		}
	}
	sum := fmt.Sprintf("%d live", len(s.Runner.Live()))
	if unread > 0 {
		sum += fmt.Sprintf(" · %d unread", unread)
	}
	return sum
}

// CopyName is the container.
func (s *List) CopyName() string {
	row, _ := s.chosen()
	return row.target().Container
}

// CopyCommand attaches to it, or deletes what could not be deleted.
func (s *List) CopyCommand() string {
	row, ok := s.chosen()
	if !ok {
		return ""
	}
	now := row.look()
	switch {
	case undeleted(&now) != "":
		return now.Leftovers[0].Command(now.Job.Cluster.Context)
	case row.own != nil && row.look().OwnShell():
		j := row.own.Job()
		return kube.KubectlExec(j.Cluster.Context, j.Target, j.Exec)
	case row.own == nil && debug.Holds(row.found.Starts):
		return kube.KubectlExec(s.cluster.Context, row.target(), debug.Shell(nil))
	}
	return pod.KubectlAttach(row.cluster(s), row.target())
}

// Click opens the line that has the cursor already.
func (s *List) Click(_, y int) tea.Cmd {
	// The second part has a line of its own above it.
	row := y - s.first
	if own := s.owns(); own < len(s.rows) && own > 0 && row >= own {
		row -= separator
	}
	on, again := s.cursor.Click(row, len(s.rows), s.page)
	if on {
		s.placed = true
	}
	if again {
		return s.open()
	}
	return nil
}
