package report

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	kubereport "github.com/dayfly-k8s/dayfly/kube/report"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Reader shows report.md.
type Reader struct {
	*kit.Kit
	keys   keyMap
	title  string
	report *kubereport.Report
	view   document.View
	width  int // for which the document was written
	theme  string
}

// NewReader shows the text of a report.
func NewReader(k *kit.Kit, title string, r *kubereport.Report) *Reader {
	keys := document.NewKeys(k.Bindings)
	keys.YAML.SetEnabled(false)
	return &Reader{Kit: k, keys: newKeyMap(k.Bindings), title: title, report: r, view: document.NewView(keys)}
}

// Title is where one is.
func (s *Reader) Title() string { return s.title }

// Init begins.
func (s *Reader) Init() tea.Cmd { return nil }

// Typing reports whether letters are text.
func (s *Reader) Typing() bool { return s.view.Typing() }

// Claims the keys that go through what has been found.
func (s *Reader) Claims(msg tea.KeyPressMsg) bool { return s.view.Claims(msg) }

// Keys are what can be done now.
func (s *Reader) Keys() []key.Binding {
	if s.Typing() {
		return s.view.Keys()
	}
	return append([]key.Binding{s.keys.CopyHead}, s.view.Keys()...)
}

// Update takes keys.
func (s *Reader) Update(msg tea.Msg) tea.Cmd {
	cmd, _ := s.view.Take(msg)
	return cmd
}

// Wheel scrolls.
func (s *Reader) Wheel(lines int) tea.Cmd { return s.view.Wheel(lines) }

// CopyText is what report.md begins with.
func (s *Reader) CopyText() (text, what string) { return s.report.Head(), "the head of report.md" }

// View draws a part of it.
func (s *Reader) View(width, height int) string {
	if theme := s.Styles.Text.Render("x") + s.Styles.Muted.Render("x"); width != s.width || theme != s.theme {
		s.width, s.theme, s.view.Doc = width, theme, markdownDoc(&s.Styles, s.report.Markdown(), width)
	}
	return s.view.Draw(&s.Styles, nil, width, height)
}

// markdownDoc is Markdown of our own as a document: its headings are sections, the cells of a row stand behind each other.
func markdownDoc(st *kit.Styles, text string, width int) document.Document {
	var doc document.Document
	w := document.Writer{Document: &doc, Styles: st, Width: width}
	fence := ""
	for _, line := range kit.Lines(strings.TrimRight(text, "\n")) {
		title, isHead := strings.CutPrefix(line, "## ")
		row, isRow := strings.CutPrefix(line, "| ")
		switch {
		case fence != "" && line == fence:
			fence = ""
		case fence != "":
			w.Put(1, kit.Lines(st.Muted.Render("│ ")+kit.Hang(kit.WrapStyled(line, max(width-5, 8), st.Text), 2))...)
		case strings.HasPrefix(line, "```"):
			fence = strings.TrimRight(line, "abcdefghijklmnopqrstuvwxyz")
		case isHead:
			if n := len(w.Lines); n > 0 && strings.TrimSpace(w.Lines[n-1]) == "" {
				w.Lines = w.Lines[:n-1]
			}
			w.Head(plain(title))
		case strings.HasPrefix(line, "# "):
			w.Put(1, kit.Lines(kit.WrapStyled(plain(line[2:]), max(width-3, 8), st.Title))...)
		case strings.HasPrefix(line, "|---"), line == "" && afterHead(&w):
		case isRow:
			w.Put(1, kit.Lines(kit.Hang(kit.WrapStyled(cells(row), max(width-5, 8), st.Text), 2))...)
		default:
			w.Put(1, kit.Lines(kit.Hang(kit.WrapStyled(plain(line), max(width-5, 8), st.Text), 2))...)
		}
	}
	return doc
}

// afterHead reports whether the last line is a heading: one empty line fewer has to be scrolled over.
func afterHead(w *document.Writer) bool {
	n := len(w.Sections)
	return n > 0 && w.Sections[n-1] == len(w.Lines)-1
}

// cells are those of a row of a table.
func cells(row string) string {
	var out []string
	for _, cell := range strings.Split(strings.ReplaceAll(strings.TrimSuffix(row, " |"), `\|`, "\x00"), "|") {
		if cell = plain(strings.TrimSpace(strings.ReplaceAll(cell, "\x00", "|"))); cell != "" {
			out = append(out, cell)
		}
	}
	return strings.Join(out, " · ")
}

// plain is a line without the marks of Markdown.
func plain(line string) string {
	line = strings.ReplaceAll(strings.ReplaceAll(line, "**`", ""), "`**", "")
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && strings.IndexByte("\\`*_[]<>|#&~", line[i+1]) >= 0:
			i++
			b.WriteByte(line[i])
		case line[i] == '`':
		default:
			b.WriteByte(line[i])
		}
	}
	return strings.ReplaceAll(b.String(), "\u200b", "")
}
