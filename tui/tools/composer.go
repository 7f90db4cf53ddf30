package tools

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// composer is where a Nixery image is put together from check boxes: letters look for a command or a package, space checks it. It returns an
// image and does not know what becomes of it.
type composer struct {
	*kit.Kit
	keys      composerKeys
	catalogue *nixery.Catalogue
	broken    error // why there is no catalogue
	title     string
	image     nixery.Image
	arm       string // why arm64 is checked or not, for people
	recent    []nixery.Image
	missing   []string // packages that a registry has said it does not have
	done      func(nixery.Image) tea.Msg

	search kit.Filter
	rows   []composerRow
	cursor kit.Cursor
	page   int
	first  int   // row of the first box
	wrong  error // what has been typed is no package
}

// compose is what a composer begins with.
type compose struct {
	catalogue func() (*nixery.Catalogue, error)
	title     string // of where it is for
	image     nixery.Image
	arm       string
	recent    []nixery.Image
	missing   []string
}

func newComposer(k *kit.Kit, c compose, done func(nixery.Image) tea.Msg) *composer {
	s := &composer{Kit: k, keys: newComposerKeys(k.Bindings), title: c.title, image: c.image, arm: c.arm, recent: c.recent, missing: c.missing, done: done, search: kit.NewFilter("› ")}
	s.search.SetPlaceholder("a command, a package, or what it is for")
	s.catalogue, s.broken = c.catalogue()
	if s.broken != nil {
		s.catalogue = &nixery.Catalogue{}
	}
	s.relist()
	return s
}

// plainImage is what a composition begins with when there is none yet: a shell with what one reaches for in it.
func plainImage(host string, c *nixery.Catalogue) nixery.Image {
	return nixery.Image{Host: host, Shell: true, Packages: c.Comfort()}
}

// Place is which lines are on the screen.
func (s *composer) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *composer) Title() string { return s.title + "compose" }

// Typing is always so: letters look for a package.
func (s *composer) Typing() bool { return true }

// Init begins to read.
func (s *composer) Init() tea.Cmd { return s.search.Start() }

// Keys are those that do something now.
func (s *composer) Keys() []key.Binding {
	k := s.keys
	leave := k.Leave
	if s.search.Text() != "" {
		leave = k.FilterClear
	}
	return []key.Binding{s.doneKey(), k.Check, leave, k.PickUp, k.PickDown, k.NextGroup}
}

func (s *composer) doneKey() key.Binding {
	if row, ok := s.row(); ok && s.search.Text() != "" && !s.checked(row) {
		return s.keys.CheckDone
	}
	return s.keys.Composed
}

// Update takes messages and keys.
func (s *composer) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		if paste, ok := msg.(tea.PasteMsg); ok {
			return s.pasted(paste)
		}
		return nil
	}
	k := s.keys
	switch {
	case key.Matches(press, k.Leave) && s.search.Text() != "":
		s.search.Set("")
		s.relist()
	case key.Matches(press, k.Leave):
		return s.Ask(kit.Leave{})
	case key.Matches(press, k.Composed):
		return s.finish()
	case key.Matches(press, k.Check):
		s.check()
	case key.Matches(press, k.NextGroup):
		s.nextGroup()
	case s.cursor.Pick(k.KeyMap, press, len(s.rows)):
		s.offHead(press)
	case ofLists(press) && s.cursor.Move(k.KeyMap, press, len(s.rows), s.page):
		s.offHead(press)
	default:
		return s.typed(msg)
	}
	return nil
}

// ofLists tells the keys that mean nothing in a line of text: ctrl-u, say, clears it.
func ofLists(press tea.KeyPressMsg) bool {
	return slices.Contains([]string{"pgup", "pgdown", "home", "end"}, press.String())
}

// pasted checks the packages of a text that has several, as one has them from a runbook; what is none stays in the line.
func (s *composer) pasted(msg tea.PasteMsg) tea.Cmd {
	words := strings.Fields(kube.Sanitize(msg.Content))
	if len(words) < 2 || s.search.Text() != "" {
		return s.typed(msg)
	}
	var left []string
	for _, word := range words {
		name, known := s.catalogue.Resolve(word)
		switch {
		case !known && nixery.CheckPackage(word) != nil:
			left = append(left, word)
			continue
		case !known:
			name = word
		}
		if !slices.Contains(s.image.Packages, name) {
			s.toggle(name)
		}
	}
	s.search.Set(strings.Join(left, " "))
	s.relist()
	return nil
}

func (s *composer) typed(msg tea.Msg) tea.Cmd {
	before := s.search.Text()
	cmd := s.search.Update(s.keys.KeyMap, msg)
	if s.search.Text() != before {
		s.cursor = kit.Cursor{}
		s.relist()
	}
	return cmd
}

// finish returns the image. What has been found and not been checked yet is meant too.
func (s *composer) finish() tea.Cmd {
	if s.search.Text() != "" {
		row, ok := s.row()
		switch {
		case !ok && s.wrong != nil:
			return s.Flash(s.wrong.Error())
		case !ok:
			return nil
		case !s.checked(row):
			s.check()
		}
		s.search.Set("")
		s.relist()
	}
	if err := s.image.Check(); err != nil {
		return s.Flash(err.Error())
	}
	return s.Ask(s.done(s.image))
}

// check checks the box under the cursor, or takes the mark away. What was being looked for has been found.
func (s *composer) check() {
	row, ok := s.row()
	if !ok {
		return
	}
	switch row.kind {
	case shellRow:
		s.image.Shell = !s.image.Shell
	case armRow:
		s.image.ARM64 = !s.image.ARM64
	case comfortRow:
		s.checkComfort()
	case recentRow:
		s.image.Shell, s.image.Packages = s.recent[row.recent].Shell, slices.Clone(s.recent[row.recent].Packages)
	case packageRow:
		s.toggle(row.name)
	case headRow:
	}
	if s.search.Text() != "" {
		s.search.Set("")
		s.relist()
		s.goTo(row)
	}
}

// goTo puts the cursor on a box, or where one begins when it is not there any more.
func (s *composer) goTo(row composerRow) {
	s.cursor = kit.Cursor{At: s.firstPackage()}
	for i, r := range s.rows {
		if r.kind == row.kind && r.name == row.name {
			s.cursor.At = i
			return
		}
	}
}

func (s *composer) toggle(name string) {
	if i := slices.Index(s.image.Packages, name); i >= 0 {
		s.image.Packages = slices.Delete(slices.Clone(s.image.Packages), i, i+1)
		return
	}
	s.image.Packages = append(slices.Clone(s.image.Packages), name)
}

// checkComfort takes all of the comfort pack, or none of it.
func (s *composer) checkComfort() {
	pack := s.catalogue.Comfort()
	with := s.hasComfort()
	s.image.Packages = slices.DeleteFunc(slices.Clone(s.image.Packages), func(name string) bool { return slices.Contains(pack, name) })
	if !with {
		s.image.Packages = append(s.image.Packages, pack...)
	}
}

func (s *composer) hasComfort() bool {
	pack := s.catalogue.Comfort()
	for _, name := range pack {
		if !slices.Contains(s.image.Packages, name) {
			return false
		}
	}
	return len(pack) > 0
}

// nextGroup goes to the first box of the next group, and round.
func (s *composer) nextGroup() {
	for i := range s.rows {
		at := (s.cursor.At + 1 + i) % len(s.rows)
		if s.rows[at].kind == headRow && at+1 < len(s.rows) {
			s.cursor.At, s.cursor.Top = at+1, at
			return
		}
	}
}

// offHead moves a cursor that has come to the name of a group on to a box.
func (s *composer) offHead(press tea.KeyPressMsg) {
	if row, ok := s.row(); !ok || row.kind != headRow {
		return
	}
	up := key.Matches(press, s.keys.PickUp, s.keys.Up, s.keys.PageUp)
	if up && s.cursor.At > 0 {
		s.cursor.At--
	} else {
		s.cursor.At++
	}
	s.cursor.Clamp(len(s.rows))
}

// Click checks a box.
func (s *composer) Click(_, y int) tea.Cmd {
	at := s.cursor.Top + y - s.first
	if y < s.first || y >= s.first+s.page || at >= len(s.rows) || s.rows[at].kind == headRow {
		return nil
	}
	s.cursor.At = at
	s.check()
	return nil
}
