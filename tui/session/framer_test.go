package session

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

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
			if seq[0] == esc && pause >= escPatience {
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
		if seq[0] != esc {
			continue
		}
		if got := delayed(t, 70*time.Millisecond, seq[:1], seq[1:]); strings.Join(got, "|") != escKey {
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
		{"escape, and a key later", 300 * time.Millisecond, []string{"\x1b", "j"}, escKey + "|j"},
		{"escape, and [ typed later", 300 * time.Millisecond, []string{"\x1b", "[", "A"}, escKey + "|[|A"},
		{"escape, and much later", 2 * time.Second, []string{"\x1b", "[A"}, escKey + "|[A"},
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
	const paste = pasteBegin + "a\x1b[A\x1b]11;x\x1b[20漢\x1b\x1b[" + pasteEnd + "q"
	const want = pasteBegin + "a[A]11;x[20漢[" + pasteEnd + "q"
	for i := 2; i < len(paste); i++ {
		for _, pause := range []time.Duration{60 * time.Millisecond, 900 * time.Millisecond} {
			if got := strings.Join(delayed(t, pause, paste[:i], paste[i:]), ""); got != want {
				t.Errorf("%q, %v, %q: the interface reads %q", paste[:i], pause, paste[i:], got)
			}
		}
	}
	end := delayed(t, 5*time.Second, pasteBegin+"rm -rf x\x1b[20", "1~q")
	if got := strings.Join(end, ""); got != pasteBegin+"rm -rf x"+pasteEnd+"q" {
		t.Errorf("an end that comes after 5 s: %q", got)
	}
}

// An answer to the interface is nobody's in a session, however late and torn, unless the program has asked the same.
func TestOwedAnswersAreNotTyped(t *testing.T) {
	answers := []string{"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]11;rgb:1e1e/1e1e/2e2e\a", "\x1b[?2026;2$y", "\x1b[?62;22c"}
	for _, answer := range answers {
		for i := range len(answer) {
			s := newScanner(t)
			s.until = time.Time{} // much later
			s.owed = newOwedAnswers()
			s.owed.add(askColor, askMode, askAttributes)
			out, _, _ := s.scan(nil, []byte("a"+answer[:i]))
			want := "ab"
			if i == 1 {
				out, want = s.flush(out), "a\x1bb" // the ESC is a key by then
			}
			out, _, _ = s.scan(out, []byte(answer[i:]+"b"))
			if string(out) != want {
				t.Errorf("%q, %q: the program gets %q", answer[:i], answer[i:], out)
			}
			if out, _, _ = s.scan(nil, []byte(answer)); string(out) != answer {
				t.Errorf("%q: a second one becomes %q", answer, out)
			}
		}
		s := newScanner(t)
		s.owed = newOwedAnswers()
		s.owed.add(askColor, askMode, askAttributes)
		s.asked.add(askColor | askMode | askAttributes)
		if out, _, _ := s.scan(nil, []byte(answer)); string(out) != answer {
			t.Errorf("%q becomes %q although the program has asked", answer, out)
		}
	}
}

// What is worth waiting for at the end: nothing where all has been answered, and not for ever.
func TestComingAnswers(t *testing.T) {
	const color, mode, last = "\x1b]11;rgb:0/0/0\a", "\x1b[?2026;0$y", "\x1b[?6c"
	for _, test := range []struct {
		answers []string
		after   time.Duration
		want    bool
	}{
		{nil, 0, true},
		{nil, 5 * time.Second, true},
		{nil, time.Minute, false},
		{[]string{color, mode, last}, 0, false},
		{[]string{color, mode}, 0, true},
		{[]string{last}, 0, true},
		{[]string{last}, 2 * time.Second, false},
		{[]string{color, last}, 2 * time.Second, false},
	} {
		t.Run(fmt.Sprintf("%q %v", test.answers, test.after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				owed := newOwedAnswers()
				owed.add(askColor, askMode, askAttributes)
				for _, answer := range test.answers {
					if !owed.take([]byte(answer)) {
						t.Errorf("%q is not known", answer)
					}
				}
				time.Sleep(test.after) //nolint:forbidigo // the clock is the test's
				if got := owed.coming(); got != test.want {
					t.Errorf("coming: %v, want %v", got, test.want)
				}
			})
		})
	}
}
