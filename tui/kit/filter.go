package kit

import (
	"math"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Filter is a line to type into that narrows a list by fuzzy match.
type Filter struct {
	input textinput.Model
	fresh bool // what stands there is from before: text that is typed replaces it
}

// NewFilter is an empty line behind a prompt.
func NewFilter(prompt string) Filter {
	input := textinput.New()
	input.Prompt = prompt
	return Filter{input: input}
}

// SetPlaceholder is shown until something has been typed.
func (f *Filter) SetPlaceholder(text string) { f.input.Placeholder = text }

// Typing reports whether the line has the keyboard.
func (f *Filter) Typing() bool { return f.input.Focused() }

// Text is what has been typed.
func (f *Filter) Text() string { return f.input.Value() }

// Start gives the line the keyboard. What it has from before is selected: text replaces it, and the keys for editing edit it.
func (f *Filter) Start() tea.Cmd {
	f.fresh = f.Text() != ""
	return f.Edit()
}

// Edit gives the line the keyboard to edit what stands there.
func (f *Filter) Edit() tea.Cmd {
	f.input.CursorEnd()
	return f.input.Focus()
}

// Set replaces what has been typed.
func (f *Filter) Set(text string) { f.input.SetValue(text) }

// Clear empties the line and takes the keyboard from it.
func (f *Filter) Clear() {
	f.input.Reset()
	f.input.Blur()
	f.fresh = false
}

// Update takes a key or paste while typing.
func (f *Filter) Update(k KeyMap, msg tea.Msg) tea.Cmd {
	switch press := msg.(type) {
	case tea.KeyPressMsg:
		switch {
		case key.Matches(press, k.FilterClear):
			f.Clear()
			return nil
		case key.Matches(press, k.FilterDone):
			f.fresh = false
			f.input.Blur()
			return nil
		}
		f.replace(press.Text != "")
	case tea.PasteMsg:
		f.replace(true)
		msg = tea.PasteMsg{Content: kube.Sanitize(press.Content)} // it is drawn
	}
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd
}

// replace empties the line for the first text that is typed. Any other key keeps what stands there, to be edited.
func (f *Filter) replace(text bool) {
	if f.fresh && text {
		f.input.Reset()
	}
	f.fresh = false
}

// View draws the line: empty when there is no filter.
func (f *Filter) View(s *Styles, width int) string {
	if !f.Typing() && f.Text() == "" {
		return ""
	}
	if !f.Typing() {
		return s.Accent.Render(f.input.Prompt) + s.Text.Render(f.Text())
	}
	f.input.SetWidth(max(width-4, 1))
	look := f.input.Styles()
	text := s.Text
	if f.fresh {
		text = text.Over(s.Selection)
	}
	look.Focused.Prompt, look.Focused.Text, look.Focused.Placeholder = s.Accent.style, text.whole(), s.Muted.style
	f.input.SetStyles(look)
	return f.input.View()
}

// Match is one line that passed: its index in the list, where its name matched, how well.
type Match struct {
	Index int
	Marks []int // bytes of the name
	score int
}

// Matches finds the lines that pass, in the list's own order: those whose name matches fuzzily, and those that have the
// pattern somewhere in the rest as it is. A fuzzy match of the rest would let nearly everything through. An empty
// pattern passes all.
func Matches(pattern string, names, rest []string) []Match {
	var passed []Match
	found := fuzzy.FindNoSort(pattern, names)
	for i := range names {
		m := Match{Index: i}
		switch {
		case pattern == "":
		case len(found) > 0 && found[0].Index == i:
			m.Marks, m.score = found[0].MatchedIndexes, found[0].Score
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

// Best is the place in passed of the best match.
func Best(passed []Match) int {
	at := 0
	for i := range passed {
		if passed[i].score > passed[at].score {
			at = i
		}
	}
	return at
}
