package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// prompt is one line to type, such as the name of an image, with what was typed before to choose from. It does not know what becomes of it.
type prompt struct {
	*kit
	with PromptOptions

	line   filter
	passed []string
	cursor cursor // -1: on the line itself
	first  int
	page   int
	wrong  error // of what was to be taken
}

// PromptOptions say what is to be typed.
type PromptOptions struct {
	Title, Asks string
	Earlier     []string                  // what was typed before
	Takes       key.Binding               // what takes the line
	Check       func(text string) error   // what is wrong with what has been typed ([Mistake] says where); nil: nothing
	Done        func(text string) tea.Msg // the request when it has been taken
}

// newPrompt asks for a line.
func newPrompt(k *kit, o PromptOptions) *prompt {
	return &prompt{kit: k, with: o, line: newFilter("› "), passed: o.Earlier, cursor: cursor{at: -1}}
}

func (p *prompt) Title() string { return p.with.Title }

func (p *prompt) Typing() bool { return true }

func (p *prompt) Init() tea.Cmd { return p.line.start() }

func (p *prompt) Keys() []key.Binding {
	if len(p.passed) == 0 {
		return []key.Binding{p.with.Takes, p.keys.Leave}
	}
	return []key.Binding{p.with.Takes, p.keys.PickUp, p.keys.PickDown, p.keys.Leave}
}

func (p *prompt) Update(msg tea.Msg) tea.Cmd {
	press, isKey := msg.(tea.KeyPressMsg)
	_, pasted := msg.(tea.PasteMsg)
	switch {
	case !isKey && !pasted:
		return nil
	case isKey && key.Matches(press, p.keys.Leave):
		return p.ask(Leave{})
	case isKey && key.Matches(press, p.with.Takes):
		return p.take()
	case isKey && key.Matches(press, p.keys.PickDown):
		p.cursor.at, p.wrong = min(p.cursor.at+1, len(p.passed)-1), nil
		return nil
	case isKey && key.Matches(press, p.keys.PickUp):
		p.cursor.at, p.wrong = max(p.cursor.at-1, -1), nil
		return nil
	}
	before := p.line.text()
	cmd := p.line.update(p.keys, msg)
	if p.line.text() != before {
		p.wrong = nil
		p.cursor = cursor{at: -1}
		p.passed = containing(p.with.Earlier, strings.TrimSpace(p.line.text()))
	}
	return cmd
}

func containing(list []string, part string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !strings.Contains(s, part) })
}

// take hands on what is under the cursor: the line, or what was typed before.
func (p *prompt) take() tea.Cmd {
	text := strings.TrimSpace(p.line.text())
	if p.cursor.at >= 0 && p.cursor.at < len(p.passed) {
		text = p.passed[p.cursor.at]
	}
	if text == "" {
		return nil
	}
	if p.wrong = p.with.Check(text); p.wrong != nil {
		return nil
	}
	return p.ask(p.with.Done(text))
}

// Click takes what was typed before into the line.
func (p *prompt) Click(_, y int) tea.Cmd {
	if at := p.cursor.top + y - p.first; y >= p.first && at < len(p.passed) {
		p.line.set(p.passed[at])
		p.passed, p.cursor = nil, cursor{at: -1}
	}
	return nil
}

func (p *prompt) View(width, height int) string {
	st := &p.styles
	out := []string{"", " " + st.muted.Render(fit(p.with.Asks, max(width-2, 0))), " " + p.line.view(st, width-2), ""}
	if p.wrong != nil {
		out = append(out, strings.Split(caretText(st, p.wrong, width), "\n")...)
		return box(strings.Join(out, "\n"), width, height)
	}
	if len(p.passed) > 0 {
		out = append(out, " "+st.muted.Render("used before"))
	}
	p.first, p.page = len(out), max(height-len(out), 1)
	c := cursor{at: max(p.cursor.at, 0), top: p.cursor.top}
	from, to := c.window(len(p.passed), p.page)
	p.cursor.top = c.top
	for i := from; i < to; i++ {
		lead, over := st.row(i == p.cursor.at)
		out = append(out, padStyled(lead+over.Render(" ")+st.text.Over(over).Render(fit(p.passed[i], max(width-3, 0))), width, over))
	}
	return box(strings.Join(out, "\n"), width, height)
}
