package kit

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Choice is one line of a picker.
type Choice struct {
	Name string
	Note string
}

// Picker is a list to choose one name from by typing. It does not know what the choice brings about.
type Picker struct {
	*Kit
	title   string
	Free    bool // what is typed may be chosen although it is not in the list
	read    func(context.Context) ([]Choice, error)
	chosen  func(name string) tea.Msg
	ctx     context.Context //nolint:containedctx // of the screen's life: commands run in it
	stop    context.CancelFunc
	current string

	choices []Choice
	known   bool
	problem *kube.Problem
	filter  Filter
	passed  []Match
	cursor  Cursor
	page    int
	first   int // row of the first name
}

type choicesMsg struct {
	picker  *Picker
	choices []Choice
	err     error
}

// NewPicker offers what read finds; current is marked, and chosen makes the request for a name.
func NewPicker(ctx context.Context, k *Kit, title, current string, read func(context.Context) ([]Choice, error), chosen func(string) tea.Msg) *Picker {
	ctx, stop := context.WithCancel(ctx)
	return &Picker{Kit: k, title: title, current: current, read: read, chosen: chosen, ctx: ctx, stop: stop, filter: NewFilter("› ")}
}

// Place is which lines are on the screen.
func (p *Picker) Place() string { return p.cursor.Place }

// Title is the name of the screen.
func (p *Picker) Title() string { return p.title }

// Typing is always so: letters are text.
func (p *Picker) Typing() bool { return true }

// Close gives up reading.
func (p *Picker) Close() { p.stop() }

// Keys are those that do something now.
func (p *Picker) Keys() []key.Binding {
	return []key.Binding{p.Bindings.Choose, p.Bindings.PickUp, p.Bindings.PickDown, p.Bindings.Leave}
}

// Init begins.
func (p *Picker) Init() tea.Cmd {
	return tea.Batch(p.filter.Start(), p.Load)
}

// Load reads what can be chosen. Its message is for Update.
func (p *Picker) Load() tea.Msg {
	choices, err := p.read(p.ctx)
	return choicesMsg{p, choices, err}
}

// Update takes a key.
func (p *Picker) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case choicesMsg:
		if msg.picker == p {
			p.Take(msg.choices, msg.err)
		}
		return nil
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, p.Bindings.Leave):
			return p.Ask(Leave{})
		case key.Matches(msg, p.Bindings.Choose):
			return p.choose()
		case p.cursor.Pick(p.Bindings, msg, len(p.passed)):
			return nil
		}
	}
	before := p.filter.Text()
	cmd := p.filter.Update(p.Bindings, msg)
	if p.filter.Text() != before {
		p.refilter()
		p.cursor.At = Best(p.passed)
	}
	return cmd
}

// Take shows what can be chosen; err is why that may not be all.
func (p *Picker) Take(choices []Choice, err error) {
	p.known, p.choices = true, choices
	if err != nil {
		p.problem = kube.Explain(err)
	}
	p.refilter()
	if p.filter.Text() != "" {
		p.cursor.At = Best(p.passed)
	}
	for i, m := range p.passed {
		if p.filter.Text() == "" && p.choices[m.Index].Name == p.current {
			p.cursor.At = i
		}
	}
}

func (p *Picker) refilter() {
	names := make([]string, len(p.choices))
	for i, c := range p.choices {
		names[i] = c.Name
	}
	p.passed = Matches(p.filter.Text(), names, nil)
}

// Reading reports whether the list has not been read yet.
func (p *Picker) Reading() bool { return !p.known }

// Needs reports whether a key is about what is in the list.
func (p *Picker) Needs(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, p.Bindings.Choose, p.Bindings.PickUp, p.Bindings.PickDown)
}

func (p *Picker) choose() tea.Cmd {
	name := strings.TrimSpace(p.filter.Text())
	switch {
	case !p.known:
		return p.Flash("still reading the list")
	case len(p.passed) > 0:
		p.cursor.Clamp(len(p.passed))
		name = p.choices[p.passed[p.cursor.At].Index].Name
	case !p.Free || name == "":
		return nil
	}
	return p.Ask(p.chosen(name))
}

// View draws the screen.
func (p *Picker) View(width, height int) string {
	st := &p.Styles
	out := []string{"", " " + p.filter.View(st, width-2), ""}
	switch {
	case p.problem != nil:
		out = append(out, strings.Split(ProblemText(st, p.Advised(p, p.problem), width), "\n")...)
		if p.Free {
			out = append(out, "", "  "+st.Text.Render("Type the name instead, then press ↵."))
		}
	case !p.known:
		out = append(out, "  "+st.Muted.Render("Reading…"))
	case len(p.passed) == 0 && p.Free && p.filter.Text() != "":
		out = append(out, "  "+st.Text.Render(fmt.Sprintf("No match. Press ↵ to use %q.", p.filter.Text())))
	case len(p.passed) == 0:
		out = append(out, "  "+st.Text.Render("No match."))
	}
	p.first, p.page = len(out), max(height-len(out), 1)
	from, to := p.cursor.Window(len(p.passed), p.page)
	for i := from; i < to; i++ {
		out = append(out, p.line(i, width))
	}
	return Box(strings.Join(out, "\n"), width, height)
}

func (p *Picker) line(i, width int) string {
	st := &p.Styles
	m := p.passed[i]
	c := p.choices[m.Index]
	lead, over := st.Row(i == p.cursor.At)
	here := " "
	if c.Name == p.current {
		here = "•"
	}
	line := lead + st.Accent.Over(over).Render(here+" ") + Marked(c.Name, m.Marks, st.Text.Over(over), st.Accent.Underline().Over(over))
	if c.Note != "" {
		widest := 0
		for _, other := range p.choices {
			widest = max(widest, Width(other.Name))
		}
		line += over.Render(strings.Repeat(" ", widest-Width(c.Name)+2)) + st.Muted.Over(over).Render(c.Note)
	}
	return PadStyled(line, width, over)
}

// Click chooses the name that has the cursor already.
func (p *Picker) Click(_, y int) tea.Cmd {
	if _, again := p.cursor.Click(y-p.first, len(p.passed), p.page); again {
		return p.choose()
	}
	return nil
}
