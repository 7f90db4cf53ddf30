package tui

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// choice is one line of a picker.
type choice struct {
	name string
	note string
}

// picker is a list to choose one name from by typing. It does not know what the choice brings about.
type picker struct {
	*kit
	title   string
	free    bool // what is typed may be chosen although it is not in the list
	read    func(context.Context) ([]choice, error)
	chosen  func(name string) tea.Msg
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop    context.CancelFunc
	current string

	choices []choice
	known   bool
	problem *kube.Problem
	filter  filter
	passed  []match
	cursor  cursor
	page    int
	first   int // row of the first name
}

type choicesMsg struct {
	picker  *picker
	choices []choice
	err     error
}

func newPicker(ctx context.Context, k *kit, title, current string, read func(context.Context) ([]choice, error), chosen func(string) tea.Msg) *picker {
	ctx, stop := context.WithCancel(ctx)
	return &picker{kit: k, title: title, current: current, read: read, chosen: chosen, ctx: ctx, stop: stop, filter: newFilter("› ")}
}

// Place is which lines are on the screen.
func (p *picker) Place() string { return p.cursor.place }

func (p *picker) Title() string { return p.title }

func (p *picker) Typing() bool { return true }

func (p *picker) Close() { p.stop() }

func (p *picker) Keys() []key.Binding {
	return []key.Binding{p.keys.Choose, p.keys.PickUp, p.keys.PickDown, p.keys.Leave}
}

func (p *picker) Init() tea.Cmd {
	return tea.Batch(p.filter.start(), p.load)
}

// load reads what can be chosen. Its message is for Update.
func (p *picker) load() tea.Msg {
	choices, err := p.read(p.ctx)
	return choicesMsg{p, choices, err}
}

func (p *picker) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case choicesMsg:
		if msg.picker == p {
			p.take(msg.choices, msg.err)
		}
		return nil
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, p.keys.Leave):
			return p.ask(Leave{})
		case key.Matches(msg, p.keys.Choose):
			return p.choose()
		case p.cursor.pick(p.keys, msg, len(p.passed)):
			return nil
		}
	}
	before := p.filter.text()
	cmd := p.filter.update(p.keys, msg)
	if p.filter.text() != before {
		p.refilter()
		p.cursor.at = best(p.passed)
	}
	return cmd
}

// take shows what can be chosen; err is why that may not be all.
func (p *picker) take(choices []choice, err error) {
	p.known, p.choices = true, choices
	if err != nil {
		p.problem = kube.Explain(err)
	}
	p.refilter()
	if p.filter.text() != "" {
		p.cursor.at = best(p.passed)
	}
	for i, m := range p.passed {
		if p.filter.text() == "" && p.choices[m.index].name == p.current {
			p.cursor.at = i
		}
	}
}

func (p *picker) refilter() {
	names := make([]string, len(p.choices))
	for i, c := range p.choices {
		names[i] = c.name
	}
	p.passed = matches(p.filter.text(), names, nil)
}

// Reading reports whether the list has not been read yet.
func (p *picker) Reading() bool { return !p.known }

// Needs reports whether a key is about what is in the list.
func (p *picker) Needs(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, p.keys.Choose, p.keys.PickUp, p.keys.PickDown)
}

func (p *picker) choose() tea.Cmd {
	name := strings.TrimSpace(p.filter.text())
	switch {
	case !p.known:
		return p.flash("still reading the list")
	case len(p.passed) > 0:
		p.cursor.clamp(len(p.passed))
		name = p.choices[p.passed[p.cursor.at].index].name
	case !p.free || name == "":
		return nil
	}
	return p.ask(p.chosen(name))
}

func (p *picker) View(width, height int) string {
	st := &p.styles
	out := []string{"", " " + p.filter.view(st, width-2), ""}
	switch {
	case p.problem != nil:
		out = append(out, strings.Split(problemText(st, p.advised(p, p.problem), width), "\n")...)
		if p.free {
			out = append(out, "", "  "+st.text.Render("Type the name instead, then press ↵."))
		}
	case !p.known:
		out = append(out, "  "+st.muted.Render("Reading…"))
	case len(p.passed) == 0 && p.free && p.filter.text() != "":
		out = append(out, "  "+st.text.Render(fmt.Sprintf("None in the list matches; ↵ takes %q as it is.", p.filter.text())))
	case len(p.passed) == 0:
		out = append(out, "  "+st.text.Render("None matches."))
	}
	p.first, p.page = len(out), max(height-len(out), 1)
	from, to := p.cursor.window(len(p.passed), p.page)
	for i := from; i < to; i++ {
		out = append(out, p.line(i, width))
	}
	return box(strings.Join(out, "\n"), width, height)
}

func (p *picker) line(i, width int) string {
	st := &p.styles
	m := p.passed[i]
	c := p.choices[m.index]
	lead, over := st.row(i == p.cursor.at)
	here := " "
	if c.name == p.current {
		here = "•"
	}
	line := lead + st.accent.Over(over).Render(here+" ") + marked(c.name, m.marks, st.text.Over(over), st.accent.Underline().Over(over))
	if c.note != "" {
		widest := 0
		for _, other := range p.choices {
			widest = max(widest, cells(other.name))
		}
		line += over.Render(strings.Repeat(" ", widest-cells(c.name)+2)) + st.muted.Over(over).Render(c.note)
	}
	return padStyled(line, width, over)
}

// Click chooses the name that has the cursor already.
func (p *picker) Click(_, y int) tea.Cmd {
	if _, again := p.cursor.click(y-p.first, len(p.passed), p.page); again {
		return p.choose()
	}
	return nil
}
