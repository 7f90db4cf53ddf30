package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// palette is a list of all that can be done on the screen below it. It is made from the declarations that match the keys, and
// choosing a line is pressing its key: nothing can be done here that has no key, and no key is missing here.
type palette struct {
	*services
	under   screen
	actions []paletteAction
	filter  filter
	passed  []match
	cursor  cursor
	panel   panel
}

// paletteAction is one line of a palette.
type paletteAction struct {
	what string
	keys string  // as people read them; empty: there is none here
	wish tea.Msg // what App is given
}

// newPalette lists the actions of a screen, and after them those of App.
func newPalette(k *services, under screen, globals []paletteAction) *palette {
	p := &palette{services: k, under: under, filter: newFilter("› ")}
	for _, b := range keysOf(k.kit, under) {
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
	switch pressOf(b).Code {
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
	return paletteAction{b.Help().Desc, b.Help().Key, pressOf(b)}
}

// globals are the actions that there are on every screen, also where their keys mean something else.
func (a *App) globals() []paletteAction {
	k := a.keys
	var list []paletteAction
	if len(a.stack) > 1 {
		list = append(list, actionOf(k.Back))
	}
	for _, b := range []key.Binding{k.Sessions, k.NextSession, k.PrevSession, k.Namespace, k.Context, k.Theme, k.Help, k.Hide, k.Suspend, k.Quit} {
		if !b.Enabled() {
			continue
		}
		press := pressOf(b)
		action := paletteAction{b.Help().Desc, b.Help().Key, everywhereMsg{press}}
		if key.Matches(press, a.top().Keys()...) {
			action.keys = ""
		}
		if b.Help() == k.Suspend.Help() {
			action.wish = suspendMsg{}
		}
		list = append(list, action)
	}
	return list
}

// keysOf are the keys of a screen, with those for copying where there is something to copy.
func keysOf(k *kit, s screen) []key.Binding {
	keys := s.Keys()
	if _, ok := s.(copier); !ok || key.Matches(pressOf(k.keys.Copy), keys...) {
		return keys
	}
	return append(append([]key.Binding(nil), keys...), k.keys.Copy, k.keys.CopyCommand)
}

// Place is which lines are on the screen.
func (p *palette) Place() string { return p.cursor.place }

func (p *palette) Title() string { return titleOf(p.under) }

func (p *palette) Summary() string { return summaryOf(p.under) }

func (p *palette) Typing() bool { return true }

func (p *palette) Keys() []key.Binding {
	return []key.Binding{p.keys.Choose, p.keys.PickUp, p.keys.PickDown, p.keys.Leave}
}

func (p *palette) Init() tea.Cmd { return p.filter.start() }

func (p *palette) Update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, p.keys.Leave):
			return p.ask(Leave{})
		case key.Matches(press, p.keys.Choose):
			return p.choose()
		case p.cursor.pick(p.keys.KeyMap, press, len(p.passed)):
			return nil
		}
	}
	before := p.filter.text()
	cmd := p.filter.update(p.keys.KeyMap, msg)
	if p.filter.text() != before {
		p.refilter()
		p.cursor.at = p.likeliest()
	}
	return cmd
}

// likeliest is the place of what begins as it has been typed, else of the best match.
func (p *palette) likeliest() int {
	for i, m := range p.passed {
		if strings.HasPrefix(p.actions[m.index].what, strings.ToLower(p.filter.text())) {
			return i
		}
	}
	return best(p.passed)
}

func (p *palette) refilter() {
	names, keys := make([]string, len(p.actions)), make([]string, len(p.actions))
	for i, a := range p.actions {
		names[i], keys[i] = a.what, a.keys
	}
	p.passed = matches(p.filter.text(), names, keys)
}

// choose leaves the palette and does what the line says, on the screen that was below.
func (p *palette) choose() tea.Cmd {
	if len(p.passed) == 0 {
		return nil
	}
	p.cursor.clamp(len(p.passed))
	wish := p.actions[p.passed[p.cursor.at].index].wish
	p.ask(Leave{})
	return p.ask(wish)
}

// Click chooses a line by a second click.
func (p *palette) Click(x, y int) tea.Cmd {
	if _, again := p.panel.click(&p.cursor, x, y, len(p.passed)); again {
		return p.choose()
	}
	return nil
}

func (p *palette) View(width, height int) string {
	st := &p.styles
	p.panel = panel{title: "actions", wide: min(46, width-2), high: min(len(p.actions)+3, height), first: 1}
	room := p.panel.inside(1)
	out := []string{" " + p.filter.view(st, p.panel.wide-4)}
	if len(p.passed) == 0 {
		out = append(out, "  "+st.text.Render("None matches.")+st.muted.Render("  esc leaves."))
	}
	from, to := p.cursor.window(len(p.passed), room)
	for i := from; i < to; i++ {
		out = append(out, p.line(i, p.panel.wide-2))
	}
	return p.panel.over(st, p.under.View(width, height), out, width, height)
}

func (p *palette) line(i, width int) string {
	st := &p.styles
	m := p.passed[i]
	a := p.actions[m.index]
	lead, over := st.row(i == p.cursor.at)
	left := lead + over.Render(" ") + marked(a.what, m.marks, st.text.Over(over), st.accent.Underline().Over(over))
	return spreadStyled(left, st.accent.Over(over).Render(a.keys)+over.Render(" "), width, over)
}
