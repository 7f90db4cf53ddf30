package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// View draws the line to type in, the image as it stands, and the boxes.
func (s *composer) View(width, height int) string {
	st := &s.styles
	out := []string{" " + s.search.view(st, width-2)}
	out = append(out, strings.Split(s.imageLine(width), "\n")...)
	out = append(out, st.muted.Render(strings.Repeat("─", max(width, 0))))
	if height < 10 {
		out = out[:1] // the boxes come first where there is room for little
	}
	if s.broken != nil {
		out = append(out, strings.Split(problemText(st, kube.Explain(s.broken), width), "\n")...)
	}
	if len(s.rows) == 0 {
		out = append(out, strings.Split(s.nothing(width), "\n")...)
	}
	foot := s.installs(width)
	if height < 10 {
		foot = ""
	}
	s.first, s.page = len(out), max(height-len(out)-min(len(foot), 1), 1)
	from, to := s.cursor.window(len(s.rows), s.page)
	names := s.nameWidth(width)
	for i := from; i < to; i++ {
		out = append(out, s.line(i, width, names))
	}
	if foot != "" {
		return box(strings.Join(out, "\n"), width, height-1) + "\n" + foot
	}
	return box(strings.Join(out, "\n"), width, height)
}

// imageLine is the name as it grows, and how much of what it may have it takes.
func (s *composer) imageLine(width int) string {
	st := &s.styles
	name := s.image.String()
	room, ink := st.muted, st.accent
	length := s.image.Length()
	var wrong string
	if err := s.image.Check(); err != nil {
		room, ink, wrong = st.bad, st.bad, err.Error()
	} else if length > nixery.MaxName*9/10 {
		room = st.warn
	}
	figure := fmt.Sprintf("%d of %d", length, nixery.MaxName)
	lines := strings.Split(breakName(name, width-2-len(figure)-2), "\n")
	for i, line := range lines {
		line = " " + ink.Render(line)
		if i == 0 {
			line = fit(line, max(width-len(figure)-1, 0)) + room.Render(figure)
		}
		lines[i] = line
	}
	if wrong != "" {
		lines = append(lines, " "+st.bad.Render("✗ ")+strings.ReplaceAll(wrapStyled(wrong, width-4, st.text), "\n", "\n   "))
	}
	return strings.Join(lines, "\n")
}

// breakName breaks the name of an image behind a slash, so that no package is cut in two.
func breakName(name string, width int) string {
	var lines []string
	line := ""
	for _, part := range strings.SplitAfter(name, "/") {
		if line != "" && len(line)+len(part) > width {
			lines = append(lines, line)
			line = ""
		}
		line += part
	}
	return strings.Join(append(lines, line), "\n")
}

// nothing is said when nothing is found.
func (s *composer) nothing(width int) string {
	st := &s.styles
	if s.wrong == nil {
		return ""
	}
	return caretText(st, s.wrong, width)
}

func (s *composer) nameWidth(width int) int {
	widest := 8
	for _, row := range s.rows {
		if row.kind == packageRow {
			widest = max(widest, cells(row.name))
		}
	}
	return min(widest, max(width/4, 8))
}

func (s *composer) line(i, width, names int) string {
	st := &s.styles
	row := s.rows[i]
	if row.kind == headRow {
		return " " + st.muted.Render(fit(row.name+" "+strings.Repeat("─", max(width-3-cells(row.name), 0)), max(width-2, 0)))
	}
	lead, over := st.row(i == s.cursor.at)
	line := lead + s.boxOf(row, over)
	if row.kind == recentRow {
		return padStyled(line+st.text.Over(over).Render(fit(row.name, max(width-6, 0))), width, over)
	}
	found := st.accent.Underline().Over(over)
	var inName, inCommand []int
	if row.byName {
		inName = row.marks
	} else {
		inCommand = row.marks
	}
	line += marked(fit(row.name, names), inName, st.title.Over(over), found) + over.Render("  ")
	room := max(width-names-8, 0)
	if slices.Contains(s.missing, row.name) {
		return padStyled(line+st.bad.Over(over).Render(fit("✗ the registry does not have it", room)), width, over)
	}
	if wide := commandWidth(row, room); wide > 0 {
		line += marked(fit(row.command, wide), inCommand, st.text.Over(over), found) + over.Render("  ")
		room = max(room-wide-2, 0)
	}
	return padStyled(line+st.muted.Over(over).Render(fit(row.purpose, room)), width, over)
}

func (s *composer) boxOf(row composerRow, over ink) string {
	if s.checked(row) {
		return s.styles.accent.Over(over).Render("[x] ")
	}
	return s.styles.muted.Over(over).Render("[ ] ")
}

// commandWidth is how much of the room is for the commands. Where there is little, they are below, for the line under the cursor; one that
// was looked for is seen everywhere.
func commandWidth(row composerRow, room int) int {
	const purpose, most = 50, 40
	switch {
	case room >= purpose+24:
		return min(most, room-purpose)
	case len(row.marks) > 0 && !row.byName && !strings.HasPrefix(row.command, row.name):
		first, _, _ := strings.Cut(row.command, ",")
		return min(max(cells(first), 9), room)
	}
	return 0
}

// installs says of the line under the cursor what there was no room for in it.
func (s *composer) installs(width int) string {
	row, ok := s.row()
	if !ok || row.kind != packageRow {
		return ""
	}
	st := &s.styles
	var parts []string
	inLine := commandWidth(row, max(width-s.nameWidth(width)-8, 0)) >= cells(row.command)
	if !inLine && row.command != row.name {
		parts = append(parts, st.muted.Render("installs ")+st.text.Render(row.command))
	}
	if p, known := s.catalogue.Find(row.name); known && p.Profile != "" {
		parts = append(parts, st.muted.Render("needs the profile ")+st.text.Render(p.Profile))
	}
	return fit(" "+strings.Join(parts, st.muted.Render(" · ")), width)
}
