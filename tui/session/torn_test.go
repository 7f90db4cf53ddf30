package session

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// TestTornOutputIsTold: the runtime rotates the log while the link is lost. What can be shown is shown, and that some is missing is told
// where it is missing and in the snapshot, however alike the lines are.
func TestTornOutputIsTold(t *testing.T) {
	tests := map[string]func(n int) string{
		"numbered lines": func(n int) string { return fmt.Sprintf("line %d\n", n) },
		"padded lines":   func(n int) string { return fmt.Sprintf("a line of some length: number %05d\n", n) },
		"numbers":        func(n int) string { return fmt.Sprintf("%d\n", n) },
		"equal lines":    func(int) string { return "tick\n" },
		"two in turn":    func(n int) string { return []string{"tick\n", "tock\n"}[n%2] },
		"equal ends":     func(n int) string { return fmt.Sprintf("{\n  %d\n  }\n}\n", n) },
	}
	for name, line := range tests {
		for _, quiet := range []bool{false, true} { // the new link brings nothing for a while
			t.Run(fmt.Sprintf("%s, quiet %t", name, quiet), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					lines := func(from, to int) string {
						var b strings.Builder
						for n := from; n < to; n++ {
							b.WriteString(line(n))
						}
						return b.String()
					}
					p := newProgram()
					s := New(p, kube.Target{}, Options{Piped: true, ReadOnly: true})
					s.Attach(t.Context())
					go func() {
						p.print(lines(0, 4000))
						letPass(time.Second)
						p.part(true)
						letPass(time.Second)
						p.print(lines(4000, 28000))
						p.rotate()
						p.print(lines(28000, 30000))
						letPass(30 * time.Second)
						p.part(false)
						letPass(10 * time.Second)
						if !quiet {
							p.print(lines(30000, 30001))
						}
						letPass(time.Second)
						p.end()
					}()
					var out strings.Builder
					var notes []string
					err := s.Stream(t.Context(), Pipe{Out: &out, Note: func(words string) { notes = append(notes, words) }})
					if err != nil || !errors.Is(s.Look().LogErr, errLogTorn) || !strings.Contains(strings.Join(notes, "\n"), "output may be missing here") {
						t.Errorf("%v, %v, notes %q, %d bytes", err, s.Look().LogErr, notes, out.Len())
					}
				})
			})
		}
	}
}

// TestLogTooLongIsTold: of a log that is longer than is kept, the end is read, and a program that reads it is told.
func TestLogTooLongIsTold(t *testing.T) {
	const line, limit = "0123456789abcde\n", 64 << 10
	for lines, want := range map[int]bool{100: false, limit / 16: false, 20 * limit / 16: true} {
		b, cut, err := readEnd(strings.NewReader(strings.Repeat(line, lines)), limit)
		if err != nil || cut != want || len(b)%len(line) != 0 || len(b) < min(lines*len(line), limit-len(line)) {
			t.Errorf("%d lines: %d bytes, cut %t, %v", lines, len(b), cut, err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		o := &replay{out: newOutput(100, nil, func() {}), first: closed(), ended: closed()}
		o.gate = newGate(o.out, false, func() {})
		o.piped, o.limit = true, 64
		p := newProgram()
		p.print(strings.Repeat(line, 100))
		o.link = p
		if err := o.run(t.Context()); !errors.Is(err, errLogLong) {
			t.Errorf("%v", err)
		}
	})
}

// TestCRAtTheJoin: an attach that begins in the middle of a CR LF, behind a log without CRs, shows the whole line end.
func TestCRAtTheJoin(t *testing.T) {
	for tty, want := range map[bool]string{true: "one\r\ntwo\r\n", false: "one\ntwo\r\n"} {
		o := &replay{tty: tty, out: newOutput(100, nil, func() {})}
		o.gate = newGate(o.out, false, func() {})
		if _, err := o.gate.Write([]byte("\ntwo\r\n")); err != nil {
			t.Fatal(err)
		}
		if err := o.open([]byte("one\ntwo\n"), len("one")); err != nil {
			t.Fatal(err)
		}
		if got := string(o.out.(*output).tail(100)); got != want {
			t.Errorf("tty %t: %q, want %q", tty, got, want)
		}
	}
}

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// TestRepeatedOutputIsWhole: of a log that was not rotated, equal lines are shown as often as they were printed, and nothing is said.
func TestRepeatedOutputIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{Piped: true, ReadOnly: true})
		s.Attach(t.Context())
		go func() {
			p.print(strings.Repeat("tick\n", 5000))
			letPass(time.Second)
			p.part(true)
			letPass(time.Second)
			p.print(strings.Repeat("tick\n", 5000))
			letPass(30 * time.Second)
			p.part(false)
			letPass(20 * time.Second)
			p.end()
		}()
		var out strings.Builder
		err := s.Stream(t.Context(), Pipe{Out: &out})
		if now := s.Look(); err != nil || now.LogErr != nil || now.Losses != 1 || out.String() != strings.Repeat("tick\n", 10000) {
			t.Errorf("%v, %+v, %d lines", err, now, strings.Count(out.String(), "\n"))
		}
	})
}
