package tui

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

// sessionsScreen lists the sessions of this dayfly, and below them the debug containers that run in the namespace and are nobody's here: what
// others have left, kubectl, or a dayfly that was killed.
type sessionsScreen struct {
	*desk
	ctx       context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop      context.CancelFunc
	cluster   *kube.Cluster
	namespace string

	found   []lists.Debugger
	known   bool
	trouble *kube.Problem
	filter  kit.Filter
	rows    []sessionRow
	cursor  kit.Cursor
	first   int // row of the first line
	page    int
	placed  bool // the cursor has been put where one most likely wants it
}

// debuggersMsg is what runs in the cluster.
type debuggersMsg struct {
	screen *sessionsScreen
	found  []lists.Debugger
	err    error
}

func newSessionsScreen(ctx context.Context, k *desk, cluster *kube.Cluster, namespace string) *sessionsScreen {
	ctx, stop := context.WithCancel(ctx)
	s := &sessionsScreen{desk: k, ctx: ctx, stop: stop, cluster: cluster, namespace: namespace, filter: kit.NewFilter("/ ")}
	s.refilter()
	return s
}

// Place is which lines are on the screen.
func (s *sessionsScreen) Place() string { return s.cursor.Place }

func (s *sessionsScreen) Title() string { return "sessions" }

// ListsSessions marks the list of sessions.
func (s *sessionsScreen) ListsSessions() {}

// HaveEnded looks at what is left.
func (s *sessionsScreen) HaveEnded() tea.Cmd {
	s.refilter()
	return s.read
}

func (s *sessionsScreen) Close() { s.stop() }

func (s *sessionsScreen) Typing() bool { return s.filter.Typing() }

func (s *sessionsScreen) Init() tea.Cmd { return s.read }

// read asks the cluster.
func (s *sessionsScreen) read() tea.Msg {
	found, err := lists.Debuggers(s.ctx, s.cluster, s.namespace, true)
	return debuggersMsg{s, found, err}
}

func (s *sessionsScreen) Keys() []key.Binding {
	k := s.keys
	row, ok := s.chosen()
	var keys []key.Binding
	switch now := row.look(); {
	case ok && row.own != nil && now.Sleeps():
		keys = append(keys, k.ShowEnd, k.Shell, k.EndSession)
	case ok && row.own != nil && now.State.Over() && now.Remains():
		keys = append(keys, k.ShowEnd, deleting(k.EndSession))
	case ok && row.own != nil && now.State.Over():
		keys = append(keys, k.ShowEnd, k.Forget)
	case ok:
		keys = append(keys, k.Attach, k.Shell, k.EndSession)
	}
	if len(s.runner.Sessions()) > 0 {
		keys = append(keys, k.ByNumber)
	}
	return append(keys, k.Filter, k.Retry, k.Back)
}

func (s *sessionsScreen) chosen() (sessionRow, bool) {
	if len(s.rows) == 0 {
		return sessionRow{}, false
	}
	s.cursor.Clamp(len(s.rows))
	return s.rows[s.cursor.At], true
}

func (s *sessionsScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case debuggersMsg:
		if msg.screen == s {
			s.take(msg)
		}
	case sessionsMsg:
		s.refilter()
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

func (s *sessionsScreen) take(msg debuggersMsg) {
	s.known, s.found, s.trouble = true, msg.found, nil
	if msg.err != nil {
		s.trouble = kube.Explain(msg.err)
	}
	s.refilter()
}

// typed narrows the list; ↵ takes the best at once.
func (s *sessionsScreen) typed(msg tea.Msg) tea.Cmd {
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

func (s *sessionsScreen) press(msg tea.KeyPressMsg) tea.Cmd {
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
	case key.Matches(msg, k.EndSession) && row.over():
		s.runner.Forget(row.own)
		s.refilter()
	case key.Matches(msg, k.EndSession):
		return s.Ask(endMsg{targets: []runner.Container{{Cluster: row.cluster(s), Target: row.target()}}, about: s.aboutRow(row)})
	}
	return nil
}

// Reading reports whether nothing has been found yet.
func (s *sessionsScreen) Reading() bool { return !s.known && len(s.rows) == 0 }

// Needs reports whether a key is about a session of the list.
func (s *sessionsScreen) Needs(msg tea.KeyPressMsg) bool {
	k := s.keys
	return !s.Typing() && key.Matches(msg, append(k.Moves(), k.Attach, k.Open, k.Shell, k.EndSession)...)
}

// number opens the session that is called by it.
func (s *sessionsScreen) number(digit string) tea.Cmd {
	n, err := strconv.Atoi(digit)
	all := s.runner.Sessions()
	i := slices.IndexFunc(all, func(r *runner.Session) bool { return r.Look().Number == n })
	if err != nil || i < 0 {
		return s.Flash("there is no session " + digit)
	}
	return s.Ask(showMsg{session: all[i]})
}

// open goes on with what is under the cursor.
func (s *sessionsScreen) open() tea.Cmd {
	row, ok := s.chosen()
	switch {
	case !ok:
		return nil
	case row.own != nil:
		return s.Ask(showMsg{session: row.own})
	}
	return s.Ask(s.goOn(s.cluster, row.found.Target, row.container()))
}

// refilter makes the lines anew. The cursor stays with what it is on.
func (s *sessionsScreen) refilter() {
	before, had := s.chosen()
	own := s.runner.Sessions()
	rows := make([]sessionRow, 0, len(own)+len(s.found))
	for _, r := range own {
		rows = append(rows, sessionRow{own: r})
	}
	for _, d := range s.found {
		if !s.runner.Has(runner.Container{Cluster: s.cluster, Target: d.Target}) {
			rows = append(rows, sessionRow{found: d})
		}
	}
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].target().String()
	}
	s.rows = s.rows[:0]
	for _, m := range kit.Matches(s.filter.Text(), names, nil) {
		row := rows[m.Index]
		row.marks = m.Marks
		s.rows = append(s.rows, row)
	}
	s.place(before, had)
}

// place puts the cursor on the row that it was on; at first, on the session that had the terminal before the last, because that is where one
// wants to go back to.
func (s *sessionsScreen) place(before sessionRow, had bool) {
	if !s.placed {
		if i := slices.IndexFunc(s.rows, func(r sessionRow) bool { return r.own != nil && r.own == s.last }); i >= 0 {
			s.cursor.At = i
		}
		return
	}
	if i := slices.IndexFunc(s.rows, func(r sessionRow) bool { return had && r.own == before.own && r.target() == before.target() }); i >= 0 {
		s.cursor.At = i
	}
}

// Summary is what there is to know before one looks.
func (s *sessionsScreen) Summary() string {
	all := s.runner.Sessions()
	if len(all) == 0 {
		return ""
	}
	unread := 0
	for _, r := range all {
		if r.Look().Unread > 0 {
			unread++
		}
	}
	sum := fmt.Sprintf("%d live", len(s.runner.Live()))
	if unread > 0 {
		sum += fmt.Sprintf(" · %d unread", unread)
	}
	return sum
}

// CopyName is the container.
func (s *sessionsScreen) CopyName() string {
	row, _ := s.chosen()
	return row.target().Container
}

// CopyCommand attaches to it.
func (s *sessionsScreen) CopyCommand() string {
	row, ok := s.chosen()
	if !ok {
		return ""
	}
	switch {
	case row.own != nil && row.look().OwnShell():
		j := row.own.Job()
		return kube.KubectlExec(j.Cluster.Context, j.Target, j.Exec)
	case row.own == nil && debug.Holds(row.found.Starts):
		return kube.KubectlExec(s.cluster.Context, row.target(), debug.Shell(nil))
	}
	return pod.KubectlAttach(row.cluster(s), row.target())
}

// Click opens the line that has the cursor already.
func (s *sessionsScreen) Click(_, y int) tea.Cmd {
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

// owns is how many of the lines are sessions.
func (s *sessionsScreen) owns() int {
	n := slices.IndexFunc(s.rows, func(r sessionRow) bool { return r.own == nil })
	if n < 0 {
		return len(s.rows)
	}
	return n
}
