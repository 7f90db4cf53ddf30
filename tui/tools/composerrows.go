package tools

import (
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// composerRow is one line of the composer.
type composerRow struct {
	kind    rowKind
	name    string // of the package, or of the group
	purpose string
	command string // what it installs, the one that was looked for first
	marks   []int  // bytes of what was found: of the command, or of the name when that has no marks
	byName  bool   // the marks are the name's
	recent  int
}

type rowKind int

const (
	headRow rowKind = iota
	shellRow
	comfortRow
	armRow
	recentRow
	packageRow
)

// relist makes the lines of what is looked for.
func (s *composer) relist() {
	query := strings.TrimSpace(s.search.Text())
	s.wrong = nil
	if query == "" {
		s.rows = s.allRows()
		if s.cursor.At == 0 {
			s.cursor.At = s.firstPackage()
		}
		s.cursor.Clamp(len(s.rows))
		return
	}
	s.rows = s.rows[:0:0]
	for _, hit := range s.catalogue.Search(query) {
		s.rows = append(s.rows, hitRow(hit))
	}
	if row, ok := s.freeRow(query); ok {
		s.rows = append(s.rows, row)
	}
	s.cursor.Clamp(len(s.rows))
}

// freeRow is a package that the catalogue does not have, by the name that was typed.
func (s *composer) freeRow(query string) (composerRow, bool) {
	if _, known := s.catalogue.Resolve(query); known {
		return composerRow{}, false
	}
	if err := nixery.CheckPackage(query); err != nil {
		if len(s.rows) == 0 {
			s.wrong = err
		}
		return composerRow{}, false
	}
	return composerRow{kind: packageRow, name: query, purpose: "not in the catalogue; requested by this name"}, true
}

// allRows are all there is: the image itself, what has been chosen, what was composed before, the groups.
func (s *composer) allRows() []composerRow {
	rows := []composerRow{
		{name: "image"},
		{kind: shellRow, name: "shell", command: "bash, ls, cat, nano …", purpose: "without it there is not even sh"},
	}
	if pack := s.catalogue.Comfort(); len(pack) > 0 {
		rows = append(rows, composerRow{kind: comfortRow, name: "comfort", command: "grep, sed, awk, find, ps, less", purpose: "what a shell alone does not have"})
	}
	rows = append(rows, composerRow{kind: armRow, name: "arm64", purpose: s.arm})
	if chosen := s.chosen(); len(chosen) > 0 {
		rows = append(append(rows, composerRow{name: "chosen"}), chosen...)
	}
	for i, image := range s.recent {
		if i == 0 {
			rows = append(rows, composerRow{name: "composed before"})
		}
		rows = append(rows, composerRow{kind: recentRow, recent: i, name: strings.Join(apartFrom(image.Packages, s.catalogue.Comfort()), " ")})
	}
	for _, group := range s.catalogue.Groups {
		rows = append(rows, composerRow{name: group.Name})
		for _, p := range group.Packages {
			rows = append(rows, packageLine(p))
		}
	}
	return rows
}

// chosen are the packages that are checked, apart from the comfort pack, which has a box of its own.
func (s *composer) chosen() []composerRow {
	var rows []composerRow
	var skip []string
	if s.hasComfort() {
		skip = s.catalogue.Comfort()
	}
	for _, name := range apartFrom(s.image.Packages, skip) {
		if p, ok := s.catalogue.Find(name); ok {
			rows = append(rows, packageLine(p))
			continue
		}
		rows = append(rows, composerRow{kind: packageRow, name: name, purpose: "not in the catalogue; requested by this name"})
	}
	return rows
}

func sameWords(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func apartFrom(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

func packageLine(p *nixery.Package) composerRow {
	return composerRow{kind: packageRow, name: p.Name, command: strings.Join(p.Commands, ", "), purpose: p.Purpose}
}

// hitRow shows what was found: of a command that was looked for, its place in front of the others.
func hitRow(hit nixery.Hit) composerRow {
	row := packageLine(hit.Package)
	row.marks, row.byName = hit.Marks, hit.Command == ""
	if hit.Command != "" {
		others := slices.DeleteFunc(slices.Clone(hit.Package.Commands), func(c string) bool { return c == hit.Command })
		row.command = strings.Join(append([]string{hit.Command}, others...), ", ")
	}
	return row
}

// firstPackage is where the cursor begins: on a box that is looked for, not on the shell.
func (s *composer) firstPackage() int {
	for i, row := range s.rows {
		if row.kind == packageRow || row.kind == recentRow {
			return i
		}
	}
	return min(1, len(s.rows)-1)
}

func (s *composer) row() (composerRow, bool) {
	if s.cursor.At < 0 || s.cursor.At >= len(s.rows) {
		return composerRow{}, false
	}
	return s.rows[s.cursor.At], true
}

// checked reports whether the box of a line is checked.
func (s *composer) checked(row composerRow) bool {
	switch row.kind {
	case shellRow:
		return s.image.Shell
	case armRow:
		return s.image.ARM64
	case comfortRow:
		return s.hasComfort()
	case recentRow:
		return s.recent[row.recent].Shell == s.image.Shell && sameWords(s.recent[row.recent].Packages, s.image.Packages)
	case packageRow:
		return slices.Contains(s.image.Packages, row.name)
	case headRow:
	}
	return false
}
