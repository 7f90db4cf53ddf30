package tui

import (
	"math"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"github.com/dayfly-k8s/dayfly/kube"
)

// filter is a line to type into that narrows a list by fuzzy match.
type filter struct {
	input textinput.Model
	fresh bool // what stands there is from before: text that is typed replaces it
}

func newFilter(prompt string) filter {
	input := textinput.New()
	input.Prompt = prompt
	return filter{input: input}
}

// placeholder is shown until something has been typed.
func (f *filter) placeholder(text string) { f.input.Placeholder = text }

// Typing tells whether the line has the keyboard.
func (f *filter) Typing() bool { return f.input.Focused() }

// text is what has been typed.
func (f *filter) text() string { return f.input.Value() }

// start gives the line the keyboard. What it has from before is selected: text replaces it, and the keys for editing edit it.
func (f *filter) start() tea.Cmd {
	f.fresh = f.text() != ""
	return f.correct()
}

// correct gives the line the keyboard to edit what stands there.
func (f *filter) correct() tea.Cmd {
	f.input.CursorEnd()
	return f.input.Focus()
}

// set replaces what has been typed.
func (f *filter) set(text string) { f.input.SetValue(text) }

func (f *filter) clear() {
	f.input.Reset()
	f.input.Blur()
	f.fresh = false
}

// update takes a key or paste while typing.
func (f *filter) update(k KeyMap, msg tea.Msg) tea.Cmd {
	switch press := msg.(type) {
	case tea.KeyPressMsg:
		switch {
		case key.Matches(press, k.FilterClear):
			f.clear()
			return nil
		case key.Matches(press, k.FilterDone):
			f.fresh = false
			f.input.Blur()
			return nil
		}
		f.replace(press.Text != "")
	case tea.PasteMsg:
		f.replace(true)
		msg = tea.PasteMsg{Content: kube.Clean(press.Content)} // it is drawn
	}
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd
}

// replace empties the line for the first text that is typed. Any other key keeps what stands there, to be edited.
func (f *filter) replace(text bool) {
	if f.fresh && text {
		f.input.Reset()
	}
	f.fresh = false
}

// view draws the line: empty when there is no filter.
func (f *filter) view(s *styles, width int) string {
	if !f.Typing() && f.text() == "" {
		return ""
	}
	if !f.Typing() {
		return s.accent.Render(f.input.Prompt) + s.text.Render(f.text())
	}
	f.input.SetWidth(max(width-4, 1))
	look := f.input.Styles()
	text := s.text
	if f.fresh {
		text = text.Over(s.selection)
	}
	look.Focused.Prompt, look.Focused.Text, look.Focused.Placeholder = s.accent.style, text.whole(), s.muted.style
	f.input.SetStyles(look)
	return f.input.View()
}

// match is one line that passed: its index in the list, where its name matched, how well.
type match struct {
	index int
	marks []int // bytes of the name
	score int
}

// matches finds the lines that pass, in the list's own order: those whose name matches fuzzily, and those that have the
// pattern somewhere in the rest as it is. A fuzzy match of the rest would let nearly everything through. An empty
// pattern passes all.
func matches(pattern string, names, rest []string) []match {
	var passed []match
	found := fuzzy.FindNoSort(pattern, names)
	for i := range names {
		m := match{index: i}
		switch {
		case pattern == "":
		case len(found) > 0 && found[0].Index == i:
			m.marks, m.score = found[0].MatchedIndexes, found[0].Score
			found = found[1:]
		case rest != nil && strings.Contains(strings.ToLower(rest[i]), strings.ToLower(pattern)):
			m.score = math.MinInt
		default:
			continue
		}
		passed = append(passed, m)
	}
	return passed
}

// best is the place in passed of the best match.
func best(passed []match) int {
	at := 0
	for i := range passed {
		if passed[i].score > passed[at].score {
			at = i
		}
	}
	return at
}
