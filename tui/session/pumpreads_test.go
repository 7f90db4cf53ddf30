package session

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// What brackets a paste, and how the interface is given a lone ESC.
const bracketBegin, bracketEnd, loneEsc = "\x1b[200~", "\x1b[201~", "\x1b[27u"

// delayed types pieces with a pause before each but the first, and returns what each Read of the interface has brought.
func delayed(t *testing.T, pause time.Duration, pieces ...string) (reads []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, keys := startPump(t)
		got := make(chan string, 100)
		go func() {
			b := make([]byte, 4096)
			for {
				n, err := p.readUI(b)
				if err != nil {
					close(got)
					return
				}
				got <- string(b[:n])
			}
		}()
		for i, piece := range pieces {
			if i > 0 {
				time.Sleep(pause) //nolint:forbidigo // the clock is the test's
			}
			keys.keys <- piece
		}
		time.Sleep(time.Minute) //nolint:forbidigo // the clock is the test's
		p.stop()
		for read := range got {
			reads = append(reads, read)
		}
	})
	return reads
}

// wholeSequences are sequences as terminals send them; none of them is ever a key that a person types byte by byte.
func wholeSequences() map[string]string {
	return map[string]string{
		"cursor key":            "\x1b[A",
		"with a modifier":       "\x1b[1;5D",
		"function key":          "\x1b[15~",
		"function key (SS3)":    "\x1bOP",
		"Linux console":         "\x1b[[A",
		"kitty":                 "\x1b[27u",
		"kitty with everything": "\x1b[97:65;2:1;65u",
		"mouse (SGR)":           "\x1b[<35;80;24M",
		"mouse release (SGR)":   "\x1b[<0;1;1m",
		"mouse (X10)":           "\x1b[M !\"",
		"mouse (X10, far)":      "\x1b[M#\xf0\xa1",
		"focus":                 "\x1b[I",
		"background, ST":        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
		"background, BEL":       "\x1b]11;rgb:1e1e/1e1e/2e2e\a",
		"palette":               "\x1b]4;1;rgb:ffff/0000/0000\x1b\\",
		"version (DCS)":         "\x1bP>|XTerm(390)\x1b\\",
		"capability (DCS)":      "\x1bP1+r524742=38\x1b\\",
		"graphics (APC)":        "\x1b_Gi=31;OK\x1b\\",
		"attributes":            "\x1b[?62;22c",
		"mode":                  "\x1b[?2026;2$y",
		"colour scheme":         "\x1b[?997;1n",
		"win32":                 "\x1b[65;30;97;1;0;1_",
		"two bytes":             "é",
		"three bytes":           "漢",
		"four bytes":            "👩",
	}
}

// A sequence that is torn reaches the interface whole, whatever is between its pieces: Bubble Tea would take the pieces for keys.
func TestTornSequenceIsReadWhole(t *testing.T) {
	for name, seq := range wholeSequences() {
		for _, pause := range []time.Duration{time.Millisecond, 60 * time.Millisecond, 900 * time.Millisecond} {
			first := 1
			if seq[0] == 0x1b && pause >= vt.EscPatience {
				first = 2 // a lone ESC is a key by then
			}
			for i := first; i < len(seq); i++ {
				if got := delayed(t, pause, seq[:i], seq[i:]); strings.Join(got, "|") != seq {
					t.Errorf("%s: %q, %v, %q: the interface reads %q", name, seq[:i], pause, seq[i:], got)
				}
			}
			if pieces := strings.Split(seq, ""); first == 1 {
				if got := delayed(t, pause, pieces...); strings.Join(got, "|") != seq {
					t.Errorf("%s, byte by byte with %v: the interface reads %q", name, pause, got)
				}
			}
		}
	}
}

// Behind an ESC that has been taken for a key, the rest of its sequence is no text; and what comes behind one that has been given up is none.
func TestLateRestIsNoKey(t *testing.T) {
	for name, seq := range wholeSequences() {
		if seq[0] != 0x1b {
			continue
		}
		if got := delayed(t, 70*time.Millisecond, seq[:1], seq[1:]); strings.Join(got, "|") != loneEsc {
			t.Errorf("%s behind its ESC: the interface reads %q", name, got)
		}
		for i := 3; i < len(seq); i++ {
			if got := delayed(t, 5*time.Second, seq[:i], seq[i:]+"q"); strings.Join(got, "|") != "q" {
				t.Errorf("%s: %q, 5 s, %q: the interface reads %q", name, seq[:i], seq[i:], got)
			}
		}
	}
}

// What a person types is not held back, and what has never become a sequence is no key.
func TestKeysAreNotTakenForSequences(t *testing.T) {
	for _, test := range []struct {
		name   string
		pause  time.Duration
		pieces []string
		want   string
	}{
		{"escape, and a key later", 300 * time.Millisecond, []string{"\x1b", "j"}, loneEsc + "|j"},
		{"escape, and [ typed later", 300 * time.Millisecond, []string{"\x1b", "[", "A"}, loneEsc + "|[|A"},
		{"escape, and much later", 2 * time.Second, []string{"\x1b", "[A"}, loneEsc + "|[A"},
		{"alt", 10 * time.Millisecond, []string{"\x1b", "x"}, "\x1bx"},
		{"alt with é", 10 * time.Millisecond, []string{"\x1b", "\xc3", "\xa9"}, "\x1bé"},
		{"alt with [", 2 * time.Second, []string{"\x1b[", "j"}, "\x1b[|j"},
		{"alt with ]", 2 * time.Second, []string{"\x1b]", "j"}, "\x1b]|j"},
		{"alt with a sequence", 10 * time.Millisecond, []string{"\x1b\x1b", "[A"}, "\x1b\x1b[A"},
		{"escape twice", 2 * time.Second, []string{"\x1b\x1b", "j"}, "\x1b\x1b|j"},
		{"enter within a torn sequence", 10 * time.Millisecond, []string{"\x1b[1;", "\r"}, "\r"},
		{"enter within a torn string", 10 * time.Millisecond, []string{"\x1b]11;rgb", "\r"}, "\r"},
		{"a sequence within a torn string", 10 * time.Millisecond, []string{"\x1b]11;rgb", "\x1b[A"}, "\x1b[A"},
		{"a sequence that never ends", 20 * time.Second, []string{"\x1b]11;rgb", "q"}, "q"},
		{"a character that never ends", 2 * time.Second, []string{"\xe6\xbc", "q"}, "\xe6\xbc|q"},
		{"latin-1", 10 * time.Millisecond, []string{"\xe9q"}, "\xe9q"},
	} {
		if got := delayed(t, test.pause, test.pieces...); strings.Join(got, "|") != test.want {
			t.Errorf("%s: the interface reads %q, want %q", test.name, got, test.want)
		}
	}
}

// A paste is text from its first marker to its last, wherever either is torn; nothing in it is a sequence.
func TestPasteIsTextWhereverItIsTorn(t *testing.T) {
	const paste = bracketBegin + "a\x1b[A\x1b]11;x\x1b[20漢\x1b\x1b[" + bracketEnd + "q"
	const want = bracketBegin + "a[A]11;x[20漢[" + bracketEnd + "q"
	for i := 2; i < len(paste); i++ {
		for _, pause := range []time.Duration{60 * time.Millisecond, 900 * time.Millisecond} {
			if got := strings.Join(delayed(t, pause, paste[:i], paste[i:]), ""); got != want {
				t.Errorf("%q, %v, %q: the interface reads %q", paste[:i], pause, paste[i:], got)
			}
		}
	}
	end := delayed(t, 5*time.Second, bracketBegin+"rm -rf x\x1b[20", "1~q")
	if got := strings.Join(end, ""); got != bracketBegin+"rm -rf x"+bracketEnd+"q" {
		t.Errorf("an end that comes after 5 s: %q", got)
	}
}
