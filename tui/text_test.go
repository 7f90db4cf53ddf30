package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestSpanPrintsAgesAsKubectlDoes(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "119s": 119 * time.Second, "2m": 2 * time.Minute, "2m13s": 133 * time.Second,
		"47m": 47 * time.Minute, "3h5m": 3*time.Hour + 5*time.Minute, "30h": 30 * time.Hour, "3d4h": 76 * time.Hour,
		"100d": 100 * 24 * time.Hour, "2y12d": (2*365 + 12) * 24 * time.Hour, "9y": 9 * 365 * 24 * time.Hour,
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("kubectl debug -it web --image=busybox:1.37", 20)
	f.Add("  indented: and a verylongwordthatfitsnowhere", 8)
	f.Add("日本語 のことば", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 2 || width > 200 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0xfffd || r == 0x1b }) {
			return
		}
		wrapped := wrap(text, width)
		for _, line := range strings.Split(wrapped, "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("wrap(%q, %d) has a line of %d cells: %q", text, width, ansi.StringWidth(line), line)
			}
		}
		if got, want := strings.Join(strings.Fields(wrapped), ""), strings.Join(strings.Fields(text), ""); got != want {
			t.Errorf("wrap(%q, %d) = %q: text was lost", text, width, wrapped)
		}
	})
}

func TestWrapKeepsFlagsWhole(t *testing.T) {
	got := wrap("kubectl debug --image=a --image-pull-policy=Always", 30)
	if want := "kubectl debug --image=a\n--image-pull-policy=Always"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKeyBytesAreWhatATerminalSends(t *testing.T) {
	for _, test := range []struct {
		key  tea.KeyPressMsg
		want string
	}{
		{tea.KeyPressMsg{Code: 'a', Text: "a"}, "a"},
		{tea.KeyPressMsg{Code: 'a', ShiftedCode: 'A', Text: "A", Mod: tea.ModShift}, "A"},
		{tea.KeyPressMsg{Code: 'é', Text: "é"}, "é"},
		{tea.KeyPressMsg{Code: 'x', Mod: tea.ModAlt}, "\x1bx"},
		{tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}, "\x03"},
		{tea.KeyPressMsg{Code: '\\', Mod: tea.ModCtrl}, "\x1c"},
		{tea.KeyPressMsg{Code: tea.KeyEnter}, "\r"},
		{tea.KeyPressMsg{Code: tea.KeyTab}, "\t"},
		{tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}, "\x1b[Z"},
		{tea.KeyPressMsg{Code: tea.KeyBackspace}, "\x7f"},
		{tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, " "},
		{tea.KeyPressMsg{Code: tea.KeySpace, Mod: tea.ModCtrl}, "\x00"},
		{tea.KeyPressMsg{Code: tea.KeyUp}, "\x1b[A"},
		{tea.KeyPressMsg{Code: tea.KeyLeft, Mod: tea.ModCtrl}, "\x1b[1;5D"},
		{tea.KeyPressMsg{Code: tea.KeyDelete}, "\x1b[3~"},
		{tea.KeyPressMsg{Code: tea.KeyF1}, "\x1bOP"},
		{tea.KeyPressMsg{Code: tea.KeyF12, Mod: tea.ModShift}, "\x1b[24;2~"},
		{tea.KeyPressMsg{Code: tea.KeyLeftShift}, ""},
	} {
		if got := keyBytes(test.key); got != test.want {
			t.Errorf("%s gives %q, want %q", test.key, got, test.want)
		}
	}
}

func TestPlainLinesShowWhatWasRead(t *testing.T) {
	got := plainLines("\r\n\r\nhello\r\n/ # \x1b[6n\x1b[Jls -l\r\n10%\r50%\r100%\r\n\x1b[31mred\x1b[m\x07\r\n\r\n")
	want := []string{"hello", "/ # ls -l", "100%", "red"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	const megabyte = 1 << 20
	if got := plainLines("short\n" + strings.Repeat("x", megabyte)); len(got) != 2 || len(got[1]) < 1000 || len(got[1]) > 10_000 {
		t.Errorf("of a line of a megabyte %d bytes are kept", len(got[1]))
	}
}

// What is measured by hand must be what the terminal library measures: a row that is a cell too long breaks the screen.
func FuzzCells(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b[1;38;2;1;2;3mred\x1b[m ● ✗ ✓ … ◉ ▸ ▾ • · › │ ─ → ← ↑ ↓ ↵", "e\u0301 ✓\ufe0f ✓\u200d✓", "日本語 · é",
		"\x1b]8;;http://x/\x1b\\link", "\x1b[2J", "\x1b[", "\x1b", "\x1b[31", "tab\tbell\a", "\xff", "\x1b[:;m", "\x1b[?25hm",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := cells(s), ansi.StringWidth(s); got != want {
			t.Errorf("cells(%q) = %d, want %d", s, got, want)
		}
	})
}
