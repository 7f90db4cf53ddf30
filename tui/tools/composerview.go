package tools

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// roomy is the height from which there is room for more than boxes.
const roomy = 14

// View draws the line to type in, the image as it stands, and the boxes.
func (s *composer) View(width, height int) string {
	st := &s.Styles
	out := []string{" " + s.search.View(st, width-2)}
	out = append(out, s.imageLines(width, height/4)...)
	if height >= roomy {
		out = append(out, st.Muted.Render(strings.Repeat("─", max(width, 0))))
	}
	if s.broken != nil {
		out = append(out, strings.Split(kit.ProblemText(st, kube.Explain(s.broken), width), "\n")...)
	}
	if len(s.rows) == 0 {
		out = append(out, strings.Split(s.nothing(width), "\n")...)
	}
	s.first, s.page = len(out), max(height-len(out), 1)
	if height >= roomy {
		s.page = max(s.page-1, 1)
	}
	from, to := s.cursor.Window(len(s.rows), s.page)
	names := s.nameWidth(width)
	for i := from; i < to; i++ {
		out = append(out, s.line(i, width, names))
	}
	if height >= roomy {
		return kit.Box(strings.Join(out, "\n"), width, height-1) + "\n" + s.installs(width)
	}
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// imageLines are the name as it grows, and how much of what it may have it takes, in not more lines than given: of a name that is too long for
// them the end is left out, and the figure tells.
func (s *composer) imageLines(width, most int) []string {
	st := &s.Styles
	room, nameStyle := st.Muted, st.Accent
	length := s.image.Length()
	err := s.image.Check()
	switch {
	case err != nil:
		room, nameStyle = st.Bad, st.Bad
	case length > nixery.MaxName*9/10:
		room = st.Warn
	}
	figure := fmt.Sprintf("%d of %d", length, nixery.MaxName)
	names := strings.Split(breakName(s.image.String(), width-2-len(figure)-2), "\n")
	if most = max(most, 1); len(names) > most {
		names = names[:most]
		names[most-1] += "…"
	}
	var lines []string
	for i, name := range names {
		line := " " + nameStyle.Render(name)
		if i == 0 {
			line = kit.Fit(line, max(width-len(figure)-1, 0)) + room.Render(figure)
		}
		lines = append(lines, line)
	}
	if err != nil {
		wrong := " " + st.Bad.Render("✗ ") + strings.ReplaceAll(kit.WrapStyled(kube.Sanitize(err.Error()), width-4, st.Text), "\n", "\n   ")
		lines = append(lines, strings.Split(wrong, "\n")[:min(strings.Count(wrong, "\n")+1, most)]...)
	}
	return lines
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
	st := &s.Styles
	if s.wrong == nil {
		return ""
	}
	return kit.MistakeText(st, mistake(s.wrong), width)
}

func (s *composer) nameWidth(width int) int {
	widest := 8
	for _, row := range s.rows {
		if row.kind == packageRow {
			widest = max(widest, kit.Width(row.name))
		}
	}
	return min(widest, max(width/4, 8))
}

func (s *composer) line(i, width, names int) string {
	st := &s.Styles
	row := s.rows[i]
	if row.kind == headRow {
		return " " + st.Muted.Render(kit.Fit(row.name+" "+strings.Repeat("─", max(width-3-kit.Width(row.name), 0)), max(width-2, 0)))
	}
	lead, over := st.Row(i == s.cursor.At)
	line := lead + s.boxOf(row, over)
	if row.kind == recentRow {
		return kit.PadStyled(line+st.Text.Over(over).Render(kit.Fit(row.name, max(width-6, 0))), width, over)
	}
	found := st.Accent.Underline().Over(over)
	var inName, inCommand []int
	if row.byName {
		inName = row.marks
	} else {
		inCommand = row.marks
	}
	line += kit.Marked(kit.Fit(row.name, names), inName, st.Title.Over(over), found) + over.Render("  ")
	room := max(width-names-8, 0)
	if slices.Contains(s.missing, row.name) {
		return kit.PadStyled(line+st.Bad.Over(over).Render(kit.Fit("✗ the registry does not have it", room)), width, over)
	}
	if wide := commandWidth(row, room); wide > 0 {
		line += kit.Marked(kit.Fit(row.command, wide), inCommand, st.Text.Over(over), found) + over.Render("  ")
		room = max(room-wide-2, 0)
	}
	return kit.PadStyled(line+st.Muted.Over(over).Render(kit.Fit(row.purpose, room)), width, over)
}

func (s *composer) boxOf(row composerRow, over kit.Style) string {
	if s.checked(row) {
		return s.Styles.Accent.Over(over).Render("[x] ")
	}
	return s.Styles.Muted.Over(over).Render("[ ] ")
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
		return min(max(kit.Width(first), 9), room)
	}
	return 0
}

// installs says of the line under the cursor what there was no room for in it.
func (s *composer) installs(width int) string {
	row, ok := s.row()
	if !ok || row.kind != packageRow {
		return kit.Fit("", width)
	}
	st := &s.Styles
	var parts []string
	inLine := commandWidth(row, max(width-s.nameWidth(width)-8, 0)) >= kit.Width(row.command)
	if !inLine && row.command != row.name {
		parts = append(parts, st.Muted.Render("installs ")+st.Text.Render(row.command))
	}
	if p, known := s.catalogue.Find(row.name); known && p.Profile != "" {
		parts = append(parts, st.Muted.Render("needs the profile ")+st.Text.Render(p.Profile))
	}
	return kit.Fit(" "+strings.Join(parts, st.Muted.Render(" · ")), width)
}
