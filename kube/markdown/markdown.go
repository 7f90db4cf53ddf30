// Package markdown writes GitHub's Markdown in which text of a cluster stays text: whatever is in it, it makes no link, no HTML and no heading, calls
// nobody, and does not leave the block that it is quoted in. It is pure; what it is given has been cleaned ([kube.Sanitize]).
package markdown

import (
	"fmt"
	"strings"
)

// Text is a text that grows section by section. The zero value is empty.
type Text struct{ strings.Builder }

// Line adds a line, as it is.
func (t *Text) Line(format string, values ...any) { _, _ = fmt.Fprintf(t, format+"\n", values...) }

// Head begins a section.
func (t *Text) Head(title string) { t.Line("\n## %s\n", Escaped(title)) }

// Facts is a list of names and values, without those that have no value.
func (t *Text) Facts(list [][2]string) {
	for _, f := range list {
		if f[1] != "" {
			t.Line("- %s: %s", f[0], Escaped(f[1]))
		}
	}
}

// List is a section with a list, and nothing if that is empty. The lines are Markdown.
func (t *Text) List(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.Head(title)
	for _, line := range lines {
		t.Line("- %s", line)
	}
}

// Table has heads and rows of cells, which are Markdown.
func (t *Text) Table(heads []string, rows [][]string) {
	t.Line("| %s |", strings.Join(heads, " | "))
	t.Line("|%s", strings.Repeat("---|", len(heads)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i := range row {
			cells[i] = strings.ReplaceAll(row[i], "|", `\|`)
		}
		t.Line("| %s |", strings.Join(cells, " | "))
	}
}

// Quote adds a block of code, whatever is in the text. The language may be empty.
func (t *Text) Quote(text, language string) {
	const least = 3 // backticks, of a fence
	fence := strings.Repeat("`", max(longest(text)+1, least))
	t.Line("%s%s\n%s\n%s", fence, language, text, fence)
}

// Code is a text in the line, as code; empty if there is none.
func Code(text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\n", " "))
	if text == "" {
		return ""
	}
	marks := strings.Repeat("`", longest(text)+1)
	if strings.Contains(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

// longest is how many backticks there are at most behind each other.
func longest(text string) int {
	most, n := 0, 0
	for _, c := range text {
		if c != '`' {
			n = 0
			continue
		}
		n++
		most = max(most, n)
	}
	return most
}

// apart is a space of no width: what it stands in is no name and no link any more, and looks the same.
const apart = "\u200b"

// Escaped is a text of one line in a sentence.
func Escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		if strings.ContainsRune("\\`*_[]<>|#&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' || r == ':' && strings.HasPrefix(text[i:], "://") || r == 'w' && strings.HasPrefix(text[i:], "w.") {
			b.WriteString(apart)
		}
	}
	return b.String()
}
