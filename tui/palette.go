package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// palette is a list of all that can be done on the screen below it. It is made from the declarations that match the keys, and
// choosing a line is pressing its key: nothing can be done here that has no key, and no key is missing here.
type palette struct {
	*services
	under   kit.Screen
	actions []paletteAction
	filter  kit.Filter
	passed  []kit.Match
	cursor  kit.Cursor
	panel   panel
}

// paletteAction is one line of a palette.
type paletteAction struct {
	what    string
	keys    string  // as people read them; empty: there is none here
	request tea.Msg // what App is given
}

// newPalette lists the actions of a screen, and after them those of App.
func newPalette(k *services, under kit.Screen, globals []paletteAction) *palette {
	p := &palette{services: k, under: under, filter: kit.NewFilter("› ")}
	for _, b := range keysOf(k.Kit, under) {
		if b.Enabled() && !moves(b) && b.Help() != k.keys.Back.Help() {
			p.actions = append(p.actions, actionOf(b))
		}
	}
	for _, g := range globals {
		p.add(g)
	}
	p.refilter()
	return p
}

// moves tells a key that is for moving about: it is pressed many times, and has no place in a list of actions.
func moves(b key.Binding) bool {
	switch kit.PressOf(b).Code {
	case tea.KeyUp, tea.KeyDown, tea.KeyLeft, tea.KeyRight:
		return true
	}
	return false
}

// add leaves out what the screen has listed itself.
func (p *palette) add(g paletteAction) {
	for _, a := range p.actions {
		if a.what == g.what {
			return
		}
	}
	p.actions = append(p.actions, g)
}

func actionOf(b key.Binding) paletteAction {
	return paletteAction{b.Help().Desc, b.Help().Key, kit.PressOf(b)}
}

// globals are the actions that there are on every screen, also where their keys mean something else.
func (a *App) globals() []paletteAction {
	k := a.keys
	var list []paletteAction
	if len(a.stack) > 1 {
		list = append(list, actionOf(k.Back))
	}
	for _, b := range []key.Binding{k.Nodes, k.Leftovers, k.Batches, k.Sessions, k.NextSession, k.PrevSession, k.Namespace, k.Context, k.Theme, k.Help, k.Hide, k.Suspend, k.Quit} {
		if !b.Enabled() {
			continue
		}
		press := kit.PressOf(b)
		action := paletteAction{b.Help().Desc, b.Help().Key, everywhereMsg{press}}
		if key.Matches(press, a.top().Keys()...) {
			action.keys = ""
		}
		if b.Help() == k.Suspend.Help() {
			action.request = suspendMsg{}
		}
		list = append(list, action)
	}
	return list
}

// keysOf are the keys of a screen, with those for copying where there is something to copy.
func keysOf(k *kit.Kit, s kit.Screen) []key.Binding {
	keys := s.Keys()
	if _, ok := s.(kit.Copier); !ok || key.Matches(kit.PressOf(k.Bindings.Copy), keys...) {
		return keys
	}
	return append(append([]key.Binding(nil), keys...), k.Bindings.Copy, k.Bindings.CopyCommand)
}

// Place is which lines are on the screen.
func (p *palette) Place() string { return p.cursor.Place }

func (p *palette) Title() string { return titleOf(p.under) }

func (p *palette) Summary() string { return summaryOf(p.under) }

func (p *palette) Typing() bool { return true }

func (p *palette) Keys() []key.Binding {
	return []key.Binding{p.keys.Choose, p.keys.PickUp, p.keys.PickDown, p.keys.Leave}
}

func (p *palette) Init() tea.Cmd { return p.filter.Start() }

func (p *palette) Update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, p.keys.Leave):
			return p.Ask(kit.Leave{})
		case key.Matches(press, p.keys.Choose):
			return p.choose()
		case p.cursor.Pick(p.keys.KeyMap, press, len(p.passed)):
			return nil
		}
	}
	before := p.filter.Text()
	cmd := p.filter.Update(p.keys.KeyMap, msg)
	if p.filter.Text() != before {
		p.refilter()
		p.cursor.At = p.likeliest()
	}
	return cmd
}

// likeliest is the place of what begins as it has been typed, else of the best match.
func (p *palette) likeliest() int {
	for i, m := range p.passed {
		if strings.HasPrefix(p.actions[m.Index].what, strings.ToLower(p.filter.Text())) {
			return i
		}
	}
	return kit.Best(p.passed)
}

func (p *palette) refilter() {
	names, keys := make([]string, len(p.actions)), make([]string, len(p.actions))
	for i, a := range p.actions {
		names[i], keys[i] = a.what, a.keys
	}
	p.passed = kit.Matches(p.filter.Text(), names, keys)
}

// choose leaves the palette and does what the line says, on the screen that was below.
func (p *palette) choose() tea.Cmd {
	if len(p.passed) == 0 {
		return nil
	}
	p.cursor.Clamp(len(p.passed))
	wish := p.actions[p.passed[p.cursor.At].Index].request
	p.Ask(kit.Leave{})
	return p.Ask(wish)
}

// Click chooses a line by a second click.
func (p *palette) Click(x, y int) tea.Cmd {
	if _, again := p.panel.click(&p.cursor, x, y, len(p.passed)); again {
		return p.choose()
	}
	return nil
}

func (p *palette) View(width, height int) string {
	st := &p.Styles
	p.panel = panel{title: "actions", wide: min(46, width-2), high: min(len(p.actions)+3, height), first: 1}
	room := p.panel.inside(1)
	out := []string{" " + p.filter.View(st, p.panel.wide-4)}
	if len(p.passed) == 0 {
		out = append(out, "  "+st.Text.Render("No match.")+st.Muted.Render("  esc leaves."))
	}
	from, to := p.cursor.Window(len(p.passed), room)
	for i := from; i < to; i++ {
		out = append(out, p.line(i, p.panel.wide-2))
	}
	return p.panel.over(st, p.under.View(width, height), out, width, height)
}

func (p *palette) line(i, width int) string {
	st := &p.Styles
	m := p.passed[i]
	a := p.actions[m.Index]
	lead, over := st.Row(i == p.cursor.At)
	left := lead + over.Render(" ") + kit.Marked(a.what, m.Marks, st.Text.Over(over), st.Accent.Underline().Over(over))
	return kit.SpreadStyled(left, st.Accent.Over(over).Render(a.keys)+over.Render(" "), width, over)
}

// everywhereMsg asks for what a key means everywhere, also on a screen where it means something else: the palette does.
type everywhereMsg struct{ press tea.KeyPressMsg }
