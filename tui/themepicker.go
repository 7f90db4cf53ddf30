package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// themePicker is the choice of a theme. The whole interface wears the one under the cursor; what was worn before is worn again
// unless another is kept.
type themePicker struct {
	*services
	under  kit.Screen // what is seen of the interface meanwhile
	themes *themeState
	names  []string
	before string
	kept   bool
	cursor kit.Cursor
	panel  panel
}

func newThemePicker(k *services, under kit.Screen, w *themeState) *themePicker {
	p := &themePicker{services: k, under: under, themes: w, names: append([]string{themes.Auto}, w.set.Names()...), before: w.chosen}
	for i, name := range p.names {
		if name == w.chosen {
			p.cursor.At = i
		}
	}
	return p
}

// Place is which lines are on the screen.
func (p *themePicker) Place() string { return p.cursor.Place }

func (p *themePicker) Title() string { return titleOf(p.under) }

func (p *themePicker) Summary() string { return summaryOf(p.under) }

func (p *themePicker) Keys() []key.Binding {
	next := p.keys.Theme
	next.SetHelp(next.Help().Key, "next")
	return []key.Binding{p.keys.Choose, p.keys.Up, p.keys.Down, next, p.keys.Leave}
}

// themesMsg is all themes, read again.
type themesMsg struct {
	picker *themePicker
	set    themes.Set
}

// Init reads the themes again: somebody may have just written one.
func (p *themePicker) Init() tea.Cmd {
	if p.themes.read == nil {
		return nil
	}
	return func() tea.Msg { return themesMsg{p, p.themes.read()} }
}

// take offers themes that have been read again. The cursor stays on its theme.
func (p *themePicker) take(set themes.Set) {
	name := p.names[p.cursor.At]
	p.themes.set = set
	p.names = append([]string{themes.Auto}, set.Names()...)
	p.cursor.At = max(slices.Index(p.names, name), 0)
	p.wear(p.names[p.cursor.At])
}

// Close puts back what was worn before, unless a choice has been made.
func (p *themePicker) Close() {
	if !p.kept {
		p.wear(p.before)
	}
}

func (p *themePicker) wear(name string) {
	p.themes.chosen = name
	p.Styles = kit.NewStyles(p.themes.theme(), p.themes.depth)
}

func (p *themePicker) Update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(themesMsg); ok && msg.picker == p {
		p.take(msg.set)
		return nil
	}
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	switch {
	case p.cursor.Move(p.keys.KeyMap, press, len(p.names), p.panel.rows):
		p.wear(p.names[p.cursor.At])
	case key.Matches(press, p.keys.Theme):
		p.cursor.At = (p.cursor.At + 1) % len(p.names)
		p.wear(p.names[p.cursor.At])
	case key.Matches(press, p.keys.Choose):
		return p.keep()
	}
	return nil
}

func (p *themePicker) keep() tea.Cmd {
	p.kept = true
	p.memory.wear(p.names[p.cursor.At])
	return p.Ask(kit.Leave{})
}

// Click tries a theme on; the one that is worn is kept.
func (p *themePicker) Click(x, y int) tea.Cmd {
	on, again := p.panel.click(&p.cursor, x, y, len(p.names))
	switch {
	case again:
		return p.keep()
	case on:
		p.wear(p.names[p.cursor.At])
	}
	return nil
}

func (p *themePicker) View(width, height int) string {
	p.panel = panel{title: "theme", wide: min(62, width-2), high: min(len(p.names)+3, height)}
	p.panel.right = true
	room := p.panel.inside(1)
	from, to := p.cursor.Window(len(p.names), room)
	var out []string
	for i := from; i < to; i++ {
		out = append(out, p.line(p.names[i], i == p.cursor.At, p.panel.wide-2))
	}
	for len(out) < room {
		out = append(out, "")
	}
	out = append(out, p.Styles.Muted.Render(kit.Fit(" "+p.remark(), p.panel.wide-2)))
	return p.panel.over(&p.Styles, p.under.View(width, height), out, width, height)
}

// line is a theme's name, and a swatch in its own colours.
func (p *themePicker) line(name string, selected bool, width int) string {
	st := &p.Styles
	lead, over := st.Row(selected)
	here := " "
	if name == p.before {
		here = "•"
	}
	own := kit.NewStyles(p.themes.named(name), p.themes.depth)
	return kit.PadStyled(lead+st.Accent.Over(over).Render(here+" ")+st.Text.Over(over).Render(kit.Fit(name, 21))+
		over.Render(" ")+swatch(&own)+over.Render(" "), width, over)
}

// swatch shows every token of a theme, each as it is used.
func swatch(st *kit.Styles) string {
	return st.Good.Render("●") + st.Warn.Render(" !") + st.Bad.Render(" ✗ ") + st.Text.Over(st.Selection).Render(" line ") +
		st.Text.Render(" text") + st.Muted.Render(" muted ") + st.Accent.Bold().Over(st.Bar).Render(" d ") + st.Muted.Over(st.Bar).Render("bar ")
}

// remark says what is to be known of the theme that is worn.
func (p *themePicker) remark() string {
	t := p.themes.theme()
	switch {
	case p.themes.depth == kit.NoColours:
		return "colours are turned off: all themes look alike"
	case p.themes.chosen == themes.Auto:
		return "by the terminal's background: " + t.Name
	case t.Dark && p.themes.light:
		return "for dark terminals, and yours is light"
	case !t.Dark && !p.themes.light:
		return "for light terminals, and yours is dark"
	case p.themes.depth == kit.FewColours:
		return "this terminal uses its own 16 colours"
	case t.Dark:
		return "for dark terminals"
	}
	return "for light terminals"
}
