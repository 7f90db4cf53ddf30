package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// helpScreen lists the keys of the screen below it, made from the declarations that match the keys, and before them what is wrong in the user's files.
type helpScreen struct {
	*services
	groups []helpGroup
	top    int // the first line shown
	lines  int // of the last view
	page   int
}

type helpGroup struct {
	title string
	keys  []key.Binding
}

func newHelpScreen(k *services, of kit.Screen) *helpScreen {
	m := k.keys
	return &helpScreen{services: k, groups: []helpGroup{
		{"this screen", keysOf(k.Kit, of)},
		{"lists", m.Moves()},
		{"everywhere", free(of, m.Help, m.Back, m.Palette, m.Theme, m.Namespace, m.Context, m.Nodes, m.Leftovers, m.Batches, m.Sessions, m.NextSession, m.PrevSession, m.Hide, m.Suspend, m.Quit)},
		{"in a session", []key.Binding{key.NewBinding(key.WithKeys(k.detach), key.WithHelp(k.detach, "detach; it keeps running"))}},
	}}
}

// free are the bindings whose keys a screen has no other use for.
func free(of kit.Screen, bindings ...key.Binding) []key.Binding {
	own := of.Keys()
	return slices.DeleteFunc(bindings, func(b key.Binding) bool {
		return slices.ContainsFunc(own, func(o key.Binding) bool { return o.Help() != b.Help() && key.Matches(kit.PressOf(b), o) })
	})
}

// Place is which lines are on the screen.
func (s *helpScreen) Place() string { return kit.PlaceIn(s.top, min(s.top+s.page, s.lines), s.lines) }

func (s *helpScreen) Title() string { return "help" }

func (s *helpScreen) Keys() []key.Binding {
	return []key.Binding{s.keys.Up, s.keys.Down, s.keys.Back}
}

func (s *helpScreen) Init() tea.Cmd { return nil }

func (s *helpScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if key.Matches(press, s.keys.Help, s.keys.Open) {
		return s.Ask(kit.Leave{})
	}
	s.top = kit.Scrolled(s.keys.KeyMap, press, s.top, s.lines, s.page)
	return nil
}

func (s *helpScreen) View(width, height int) string {
	st := &s.Styles
	notices := s.noticeLines(width)
	var columns [2][]string
	for i, g := range s.groups {
		side := i % 2
		if width < 70 {
			side = 0
		}
		out := columns[side]
		out = append(out, "", "  "+st.Title.Render(g.title))
		for _, b := range g.keys {
			if !b.Enabled() {
				continue
			}
			out = append(out, "  "+st.Accent.Render(kit.Fit(b.Help().Key, 10))+st.Text.Render(b.Help().Desc))
		}
		columns[side] = out
	}
	s.lines, s.page = len(notices)+max(len(columns[0]), len(columns[1])), height
	s.top = max(min(s.top, s.lines-height), 0)
	below := max(s.top-len(notices), 0)
	for i := range columns {
		columns[i] = columns[i][min(below, len(columns[i])):]
	}
	notices = notices[min(s.top, len(notices)):]
	return kit.Box(strings.Join(append(notices, s.keyColumns(columns, width, max(height-len(notices), 0))), "\n"), width, height)
}

// noticeLines are the mistakes in the user's files, whole.
func (s *helpScreen) noticeLines(width int) []string {
	st := &s.Styles
	var out []string
	for _, notice := range s.allNotices() {
		if len(out) == 0 {
			out = append(out, "", "  "+st.Title.Render("mistakes in your files"))
		}
		out = append(out, kit.Lines(kit.Indent(st.Warn.Render("! ")+kit.Hang(kit.WrapStyled(kube.Sanitize(notice), width-6, st.Text), 2), 2))...)
	}
	return out
}

func (s *helpScreen) keyColumns(columns [2][]string, width, height int) string {
	if width < 70 {
		return kit.Box(strings.Join(columns[0], "\n"), width, height)
	}
	half := width / 2
	return kit.SideBySide(kit.Box(strings.Join(columns[0], "\n"), half, height), kit.Box(strings.Join(columns[1], "\n"), width-half, height))
}
