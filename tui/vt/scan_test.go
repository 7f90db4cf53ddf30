package vt

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// scanAll scans pieces as if they were separate reads in quick succession, and gives up waiting at the end.
func scanAll(s *Scanner, pieces ...string) (out, rest string, hit bool) {
	var b []byte
	for i, piece := range pieces {
		var behind []byte
		if b, behind, hit = s.Scan(b, []byte(piece)); hit {
			return string(b), string(behind) + strings.Join(pieces[i+1:], ""), true
		}
	}
	return string(s.Flush(b)), "", false
}

func TestScan(t *testing.T) {
	tests := []struct {
		name, in  string
		out, rest string
		hit       bool
	}{
		{"plain", "ls -l\r", "ls -l\r", "", false},
		{"control keys are the program's", "\x03\x1a\x1c\x04", "\x03\x1a\x1c\x04", "", false},
		{"detach", "ab\x1dcd", "ab", "cd", true},
		{"kitty", "ab\x1b[93;5ucd", "ab", "cd", true},
		{"kitty release", "ab\x1b[93;5:3ucd", "ab\x1b[93;5:3ucd", "", false},
		{"modifyOtherKeys", "ab\x1b[27;5;93~cd", "ab", "cd", true},
		{"behind an escape", "ab\x1b\x1dcd", "ab\x1b", "cd", true},
		{"behind two escapes", "\x1b\x1b[93;5ucd", "\x1b", "cd", true},
		{"behind a torn sequence", "\x1b[1;\x1dcd", "\x1b[1;", "cd", true},
		{"kitty behind a torn sequence", "\x1b[1;\x1b[93;5ucd", "\x1b[1;", "cd", true},
		{"behind Alt with ]", "\x1b]1\x1dcd", "\x1b]1", "cd", true},
		{"kitty behind Alt with ]", "\x1b]1\x1b[93;5ucd", "\x1b]1", "cd", true},
		{"keys", "\x1b[A\x1bOB\x1b[1;5C\x1b[[A\x1b\x7f\x1bf", "\x1b[A\x1bOB\x1b[1;5C\x1b[[A\x1b\x7f\x1bf", "", false},
		{"in a paste", "\x1b[200~a\x1db\x1b[93;5uc\x1b[201~d\x1de", "\x1b[200~a\x1db\x1b[93;5uc\x1b[201~d", "e", true},
		{"reports", "\x1b[?62;22c\x1b[?2026;2$y\x1b[?0u\x1b]11;rgb:0/0/0\x07\x1bP1$r0m\x1b\\", "", "", false /* all dropped */},
		{"more reports", "a\x1b[I\x1b[O\x1b[>0;276;0c\x1b[?997;1n\x1b[8;24;80t\x1b[<0;1;1M\x1b_Gi=1;OK\x1b\\b", "ab", "", false},
		{"old mouse", "a\x1b[M !!b\x1b[M#\x7f\x7f\x1b[A", "ab\x1b[A", "", false},
		{"old mouse, torn", "a\x1b[M \x1b[Ab", "a\x1b[Ab", "", false},
		{"detach behind the mouse", "\x1b[<35;3;4M\x1b[<0;3;4m\x1dx", "", "x", true},
		{"cursor position", "\x1b[24;80R\x1b[1;2R", "\x1b[24;80R\x1b[1;2R", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for cut := range len(test.in) {
				s := newScanner(t)
				out, rest, hit := scanAll(&s, test.in[:cut], test.in[cut:])
				if out != test.out || rest != test.rest || hit != test.hit {
					t.Errorf("cut at %d: %q, %q, %v; want %q, %q, %v", cut, out, rest, hit, test.out, test.rest, test.hit)
				}
			}
		})
	}
}

func newScanner(t testing.TB) Scanner {
	return Scanner{Key: mustKey(t, "ctrl-]"), Asked: &QuestionSet{}, Until: time.Now().Add(LateReports)}
}

func TestScanPassesAnswersThatWereAsked(t *testing.T) {
	for kind, report := range map[question]string{
		AskAttributes: "\x1b[?62c", AskMode: "\x1b[?69;0$y", askKeyboard: "\x1b[?1u", askStatus: "\x1b[0n", askWindow: "\x1b[8;24;80t",
		askFocus: "\x1b[I", askMouse: "\x1b[<0;1;1M", AskColor: "\x1b]11;rgb:0/0/0\x1b\\", askString: "\x1bP>|xterm\x1b\\",
		askGraphics: "\x1b_Gi=1;OK\x1b\\",
	} {
		s := newScanner(t)
		if out, _, _ := scanAll(&s, report); out != "" {
			t.Errorf("%q passes unasked", out)
		}
		s = newScanner(t)
		s.Asked.add(kind)
		if out, _, _ := scanAll(&s, report); out != report {
			t.Errorf("%q becomes %q although it was asked", report, out)
		}
		s = newScanner(t)
		s.Until = time.Time{}
		if out, _, _ := scanAll(&s, report); out != report {
			t.Errorf("%q becomes %q although the time is over", report, out)
		}
	}
}

// TestScanWaits: what is not the beginning of the detach key is not held back, whatever comes next.
func TestScanWaits(t *testing.T) {
	for _, in := range []string{"a", "\x1b[A", "\x1b[<0;1", "\x1b]1", "\x1bP1", "\x1bO", "\x1bx", "\x1b[200~abc", "\x1b[200~\x1b[20", "é"} {
		s := newScanner(t)
		s.Until = time.Time{}
		out, _, _ := s.Scan(nil, []byte(in))
		if string(out) != in || s.Wait() != 0 {
			t.Errorf("%q: %q passes at once, then %v", in, out, s.Wait())
		}
	}
	for in, wait := range map[string]time.Duration{"\x1b": WaitAfterEsc, "\x1b[": WaitAfterSequence, "\x1b[93;5": WaitAfterSequence} {
		s := newScanner(t)
		s.Until = time.Time{}
		if out, _, _ := s.Scan(nil, []byte("a"+in)); string(out) != "a" || s.Wait() != wait {
			t.Errorf("%q: %q passes at once, then %v; want %v", in, out, s.Wait(), wait)
		}
		if out := s.Flush(nil); string(out) != in {
			t.Errorf("%q: %q passes in the end", in, out)
		}
		if out, _, hit := s.Scan(nil, []byte("[93;5u")); hit || string(out) != "[93;5u" {
			t.Errorf("%q, then a pause: %q, %v", in, out, hit)
		}
	}
}

// FuzzScan: the result does not depend on where the input is cut, and nothing is lost or made up.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"a\x1db", "\x1b[93;5u", "\x1b]1\x1b[93;5ux", "\x1b[200~\x1d\x1b[201~\x1d", "\x1b[?62c", "\x1b\x1b[27;5;93~", "\x1b[[A\x1bOP", "\x1bP1\x1b\x1b\\",
	} {
		f.Add([]byte(seed), uint16(1), uint16(2), true)
		f.Add([]byte(seed), uint16(3), uint16(4), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, a, b uint16, late bool) {
		fresh := func() Scanner {
			s := newScanner(t)
			s.Until = time.Now().Add(time.Hour)
			if !late {
				s.Until = time.Time{}
			}
			return s
		}
		i := int(a) % (len(in) + 1)
		j := i + int(b)%(len(in)-i+1)
		whole := fresh()
		out, rest, hit := scanAll(&whole, string(in))
		cut := fresh()
		out2, rest2, hit2 := scanAll(&cut, string(in[:i]), string(in[i:j]), string(in[j:]))
		if out != out2 || rest != rest2 || hit != hit2 {
			t.Fatalf("whole: %q, %q, %v\ncut:   %q, %q, %v", out, rest, hit, out2, rest2, hit2)
		}
		bytewise, pieces := fresh(), make([]string, len(in))
		for i := range in {
			pieces[i] = string(in[i : i+1])
		}
		if out2, rest2, hit2 = scanAll(&bytewise, pieces...); out != out2 || rest != rest2 || hit != hit2 {
			t.Fatalf("whole: %q, %q, %v\nbytes: %q, %q, %v", out, rest, hit, out2, rest2, hit2)
		}
		if !late && !hit && out != string(in) {
			t.Fatalf("%q becomes %q", in, out)
		}
		if !late && hit && (!bytes.HasPrefix(in, []byte(out)) || !bytes.HasSuffix(in, []byte(rest))) {
			t.Fatalf("%q becomes %q and %q", in, out, rest)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	for name, in := range map[string]string{
		"paste": pasteBegin + strings.Repeat("kubectl get pods --all-namespaces\r", 120) + pasteEnd,
		"text":  strings.Repeat("kubectl get pods --all-namespaces\r", 120),
		"keys":  strings.Repeat("\x1b[A\x1b[B", 500),
	} {
		b.Run(name, func(b *testing.B) {
			s := newScanner(b)
			s.Until = time.Time{}
			var out []byte
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				out, _, _ = s.Scan(out[:0], []byte(in))
			}
		})
	}
}
