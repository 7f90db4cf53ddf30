package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// helpScreen lists the keys of the screen below it. It is made from the declarations that match the keys.
type helpScreen struct {
	*kit
	groups []helpGroup
}

type helpGroup struct {
	title string
	keys  []key.Binding
}

func newHelpScreen(k *kit, of screen) *helpScreen {
	m := k.keys
	return &helpScreen{kit: k, groups: []helpGroup{
		{"this screen", of.Keys()},
		{"lists", m.moves()},
		{"everywhere", []key.Binding{m.Help, m.Back, m.Namespace, m.Context, m.Hide, m.Suspend, m.Quit}},
		{"in a session", []key.Binding{key.NewBinding(key.WithKeys(k.detach), key.WithHelp(k.detach, "detach: the program runs on"))}},
	}}
}

func (s *helpScreen) Title() string { return "help" }

func (s *helpScreen) Keys() []key.Binding { return []key.Binding{s.keys.Back} }

func (s *helpScreen) Init() tea.Cmd { return nil }

func (s *helpScreen) Update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, s.keys.Help, s.keys.Open) {
		return s.ask(popMsg{})
	}
	return nil
}

func (s *helpScreen) View(width, height int) string {
	st := &s.styles
	var columns [2][]string
	for i, g := range s.groups {
		side := i % 2
		if width < 70 {
			side = 0
		}
		out := columns[side]
		out = append(out, "", "  "+st.title.Render(g.title))
		for _, b := range g.keys {
			if !b.Enabled() {
				continue
			}
			out = append(out, "  "+st.accent.Render(fit(b.Help().Key, 10))+st.text.Render(b.Help().Desc))
		}
		columns[side] = out
	}
	if len(columns[1]) == 0 {
		return box(strings.Join(columns[0], "\n"), width, height)
	}
	half := width / 2
	return beside(box(strings.Join(columns[0], "\n"), half, height), box(strings.Join(columns[1], "\n"), width-half, height))
}
