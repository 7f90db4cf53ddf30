package tui

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func TestThemesAreTriedOnLive(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	worn := func() string { return a.Styles.Accent.Render("x") }
	before := worn()
	a.do(t, press("t"), press("down"), press("down"))
	if frame := a.draw(); worn() == before || !strings.Contains(frame, a.Styles.Title.Render("NAME")) && !strings.Contains(ansi.Strip(frame), "pod-1") {
		t.Errorf("the interface does not wear what the cursor is on:\n%s", ansi.Strip(frame))
	}
	a.do(t, press("esc"))
	if worn() != before || a.memory.Theme != "" || a.themes.chosen != themes.Auto {
		t.Errorf("esc leaves %q, and %q is remembered", a.themes.chosen, a.memory.Theme)
	}
	a.do(t, press("t"), press("t"), press("t"), press("enter"))
	name := a.themes.set[1].Name
	if worn() == before || a.memory.Theme != name || a.themes.chosen != name || len(a.stack) != 1 {
		t.Errorf("↵ keeps %q, and %q is remembered, want %q", a.themes.chosen, a.memory.Theme, name)
	}
	kept := worn()
	a.do(t, tea.BackgroundColorMsg{Color: color.White})
	if worn() != kept {
		t.Error("the terminal's background changes a theme that was chosen")
	}
	a.do(t, press("t"), press("g"), press("enter"))
	if a.memory.Theme != themes.Auto || worn() == kept {
		t.Errorf("the way back to automatic leads to %q", a.memory.Theme)
	}
}

// A theme that is written while dayfly runs is offered when the list is opened next.
func TestNewThemesAreOffered(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	mine := a.themes.set[0]
	mine.Name = "mine"
	set := append(slices.Clone(a.themes.set), mine)
	a.themes.read = func() themes.Set { return set }
	a.do(t, press("t"))
	picker, ok := a.top().(*themePicker)
	if !ok {
		t.Fatalf("on top is a %T", a.top())
	}
	a.do(t, picker.Init()())
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "mine") {
		t.Errorf("the new theme is not offered:\n%s", frame)
	}
}

func TestThemesAreTriedOnByClicks(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.do(t, press("t"))
	y := a.row(t, "paper")
	a.do(t, click(40, y))
	if a.themes.chosen != "paper" || len(a.stack) != 2 {
		t.Fatalf("a click tries %q on", a.themes.chosen)
	}
	a.do(t, click(40, a.row(t, "paper")))
	if a.memory.Theme != "paper" || len(a.stack) != 1 {
		t.Errorf("the second click keeps %q, %d screens", a.memory.Theme, len(a.stack))
	}
}

func TestOptionsThemeIsWornFromTheStart(t *testing.T) {
	a := testApp(t)
	for name, want := range map[string]string{"": themes.Auto, "auto": themes.Auto, "paper": "paper", "gone": themes.Auto} {
		if w := newThemeState(Options{Themes: a.themes.set, Theme: name}); w.chosen != want {
			t.Errorf("%q: %q is worn", name, w.chosen)
		}
	}
}

// rendered is what a terminal of a profile gets.
func rendered(t *testing.T, profile colorprofile.Profile, frame string) string {
	t.Helper()
	var b bytes.Buffer
	w := &colorprofile.Writer{Forward: &b, Profile: profile}
	if _, err := w.WriteString(frame); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every theme's swatch, and the screen below it, as each kind of terminal gets them: the meaning of each symbol, the line under the
// cursor and the bars must be there, and be legible.
func TestEveryThemeOnEveryTerminal(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII} {
		a := testApp(t)
		a.width, a.height = 80, 24
		a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
		a.do(t, tea.ColorProfileMsg{Profile: profile}, press("t"))
		for _, theme := range a.themes.set {
			a.do(t, press("t"))
			st := &a.Styles
			frame := rendered(t, profile, a.draw())
			checkFrame(t, frame, 80, 24)
			if plain := ansi.Strip(frame); !strings.Contains(plain, "▸  "+theme.Name) {
				t.Errorf("%v, %s: the cursor is not on it:\n%s", profile, theme.Name, plain)
			}
			inks := map[string]bool{}
			for _, ink := range []kit.Style{st.Good, st.Warn, st.Bad} {
				inks[rendered(t, profile, ink.Render("x"))] = true
			}
			selected, bar := rendered(t, profile, st.Text.Over(st.Selection).Render("x")), rendered(t, profile, st.Warn.Over(st.Bar).Render("x"))
			if selected == "x" || bar == "x" {
				t.Errorf("%v, %s: selection %q and bar %q are not seen", profile, theme.Name, selected, bar)
			}
			switch profile {
			case colorprofile.ASCII:
				if strings.ContainsAny(colours(frame), "345") || len(inks) != 1 {
					t.Errorf("%s: there are colours without colours: %s", theme.Name, colours(frame))
				}
			case colorprofile.ANSI:
				if len(inks) != 3 || selected != "\x1b[7mx\x1b[m" || bar != "\x1b[7mx\x1b[m" {
					t.Errorf("%s: in 16 colours there are inks %v, selection %q, bar %q", theme.Name, inks, selected, bar)
				}
			default:
				if len(inks) != 3 {
					t.Errorf("%v, %s: good, warn and bad are %v", profile, theme.Name, inks)
				}
			}
		}
	}
}

// colours are the first digits of the colours that a frame is drawn in.
func colours(frame string) string {
	var found strings.Builder
	for _, part := range strings.Split(frame, "\x1b[")[1:] {
		codes, _, _ := strings.Cut(part, "m")
		for _, code := range strings.Split(codes, ";") {
			if len(code) >= 2 && code != "22" && code != "27" && code != "24" {
				found.WriteString(code[:1])
			}
		}
	}
	return found.String()
}

func TestRemarksOnThemes(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	say := func() string {
		lines := strings.Split(ansi.Strip(a.draw()), "\n")
		return fmt.Sprint(lines)
	}
	a.do(t, tea.BackgroundColorMsg{Color: color.White}, press("t"))
	if got := say(); !strings.Contains(got, "by the terminal's background: dawn") {
		t.Error(got)
	}
	a.do(t, press("t"))
	if got := say(); !strings.Contains(got, "for dark terminals, and yours is light") {
		t.Error(got)
	}
	a.do(t, tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	if got := say(); !strings.Contains(got, "colours are turned off: all themes look alike") {
		t.Error(got)
	}
}
