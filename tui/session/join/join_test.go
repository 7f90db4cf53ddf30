package join_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

func TestJoin(t *testing.T) {
	tests := []struct {
		name          string
		log, attached string
		seen          int // -1: all of attached
		show          string
		verdict       join.Verdict
	}{
		{"nothing yet", "", "", -1, "", join.Joined},
		{"silent program", "one\r\ntwo\r\n", "", -1, "one\r\ntwo\r\n", join.Joined},
		{"only a prompt", "one\r\n", "/ # ", -1, "one\r\n", join.Joined},
		{"all in the log", "one\r\ntwo\r\n", "one\r\ntwo\r\n", -1, "", join.Joined},
		{"overlap", "one\r\ntwo\r\nthree\r\n", "two\r\nthree\r\n/ # ", -1, "one\r\n", join.Joined},
		{"in a line", "one\r\ntwo\r\n", "wo\r\n", -1, "one\r\nt", join.Joined},
		{"the attach has gone on", "one\r\ntwo\r\nthree\r\n", "two\r\nthree\r\nfour\r\nfive", 5, "one\r\n", join.Joined},
		{"hardly a line in common", "one\r\ntwo\r\n", "two\r\nthree\r\nfour\r\n", 5, "one\r\ntwo\r\n", join.LogBehind},
		{"only a line end in common", "one\r\n", "\r\n$ ", -1, "one", join.AttachBehind},
		{"log without CR", "one\ntwo\nthree\n", "two\r\nthree\r\n", -1, "one\n", join.Joined},
		{"before LF", "one\r\ntwo\r\n", "\ntwo\r\n", -1, "one\r", join.Joined},
		{"before CR LF", "one\r\ntwo\r\n", "\r\ntwo\r\n", -1, "one", join.Joined},
		{"before CR LF, log without CR", "one\ntwo\n", "\r\ntwo\r\n", -1, "one", join.Joined},
		{"progress bar", "1%\r2%\r3%\r\n", "2%\r3%\r\n", -1, "1%\r", join.Joined},
		{"not a byte in common", "one\r\n", "two\r\n", 0, "one\r\n", join.LogBehind},
		{"log too old", "one\r\n", "two\r\n", -1, "one\r\n", join.LogBehind},
		{"log too old, with overlap", "one\r\ntwo\r\n", "two\r\nthree\r\n", -1, "one\r\ntwo\r\n", join.LogBehind},
		{"empty log", "", "two\r\n", -1, "", join.LogBehind},
		{"log goes on", "one\r\ntwo\r\nthree\r\n", "two\r\n", -1, "one\r\n", join.AttachBehind},
		{"log goes on in the line", "one\r\ntwo\r\nthree\r\n", "two\r\nth", -1, "one\r\n", join.AttachBehind},
		{"equal lines", "y\r\ny\r\ny\r\ny\r\n", "y\r\ny\r\n", -1, "y\r\ny\r\n", join.AttachBehind},
		{"equal lines, all attached", "y\r\ny\r\ny\r\n", "y\r\ny\r\ny\r\n", -1, "", join.Joined},
		{"equal lines, then a prompt", "y\r\ny\r\ny\r\n", "y\r\n$ ", -1, "y\r\ny\r\n", join.Joined},
		{"blank lines", "\r\n\r\none\r\n\r\n", "\r\none\r\n\r\n", -1, "\r\n", join.Joined},
		{"tail of a log", "two\r\nthree\r\n", "one\r\ntwo\r\n", 0, "two\r\nthree\r\n", join.LogBehind},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			seen := test.seen
			if seen < 0 {
				seen = len(test.attached)
			}
			show, verdict := join.Join([]byte(test.log), []byte(test.attached), seen)
			if test.log[:show] != test.show || verdict != test.verdict {
				t.Errorf("shows %q, %v; want %q, %v", test.log[:show], verdict, test.show, test.verdict)
			}
		})
	}
}

// TestJoinRandom: what is shown is what the program has printed, whenever the attach came and the log was read.
func TestJoinRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 20000 {
		equal := i%2 == 0
		output := randomOutput(random, equal)
		ends := lineEnds(output)
		m := ends[random.IntN(len(ends))] // the log goes so far
		k := random.IntN(m + 1)           // the attach begins here
		come := output[k:]
		seen := random.IntN(max(0, m-k) + 1) // at most what the log has
		if !equal {
			come = come[:seen+random.IntN(len(come)-seen+1)]
		} else {
			// With equal lines a program must have come to rest for the number of its lines to be sure.
			m = ends[len(ends)-1]
		}
		log := output[:m]
		if random.IntN(2) == 0 {
			log = strings.ReplaceAll(log, "\r\n", "\n")
		}
		show, verdict := join.Join([]byte(log), []byte(come), seen)
		got := log[:show] + come
		want := output[:k] + come
		if verdict == join.AttachBehind && !equal || come == "" {
			continue // more has to come first
		}
		if verdict == join.LogBehind && strings.Count(output[k:m], "\n") < 2 {
			continue // too little in common
		}
		if verdict == join.LogBehind || strings.ReplaceAll(got, "\r", "") != strings.ReplaceAll(want, "\r", "") {
			t.Fatalf("log %q, attached %q, seen %d: verdict %v shows\n%q; want\n%q", log, come, seen, verdict, got, want)
		}
		if strings.Contains(log, "\r") && got != want {
			t.Fatalf("log %q, attached %q: shows %q; want %q", log, come, got, want)
		}
	}
}

// TestJoinLogBehind: a log that does not hold the lines seen is read again.
func TestJoinLogBehind(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		output := randomOutput(random, false)
		ends := lineEnds(output)
		at := random.IntN(len(ends) - 1)
		k := random.IntN(ends[at] + 1)
		log := output[:ends[at]]
		if _, verdict := join.Join([]byte(log), []byte(output[k:]), ends[at+1]-k); verdict != join.LogBehind {
			t.Fatalf("log %q, attached %q: verdict %v", log, output[k:], verdict)
		}
	}
}

// randomOutput is lines and a prompt; equal lines repeat themselves.
func randomOutput(random *rand.Rand, equal bool) string {
	var b strings.Builder
	for i := range 2 + random.IntN(30) {
		if equal {
			b.WriteString([]string{"", "y", "n", "yy"}[random.IntN(4)] + "\r\n")
			continue
		}
		fmt.Fprintf(&b, "line %d of a program\r\n", i)
	}
	b.WriteString([]string{"", "$ ", "y"}[random.IntN(3)])
	return b.String()
}

func lineEnds(s string) (ends []int) {
	for i := range s {
		if s[i] == '\n' {
			ends = append(ends, i+1)
		}
	}
	return ends
}

func BenchmarkJoin(b *testing.B) {
	lines := strings.Repeat("y\r\n", 100_000)
	log, attached := []byte(lines), []byte(lines[len(lines)/2:])
	b.SetBytes(int64(len(log) + len(attached)))
	for b.Loop() {
		join.Join(log, attached, len(attached))
	}
}

func TestResume(t *testing.T) {
	var endless string // without a line end, and nowhere like itself
	for n := range 200 {
		endless += fmt.Sprintf("%d,", n)
	}
	tests := []struct {
		name, log, shown, rest string
		fit                    join.Fit
	}{
		{"nothing was shown", "a\nb\n", "", "a\nb\n", join.Sure},
		{"all of it", "a\nb\n", "a\r\nb\r\n", "", join.Sure},
		{"two lines more", "a\r\nb\r\nc\r\nd\r\n", "a\r\nb\r\n", "c\r\nd\r\n", join.Sure},
		{"the log begins before", "0\na\nb\nc\n", "a\r\nb\r\n", "c\n", join.Sure},
		{"the log begins in the middle", "b\nc\n", "a\r\nb\r\n", "c\n", join.Sure},
		{"a prompt that is not there yet", "a\n", "a\r\n$ ", "", join.Sure},
		{"a prompt whose line is there now", "a\n$ ls\nfile\n", "a\r\n$ ", "ls\nfile\n", join.Sure},
		{"half a line", "a\nlong line\nmore\n", "a\r\nlong ", "line\nmore\n", join.Sure},
		{"the newest of equal lines", "tick\ntick\ntick\n", "tick\r\ntick\r\n", "", join.Likely},
		{"a rotated log of equal lines", "tick\ntick\n", "tick\r\ntick\r\ntick\r\n", "", join.Likely},
		{"a rotated log with a line like an old one", "b\n", "a\r\nb\r\nc\r\n", "", join.Likely},
		{"a rotated log, and the end of a line", "6\n7\n", "15\r\n16\r\n", "6\n7\n", join.Torn},
		{"the same in the log only", "line 12600\nline 12601\n", "line 2599\r\n2600\r\n", "line 12600\nline 12601\n", join.Torn},
		{"the same of long lines", "a request took 12600 ms\nx\n", "the request took 12600 ms\r\n", "a request took 12600 ms\nx\n", join.Torn},
		{"the whole line within another", "forerunner 1\nx\n", "runner 1\r\n", "forerunner 1\nx\n", join.Torn},
		{"a log that is no part by lines", "5\n", "15\r\n", "5\n", join.Torn},
		{"it has been rotated", "x\ny\n", "a\r\nb\r\n", "x\ny\n", join.Torn},
		{"an empty log", "", "a\r\nb\r\n", "", join.Torn},
		{"a prompt that nobody was shown", "hello\n$ ls\nf1\nf2\nf3\n", "hello\r\nls\r\nf1\r\nf2\r\n", "f3\n", join.Likely},
		{"the same, and an empty line first", "\nhello\n$ loop\n1\n2\n3\n", "hello\r\nloop\r\n1\r\n2\r\n", "3\n", join.Likely},
		{"the same, right behind it", "hello\n$ ls -la /srv\nf1\n", "hello\r\nls -la /srv\r\n", "f1\n", join.Likely},
		{"the same, behind which the shell asks for the cursor", "hello\n/ # \x1b[6n/ # \x1b[Jexit\n", "hello\r\n\r/ # \x1b[Jexit\r\n", "", join.Likely},
		{"an end of a line that is no sequence", "y[6n/ # \x1b[Jexit\nz\n", "x\r\n/ # \x1b[Jexit\r\n", "y[6n/ # \x1b[Jexit\nz\n", join.Torn},
		{"only a likeness", "y1\nz\n", "x\r\n1\r\n", "y1\nz\n", join.Torn},
		{"the log is behind", "a\n", "a\r\nb\r\n", "", join.Sure},
		{"in the middle of an endless line", "0\n" + endless[:300] + "new\n", endless[100:300], "new\n", join.Sure},
		{"the same, and the log is behind", "0\n" + endless[:200], endless[100:300], "", join.Sure},
		{"the same, and the log begins in it", endless[150:300] + "new\n", endless[100:300], "new\n", join.Sure},
		{"a prompt, as often as one likes", "$ \n$ ls\n", "$ ", "\n$ ls\n", join.Sure},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at, fit := join.Resume([]byte(test.log), []byte(test.shown))
			if got := test.log[at:]; got != test.rest || fit != test.fit {
				t.Errorf("rest %q, %v; want %q, %v", got, fit, test.rest, test.fit)
			}
		})
	}
}
