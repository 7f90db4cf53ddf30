// Package document shows a text under headings, as long as it may be: a screen writes one of what it knows ([Writer]), and a [View] scrolls and searches
// it. Where there is little room, [Part]s of it share that.
package document

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Document is a text in styled lines, each of at most the width it was made for.
type Document struct {
	Lines    []string
	Sections []int  // the lines with which they begin
	Remark   string // on what is not in it
}

// after is the line of the next section; of the first behind the last.
func (d *Document) after(line int) int {
	for _, at := range d.Sections {
		if at > line {
			return at
		}
	}
	return 0
}

// YAML is a document of an object as the API server has it. Lines that are too long go on below, indented. The remark says what is left out.
func YAML(st *kit.Styles, text, remark string, width int) Document {
	d := Document{Remark: remark}
	for _, line := range kit.Lines(text) {
		if line != "" && line[0] != ' ' && line[0] != '-' {
			d.Sections = append(d.Sections, len(d.Lines))
		}
		d.Lines = append(d.Lines, yamlLine(st, line, width-2)...)
	}
	return d
}

func yamlLine(st *kit.Styles, line string, width int) []string {
	body := strings.TrimLeft(line, " ")
	lead := strings.Repeat(" ", min(len(line)-len(body), max(width/2, 1)))
	rows := kit.Lines(ansi.Hardwrap(body, max(width-len(lead)-2, 8), true))
	for i, row := range rows {
		switch name, value, ok := strings.Cut(row, ":"); {
		case i > 0:
			rows[i] = " " + lead + "  " + st.Text.Render(row)
		case ok && !strings.ContainsAny(name, ` "'{`) || strings.HasPrefix(name, "- ") && ok:
			rows[i] = " " + lead + st.Accent.Render(name+":") + st.Text.Render(value)
		default:
			rows[i] = " " + lead + st.Text.Render(row)
		}
	}
	return rows
}
