package kit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func TestSpanPrintsAgesAsKubectlDoes(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "119s": 119 * time.Second, "2m": 2 * time.Minute, "2m13s": 133 * time.Second,
		"47m": 47 * time.Minute, "3h5m": 3*time.Hour + 5*time.Minute, "30h": 30 * time.Hour, "3d4h": 76 * time.Hour,
		"100d": 100 * 24 * time.Hour, "2y12d": (2*365 + 12) * 24 * time.Hour, "9y": 9 * 365 * 24 * time.Hour,
	} {
		if got := kit.Span(d); got != want {
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
		wrapped := kit.Wrap(text, width)
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
	got := kit.Wrap("kubectl debug --image=a --image-pull-policy=Always", 30)
	if want := "kubectl debug --image=a\n--image-pull-policy=Always"; got != want {
		t.Errorf("got %q, want %q", got, want)
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
		if got, want := kit.Width(s), ansi.StringWidth(s); got != want {
			t.Errorf("cells(%q) = %d, want %d", s, got, want)
		}
	})
}
