package tools

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// composing is an App with a composer on top, and what it returns.
func composing(t *testing.T, c compose) (*desk, *composer, *[]nixery.Image) {
	t.Helper()
	a := newDesk(t)
	a.Width, a.Height = 100, 30
	var returned []nixery.Image
	c.catalogue = a.catalogue
	s := newComposer(a.Kit, c, func(image nixery.Image) tea.Msg {
		returned = append(returned, image)
		return kit.Leave{}
	})
	a.Do(t, kit.Show{Screen: s})
	s.search.Start()
	return a, s, &returned
}

func TestComposerChecksWhatWasFound(t *testing.T) {
	a, s, returned := composing(t, compose{image: nixery.Image{Shell: true}})
	a.typeIn(t, "psql ")
	if !slices.Equal(s.image.Packages, []string{"postgresql"}) || s.search.Text() != "" {
		t.Errorf("chosen are %v, and %q is still looked for", s.image.Packages, s.search.Text())
	}
	a.typeIn(t, "psql ")
	if len(s.image.Packages) != 0 {
		t.Errorf("the box is not cleared: %v", s.image.Packages)
	}
	a.typeIn(t, "dig ")
	a.typeIn(t, "tcpd")
	a.Do(t, kittest.Press("enter"))
	if len(*returned) != 1 || (*returned)[0].String() != "nixery.dev/shell/dig/tcpdump" {
		t.Errorf("what is returned is %v", *returned)
	}
}

// A box that is checked is not cleared by being found once more and used.
func TestComposerUsesWhatIsChecked(t *testing.T) {
	a, _, returned := composing(t, compose{image: nixery.Image{Shell: true, Packages: []string{"dig"}}})
	a.typeIn(t, "dig")
	a.Do(t, kittest.Press("enter"))
	if len(*returned) != 1 || (*returned)[0].String() != "nixery.dev/shell/dig" {
		t.Errorf("what is returned is %v", *returned)
	}
}

func TestComposerReturnsNothingThatCannotBeAskedFor(t *testing.T) {
	many := nixery.Image{Shell: true}
	catalogue, err := nixery.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, hit := range catalogue.Search("")[:60] {
		many.Packages = append(many.Packages, hit.Package.Name)
	}
	for name, c := range map[string]struct {
		image nixery.Image
		typed string
		says  string
	}{
		"nothing chosen": {nixery.Image{}, "", "nothing is chosen"},
		"only arm64":     {nixery.Image{ARM64: true}, "", "nothing is chosen"},
		"60 packages":    {many, "", "may have 255"},
		"a tag":          {nixery.Image{Shell: true}, "curl:8", "a tag"},
		"a plus":         {nixery.Image{Shell: true}, "c++", "g++ is in the package gcc"},
		"dots":           {nixery.Image{Shell: true}, "a..b", "two dots"},
		"at":             {nixery.Image{Shell: true}, "curl@8", "does not choose a version"},
	} {
		t.Run(name, func(t *testing.T) {
			a, _, returned := composing(t, compose{image: c.image})
			a.typeIn(t, c.typed)
			if frame := a.Text(); !strings.Contains(frame, c.says) {
				t.Errorf("no %q in\n%s", c.says, frame)
			}
			a.Do(t, kittest.Press("enter"))
			if len(*returned) > 0 {
				t.Errorf("%v is returned", *returned)
			}
		})
	}
}

func TestComposerTakesOrLeavesTheComfortPack(t *testing.T) {
	a, s, _ := composing(t, compose{})
	s.image = plainImage("", s.catalogue)
	at := slices.IndexFunc(s.rows, func(r composerRow) bool { return r.kind == comfortRow })
	s.cursor.At = at
	a.Do(t, kittest.Press("space"))
	if s.image.String() != "nixery.dev/shell" {
		t.Errorf("without it the image is %s", s.image)
	}
	s.image.Packages = []string{"gnugrep", "jq"} // a part of it
	a.Do(t, kittest.Press("space"))
	if !s.hasComfort() || !slices.Contains(s.image.Packages, "jq") || len(s.image.Packages) != len(s.catalogue.Comfort())+1 {
		t.Errorf("with it the image is %s", s.image)
	}
}

func TestComposerTabGoesFromGroupToGroup(t *testing.T) {
	a, s, _ := composing(t, compose{image: nixery.Image{Shell: true}})
	seen := map[string]bool{}
	groups := 0
	for _, row := range s.rows {
		if row.kind == headRow {
			groups++
		}
	}
	for range groups {
		a.Do(t, kittest.Press("tab"))
		if s.rows[s.cursor.At-1].kind != headRow {
			t.Fatalf("the cursor is at %+v", s.rows[s.cursor.At])
		}
		seen[s.rows[s.cursor.At-1].name] = true
	}
	if len(seen) != groups {
		t.Errorf("of %d groups tab has been in %d", groups, len(seen))
	}
	for range len(s.rows) {
		a.Do(t, kittest.Press("up"))
		if row, _ := s.row(); row.kind == headRow && s.cursor.At > 0 {
			t.Fatal("the cursor is on the name of a group")
		}
	}
}

func TestComposerChecksByAClick(t *testing.T) {
	a, s, _ := composing(t, compose{image: nixery.Image{Shell: true}})
	y := a.row(t, "tcpdump")
	a.Do(t, tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft})
	if !slices.Equal(s.image.Packages, []string{"tcpdump"}) {
		t.Errorf("chosen are %v", s.image.Packages)
	}
}

// What is pasted is looked for, and hostile text harms nothing.
func TestComposerTakesPastes(t *testing.T) {
	a, s, _ := composing(t, compose{image: nixery.Image{Shell: true}})
	a.Do(t, tea.PasteMsg{Content: "\x1b[31mps\u202eql"})
	frame := a.Draw()
	if strings.Contains(frame, "\x1b[31mps") || strings.Contains(frame, "\u202e") {
		t.Error("what was pasted reaches the terminal")
	}
	if len(s.image.Packages) > 0 {
		t.Errorf("chosen are %v", s.image.Packages)
	}
}

// After a search the cursor is on the box that was checked: another space takes that one back, and no other.
func TestComposerStaysOnWhatWasChecked(t *testing.T) {
	a, s, _ := composing(t, compose{image: nixery.Image{Shell: true, Packages: []string{"dig"}}})
	a.typeIn(t, "vim ")
	if row, _ := s.row(); row.name != "vim" {
		t.Errorf("the cursor is on %q", row.name)
	}
	a.Do(t, kittest.Press("space"))
	if !slices.Equal(s.image.Packages, []string{"dig"}) {
		t.Errorf("chosen are %v", s.image.Packages)
	}
}

// What was composed before is taken for the node at hand.
func TestComposerTakesEarlierImagesForThisNode(t *testing.T) {
	earlier := nixery.Image{Shell: true, Packages: []string{"jq"}}
	a, s, _ := composing(t, compose{image: nixery.Image{ARM64: true}, recent: []nixery.Image{earlier}})
	s.cursor.At = slices.IndexFunc(s.rows, func(r composerRow) bool { return r.kind == recentRow })
	a.Do(t, kittest.Press("space"))
	if s.image.String() != "nixery.dev/shell/arm64/jq" || !s.checked(s.rows[s.cursor.At]) {
		t.Errorf("the image is %s", s.image)
	}
}

// Packages that are pasted together are checked together; what is none is left in the line.
func TestComposerChecksPastedPackages(t *testing.T) {
	a, s, _ := composing(t, compose{image: nixery.Image{Shell: true}})
	a.Do(t, tea.PasteMsg{Content: "psql  curl\nC++ nosuchtool curl\n"})
	if !slices.Equal(s.image.Packages, []string{"postgresql", "curl", "nosuchtool"}) || s.search.Text() != "C++" {
		t.Errorf("chosen are %v, and %q is left", s.image.Packages, s.search.Text())
	}
	a.Do(t, tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
	if s.search.Text() != "" {
		t.Errorf("ctrl-u leaves %q", s.search.Text())
	}
}

// Also with a long name in a small terminal there are boxes to check.
func TestComposerHasRoomForBoxes(t *testing.T) {
	long := nixery.Image{Shell: true}
	for range 30 {
		long.Packages = append(long.Packages, "a"+strings.Repeat("b", len(long.Packages))+"c")
	}
	for _, size := range [][2]int{{40, 12}, {80, 24}, {80, 15}} {
		a, s, _ := composing(t, compose{image: long})
		a.Width, a.Height = size[0], size[1]
		frame := a.Text()
		if boxes := strings.Count(frame, "[ ]") + strings.Count(frame, "[x]"); boxes < 4 || s.page < 5 || !strings.Contains(frame, " of 255") {
			t.Errorf("%v: %d boxes in\n%s", size, boxes, frame)
		}
	}
}
