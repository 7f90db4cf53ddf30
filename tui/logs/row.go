package logs

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// part is a piece of a text, by its bytes.
type part struct{ from, to int }

// logRows breaks a text into rows of at most width cells. A log is broken anywhere: what stands in columns stays in them, and what is
// copied has no space that was not there. There is always a first row.
func logRows(text string, width int) []part {
	width = max(width, 1)
	if isASCII(text) {
		rows := make([]part, 0, len(text)/width+1)
		for from := 0; from < len(text) || from == 0; from += width {
			rows = append(rows, part{from, min(from+width, len(text))})
		}
		return rows
	}
	var rows []part
	for from := 0; from < len(text) || from == 0; {
		to := max(kit.EndOfWidth(text, from, width), from+1)
		rows = append(rows, part{from, min(to, len(text))})
		from = to
	}
	return rows
}

// countRows is how many rows logRows makes.
func countRows(text string, width int) int {
	if len(text) <= width {
		return 1
	}
	if isASCII(text) {
		return (len(text) + width - 1) / max(width, 1)
	}
	return len(logRows(text, width))
}

// logWindow is what is seen of an unbroken text from a cell on.
func logWindow(text string, from, width int) part {
	if isASCII(text) {
		return part{min(from, len(text)), min(from+width, len(text))}
	}
	start := kit.EndOfWidth(text, 0, from)
	return part{start, kit.EndOfWidth(text, start, width)}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// inked draws a row of a text, with those of the marks that are in it in another ink.
func inked(text string, row part, marks []part, plain, marked kit.Style) string {
	if len(marks) == 0 {
		return plain.Render(text[row.from:row.to])
	}
	var b strings.Builder
	at := row.from
	for _, m := range marks {
		from, to := max(m.from, at), min(m.to, row.to)
		if from >= to {
			continue
		}
		b.WriteString(plain.Render(text[at:from]))
		b.WriteString(marked.Render(text[from:to]))
		at = to
	}
	b.WriteString(plain.Render(text[at:row.to]))
	return b.String()
}

// logBreaks knows how lines are broken at the present width. Those of ASCII are reckoned; others are measured, and remembered while
// they are near.
type logBreaks struct {
	width int
	wrap  bool
	known map[int][]part
}

func (b *logBreaks) clear() { b.known = nil }

func (b *logBreaks) set(width int, wrap bool) {
	if width != b.width || wrap != b.wrap {
		b.width, b.wrap, b.known = width, wrap, nil
	}
}

// rows are the parts of a line.
func (b *logBreaks) rows(number int, text string) []part {
	if parts, ok := b.known[number]; ok {
		return parts
	}
	parts := logRows(text, b.width)
	if isASCII(text) {
		return parts
	}
	const most = 1000
	if b.known == nil || len(b.known) > most {
		b.known = map[int][]part{}
	}
	b.known[number] = parts
	return parts
}

func (b *logBreaks) count(number int, text string) int {
	switch {
	case !b.wrap:
		return 1
	case len(text) <= b.width: // as many cells as bytes, or fewer
		return 1
	case isASCII(text):
		return countRows(text, b.width)
	}
	return len(b.rows(number, text))
}
