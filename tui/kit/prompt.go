package kit

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Prompt is one line to type, such as the name of an image, with what was typed before to choose from. It does not know what becomes of it.
type Prompt struct {
	*Kit
	with PromptOptions

	line   Filter
	passed []string
	cursor Cursor // -1: on the line itself
	first  int
	page   int
	wrong  error // of what was to be taken
}

// PromptOptions say what is to be typed.
type PromptOptions struct {
	Title, Asks string
	Text        string                    // that stands in the line already, to be replaced or edited
	Earlier     []string                  // what was typed before
	Takes       key.Binding               // what takes the line
	Check       func(text string) error   // what is wrong with what has been typed ([MistakeError] says where); nil: nothing
	Done        func(text string) tea.Msg // the request when it has been taken
	MayBeEmpty  bool                      // an empty line is taken, too
}

// NewPrompt asks for a line.
func NewPrompt(k *Kit, o PromptOptions) *Prompt {
	p := &Prompt{Kit: k, with: o, line: NewFilter("› "), passed: o.Earlier, cursor: Cursor{At: -1}}
	p.line.Set(o.Text)
	return p
}

// Title is the name of the screen.
func (p *Prompt) Title() string { return p.with.Title }

// Typing is always so: letters are text.
func (p *Prompt) Typing() bool { return true }

// Init begins.
func (p *Prompt) Init() tea.Cmd { return p.line.Start() }

// Keys are those that do something now.
func (p *Prompt) Keys() []key.Binding {
	if len(p.passed) == 0 {
		return []key.Binding{p.with.Takes, p.Bindings.Leave}
	}
	return []key.Binding{p.with.Takes, p.Bindings.PickUp, p.Bindings.PickDown, p.Bindings.Leave}
}

// Update takes a key.
func (p *Prompt) Update(msg tea.Msg) tea.Cmd {
	press, isKey := msg.(tea.KeyPressMsg)
	_, pasted := msg.(tea.PasteMsg)
	switch {
	case !isKey && !pasted:
		return nil
	case isKey && key.Matches(press, p.Bindings.Leave):
		return p.Ask(Leave{})
	case isKey && key.Matches(press, p.with.Takes):
		return p.take()
	case isKey && key.Matches(press, p.Bindings.PickDown):
		p.cursor.At, p.wrong = min(p.cursor.At+1, len(p.passed)-1), nil
		return nil
	case isKey && key.Matches(press, p.Bindings.PickUp):
		p.cursor.At, p.wrong = max(p.cursor.At-1, -1), nil
		return nil
	}
	before := p.line.Text()
	cmd := p.line.Update(p.Bindings, msg)
	if p.line.Text() != before {
		p.wrong = nil
		p.cursor = Cursor{At: -1}
		p.passed = containing(p.with.Earlier, strings.TrimSpace(p.line.Text()))
	}
	return cmd
}

func containing(list []string, part string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !strings.Contains(s, part) })
}

// take hands on what is under the cursor: the line, or what was typed before.
func (p *Prompt) take() tea.Cmd {
	text := strings.TrimSpace(p.line.Text())
	if p.cursor.At >= 0 && p.cursor.At < len(p.passed) {
		text = p.passed[p.cursor.At]
	}
	if text == "" && !p.with.MayBeEmpty {
		return nil
	}
	if p.wrong = p.with.Check(text); p.wrong != nil {
		return nil
	}
	return p.Ask(p.with.Done(text))
}

// Click takes what was typed before into the line.
func (p *Prompt) Click(_, y int) tea.Cmd {
	if at := p.cursor.Top + y - p.first; y >= p.first && at < len(p.passed) {
		p.line.Set(p.passed[at])
		p.passed, p.cursor = nil, Cursor{At: -1}
	}
	return nil
}

// View draws the screen.
func (p *Prompt) View(width, height int) string {
	st := &p.Styles
	out := append([]string{""}, Lines(Indent(WrapStyled(p.with.Asks, max(width-2, 1), st.Muted), 1))...)
	out = append(out, " "+p.line.View(st, width-2), "")
	if p.wrong != nil {
		out = append(out, strings.Split(MistakeText(st, p.wrong, width), "\n")...)
		return Box(strings.Join(out, "\n"), width, height)
	}
	if len(p.passed) > 0 {
		out = append(out, " "+st.Muted.Render("used before"))
	}
	p.first, p.page = len(out), max(height-len(out), 1)
	c := Cursor{At: max(p.cursor.At, 0), Top: p.cursor.Top}
	from, to := c.Window(len(p.passed), p.page)
	p.cursor.Top = c.Top
	for i := from; i < to; i++ {
		lead, over := st.Row(i == p.cursor.At)
		out = append(out, PadStyled(lead+over.Render(" ")+st.Text.Over(over).Render(Fit(p.passed[i], max(width-3, 0))), width, over))
	}
	return Box(strings.Join(out, "\n"), width, height)
}
