package vt

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

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
				owed := NewOwedAnswers()
				owed.Add(AskColor, AskMode, AskAttributes)
				for _, answer := range test.answers {
					if !owed.Take([]byte(answer)) {
						t.Errorf("%q is not known", answer)
					}
				}
				time.Sleep(test.after) //nolint:forbidigo // the clock is the test's
				if got := owed.Coming(); got != test.want {
					t.Errorf("coming: %v, want %v", got, test.want)
				}
			})
		})
	}
}

// An answer to the interface is nobody's in a session, however late and torn, unless the program has asked the same.
func TestOwedAnswersAreNotTyped(t *testing.T) {
	answers := []string{"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]11;rgb:1e1e/1e1e/2e2e\a", "\x1b[?2026;2$y", "\x1b[?62;22c"}
	for _, answer := range answers {
		for i := range len(answer) {
			s := newScanner(t)
			s.Until = time.Time{} // much later
			s.Owed = NewOwedAnswers()
			s.Owed.Add(AskColor, AskMode, AskAttributes)
			out, _, _ := s.Scan(nil, []byte("a"+answer[:i]))
			want := "ab"
			if i == 1 {
				out, want = s.Flush(out), "a\x1bb" // the ESC is a key by then
			}
			out, _, _ = s.Scan(out, []byte(answer[i:]+"b"))
			if string(out) != want {
				t.Errorf("%q, %q: the program gets %q", answer[:i], answer[i:], out)
			}
			if out, _, _ = s.Scan(nil, []byte(answer)); string(out) != answer {
				t.Errorf("%q: a second one becomes %q", answer, out)
			}
		}
		s := newScanner(t)
		s.Owed = NewOwedAnswers()
		s.Owed.Add(AskColor, AskMode, AskAttributes)
		s.Asked.add(AskColor | AskMode | AskAttributes)
		if out, _, _ := s.Scan(nil, []byte(answer)); string(out) != answer {
			t.Errorf("%q becomes %q although the program has asked", answer, out)
		}
	}
}
