package files

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws the folder, or how far the way to it is.
func (s *Screen) View(width, height int) string {
	switch {
	case !s.open():
		return s.way.View(width, height)
	case !s.listed && s.trouble != nil:
		return kit.Box(kit.ProblemText(&s.Styles, s.Advised(s, s.trouble), width), width, height)
	case !s.listed:
		return kit.Box("\n  "+s.Styles.Muted.Render("Reading "+files.ShownName(s.list.path)+"…"), width, height)
	}
	foot := s.footer(width, height)
	mount := s.mountOf(s.list.path)
	out := []string{" " + s.crumbs(max(width-3-kit.Width(mount), 1)) + " " + s.Styles.Accent.Render(mount)}
	s.first = len(out) + 1
	rows := max(height-len(out)-len(foot), 1)
	s.page = max(rows-1, 1)
	if len(s.list.shown) == 0 {
		s.cursor.Place = ""
		out = append(out, kit.Box("\n"+kit.Indent(s.empty(), 2), width, rows))
	} else {
		from, to := s.marks.Range(s.cursor.At, len(s.list.shown), s.list.nameAt)
		out = append(out, s.table.List(&s.Styles, &s.cursor, len(s.list.shown), width, rows, func(i int) []kit.Cell {
			return s.cells(s.list.shown[i], i >= from && i < to)
		}))
	}
	return kit.Box(strings.Join(append(out, foot...), "\n"), width, height)
}

// mountOf is what is mounted where a folder is, in words; empty: nothing that the pod says.
func (s *Screen) mountOf(folder string) string {
	for ; folder != "/" && folder != "."; folder = path.Dir(folder) {
		if words := s.found.Mounts[folder]; words != "" {
			return words
		}
	}
	return ""
}

// crumbs are the folders on the way to this one.
func (s *Screen) crumbs(width int) string {
	st := &s.Styles
	parts := strings.Split(strings.Trim(s.list.path, "/"), "/")
	if s.list.path == "/" {
		return kit.Fit(st.Title.Render("/"), width)
	}
	plain := "/ " + files.ShownName(strings.Join(parts, " › "))
	if kit.Width(plain) > width { // the end tells most
		return st.Title.Render(kit.FitMiddle(plain, width))
	}
	styled := st.Muted.Render("/ ")
	for i, part := range parts {
		if i == len(parts)-1 {
			styled += st.Title.Render(files.ShownName(part))
			break
		}
		styled += st.Text.Render(files.ShownName(part)) + st.Muted.Render(" › ")
	}
	return kit.Fit(styled, width)
}

// empty says why there is nothing to see.
func (s *Screen) empty() string {
	st := &s.Styles
	switch {
	case len(s.list.all) == 0:
		return st.Muted.Render("The folder is empty.")
	case s.list.onlyChanged && s.filter.Text() == "":
		return st.Text.Render("Nothing here has changed since the container was started.") + st.Muted.Render("  esc shows all.")
	}
	return st.Text.Render(fmt.Sprintf("Nothing matches %q.", s.filter.Text())) + st.Muted.Render("  esc clears the filter.")
}

// remeasure finds out how wide the columns are, when the list has changed.
func (s *Screen) remeasure() {
	title := func(name string, by order) string {
		if s.list.sort == by {
			return name + " ▾"
		}
		return name
	}
	s.table = kit.Table{Columns: []kit.Column{
		{}, {Title: title("NAME", byName), Flex: true}, {Title: "    " + title("SIZE", bySize)}, {Title: "MODE", Drop: 2}, {Title: "OWNER", Drop: 3}, {Title: title("AGE", byTime), Drop: 1}, {Drop: 4},
	}}
	s.table.Measure(len(s.list.all), func(i int) []kit.Cell { return s.cells(s.list.all[i], false) })
	s.table.Natural[0] = len(kit.MarkSymbol + changedSign) // a mark does not move the names
}

// cells are those of an entry.
func (s *Screen) cells(e *entry, ranged bool) []kit.Cell {
	st := &s.Styles
	mark, sign, signed := " ", "", st.Warn
	if ranged || s.marks.Has(e.Name) {
		mark, signed = kit.MarkSymbol, st.Accent
	}
	if e.changed {
		sign = changedSign
	}
	name, mode := st.Text, st.Muted
	leads, known := s.list.leadsTo(e)
	switch {
	case e.Link != "" && known && !leads.OK:
		name, sign = st.Bad, brokenSign
	case s.list.isFolder(e):
		name = st.Title
	case !e.Mode.IsRegular() && e.Link == "":
		name = st.Muted
	}
	if !s.found.Who.Reads(e.Entry) {
		mode = st.Warn
	}
	return []kit.Cell{
		{Text: mark + sign, Style: signed}, {Text: nameWords(e, leads, known), Style: name}, {Text: sizeWords(e), Style: st.Text},
		{Text: kindLetter(e) + files.ModeWords(e.Mode), Style: mode}, {Text: owner(e.Entry), Style: st.Muted}, {Text: kit.Age(s.Now(), e.Modified), Style: st.Text}, {Text: e.mount, Style: st.Accent},
	}
}

// changedSign stands before what has changed since the container was started.
const changedSign = "~"

// brokenSign stands before a link that leads to nothing.
const brokenSign = "✗"

// nameWords are the name of an entry, and where it leads.
func nameWords(e *entry, leads files.Leads, known bool) string {
	switch {
	case e.Link != "" && known && leads.OK && leads.Mode.IsDir():
		return e.shown + " → " + files.ShownName(e.Link) + "/"
	case e.Link != "":
		return e.shown + " → " + files.ShownName(e.Link)
	case e.Mode.IsDir():
		return e.shown + "/"
	}
	return e.shown
}

// kindLetter is the first letter of ls -l.
func kindLetter(e *entry) string {
	if e.Mode&fs.ModeCharDevice != 0 {
		return "c"
	}
	letters := map[string]string{"folder": "d", "link": "l", "device": "b", "fifo": "p", "socket": "s"}
	return cmp.Or(letters[files.KindWords(e.Mode)], "-")
}

// sizeWords is the size of an entry, to the right of its column.
func sizeWords(e *entry) string {
	const width = 8
	text := files.SizeWords(e.bytes())
	switch {
	case e.bytes() < 0, e.Link != "":
		return ""
	case !e.Mode.IsRegular() && !e.Mode.IsDir():
		text = files.KindWords(e.Mode)
	}
	return strings.Repeat(" ", max(width-len(text), 0)) + text
}

// owner is whose an entry is, by name if there is one.
func owner(e files.Entry) string {
	return cmp.Or(kube.Sanitize(e.Owner), strconv.Itoa(e.UID))
}

// footer are the lines below the list: what there is to say of the entry under the cursor, and what is on its way.
func (s *Screen) footer(width, height int) []string {
	st := &s.Styles
	const enough = 12 // lines of which one is worth the entry's own
	var foot []string
	if e := s.under(); e != nil && height >= enough {
		foot = append(foot, st.Muted.Render(strings.Repeat("─", width)), " "+kit.Fit(s.about(e), width-2))
	}
	report, failed := s.copier.Report()
	for _, p := range []*kube.Problem{s.trouble, failed} {
		if p != nil {
			foot = append(foot, kit.Lines(strings.TrimPrefix(kit.ProblemText(st, s.Advised(s, p), width), "\n"))...)
		}
	}
	line := func(symbol string, style kit.Style, text string) {
		foot = append(foot, " "+kit.Fit(style.Render(symbol)+" "+st.Text.Render(text), width-2))
	}
	for _, r := range report {
		if r.Good {
			line("✓", st.Good, r.Text)
		} else {
			line("!", st.Warn, r.Text)
		}
	}
	if busy := s.copier.Busy(); busy != "" {
		line("…", st.Accent, busy)
	}
	if s.measuring != nil {
		line("…", st.Accent, fmt.Sprintf("measuring folders, %d so far", s.measuring.found))
	}
	if s.visit != nil {
		line("…", st.Accent, "reading "+files.ShownName(s.visit.path))
	}
	if s.list.more {
		line("!", st.Warn, fmt.Sprintf("there are more than these %d entries: go to a path to see one that is missing", len(s.list.all)))
	}
	if s.list.note != "" && len(s.list.all) > 0 {
		line("!", st.Warn, "not all could be read: "+s.list.note)
	}
	if !s.Typing() && s.filter.Text() == "" && !s.list.onlyChanged {
		return foot
	}
	of := st.Muted.Render(fmt.Sprintf("  %d of %d ", len(s.list.shown), len(s.list.all)))
	lead := " "
	if s.list.onlyChanged {
		lead += st.Warn.Render("only changed ")
	}
	room := max(width-kit.Width(lead)-kit.Width(of), 0)
	return append(foot, lead+kit.Fit(s.filter.View(st, room), room)+of)
}

// about is what there is to say of an entry beside its line.
func (s *Screen) about(e *entry) string {
	st := &s.Styles
	words := []string{kit.FitMiddle(e.shown, 40)}
	leads, known := s.list.leadsTo(e)
	switch {
	case e.Link != "" && known && !leads.OK:
		words = append(words, "leads to nothing")
	case e.Link != "" && known && leads.Mode != 0:
		words = append(words, "leads to a "+files.KindWords(leads.Mode))
	case e.Link != "":
		words = append(words, "link")
	case e.Mode.IsRegular():
		words = append(words, fmt.Sprintf("%d bytes", e.Size))
	default:
		words = append(words, files.KindWords(e.Mode))
	}
	if e.changed {
		words = append(words, "changed since the start")
	}
	group := cmp.Or(kube.Sanitize(e.Group), strconv.Itoa(e.GID))
	words = append(words, e.Modified.UTC().Format("2006-01-02 15:04:05Z"), owner(e.Entry)+":"+group)
	if !s.found.Who.Reads(e.Entry) {
		why := fmt.Sprintf("uid %d may not read it", s.found.Who.UID)
		if s.found.Place.Inside() {
			why += ": try " + s.keys.Beside.Help().Key
		}
		return st.Warn.Render(why+" · ") + st.Muted.Render(strings.Join(words, " · "))
	}
	return st.Muted.Render(strings.Join(words, " · "))
}
