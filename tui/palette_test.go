package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// What the palette presses must be what the screens match: of every key that is declared.
func TestEveryKeyCanBePressedByThePalette(t *testing.T) {
	common := kit.NewKeyMap()
	for _, keys := range []any{common, newKeyMap()} {
		kittest.CheckPresses(t, keys)
	}
}

func paletteOf(t *testing.T, a *App) *palette {
	t.Helper()
	p, ok := a.top().(*palette)
	if !ok {
		t.Fatalf("the top is a %T and no palette", a.top())
	}
	return p
}

// All that the footer and the help know of a screen is in its palette, with what is everywhere, each once.
func TestPaletteHasEverythingOnce(t *testing.T) {
	for name, a := range allScreens(t) {
		a.width, a.height = 80, 24
		if typist, ok := a.top().(kit.Typist); ok && typist.Typing() {
			continue
		}
		if _, ok := a.top().(kit.Settler); ok {
			continue
		}
		screen := a.top()
		a.do(t, press(":"))
		p := paletteOf(t, a)
		seen := map[string]int{}
		for _, action := range p.actions {
			seen[action.what]++
		}
		for _, b := range append(screen.Keys(), a.keys.Namespace, a.keys.Context, a.keys.Help, a.keys.Quit, a.keys.Theme) {
			if what := b.Help().Desc; b.Enabled() && seen[what] != 1 && !moves(b) && (what != "back" || len(a.stack) > 2) {
				t.Errorf("%s: %q is there %d times", name, what, seen[what])
			}
		}
		a.do(t, press("esc"))
		if a.top() != screen {
			t.Errorf("%s: esc leads to a %T", name, a.top())
		}
	}
}

func TestPaletteDoesWhatTheKeyDoes(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	a.do(t, press(":"))
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "namespace") || !strings.Contains(frame, "pod-1") {
		t.Errorf("not over the screen:\n%s", frame)
	}
	for _, letter := range "theme" {
		a.do(t, press(string(letter)))
	}
	a.do(t, press("enter"))
	if _, ok := a.top().(*themePicker); !ok || len(a.stack) != 2 {
		t.Errorf("theme leads to a %T, %d screens", a.top(), len(a.stack))
	}
	a.do(t, press("esc"), press(":"), press("d"), press("e"), press("b"), press("enter"))
	if _, ok := a.top().(*tools.Screen); !ok || len(a.stack) != 2 {
		t.Errorf("debug leads to a %T, %d screens", a.top(), len(a.stack))
	}
	a.do(t, press(":"), press("z"), press("z"), press("z"), press("enter"))
	if p := paletteOf(t, a); len(p.passed) != 0 {
		t.Errorf("zzz passes %d", len(p.passed))
	}
}

// Where letters are text, or belong to a session that begins, there is no palette.
func TestPaletteLeavesTextAlone(t *testing.T) {
	a := testApp(t)
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	a.do(t, press("/"), press(":"))
	if s := a.stack[0].(kit.Typist); len(a.stack) != 1 || !s.Typing() {
		t.Errorf("a colon in the filter opens a %T", a.top())
	}
	a = testApp(t)
	launch := launching(a)
	a.stack = append(a.stack, launch)
	a.do(t, press(":"), press("y"), press("t"))
	if typed := launch.TypedAhead(); len(a.stack) != 2 || string(typed.Bytes) != ":yt" {
		t.Errorf("%d screens; the session gets %q", len(a.stack), typed.Bytes)
	}
}

// On the tools t is the target: the palette is the way to the themes, and does not press it.
func TestThemeWhereItsKeyIsTaken(t *testing.T) {
	a := allScreens(t)["tools"]
	a.width, a.height = 80, 24
	before := titleOf(a.top())
	s := a.top()
	a.do(t, press(":"), press("t"), press("h"), press("e"), press("m"), press("enter"))
	if _, ok := a.top().(*themePicker); !ok || titleOf(s) != before {
		t.Errorf("the top is a %T, the target went from %q to %q", a.top(), before, titleOf(s))
	}
}

func TestLaidOverKeepsTheWidth(t *testing.T) {
	for _, line := range []string{"plain text of a line", "日本語のテキストです", "\x1b[31mred\x1b[m and\x1b[1m bold 日本\x1b[m", ""} {
		line = kit.Fit(line, 24)
		for at := range 20 {
			if got := laidOver(line, "[##]", at, 4, 24); kit.Width(got) != 24 || !strings.Contains(ansi.Strip(got), "[##]") {
				t.Errorf("%q at %d becomes %q, %d cells", line, at, got, kit.Width(got))
			}
		}
	}
}
