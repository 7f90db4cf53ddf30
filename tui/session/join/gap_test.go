package join_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// recorded is a record of what has come, in turn of one stream and of the other.
func recorded(came ...string) *join.Record {
	r := &join.Record{}
	for i, text := range came {
		r.Write(i%2, []byte(text))
	}
	return r
}

func numbered(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintf(&b, "line %d of a program\n", n)
	}
	return b.String()
}

func TestGap(t *testing.T) {
	long := numbered(0, 20_000) // of which the record has lost the beginning
	tests := []struct {
		name  string
		shown []string // of one stream and the other in turn
		log   string
		tail  bool // of a longer log
		past  string
		fit   join.Fit
	}{
		{name: "nothing was shown", log: "a\nb\n", past: "a\nb\n", fit: join.Sure},
		{name: "nothing was shown, and the log is longer", log: "a\nb\n", tail: true, past: "a\nb\n", fit: join.Likely},
		{name: "the line before it on the other stream", shown: []string{"", "ls: err\n"}, log: "root:x:0\nls: err\n", past: "root:x:0\n", fit: join.Sure},
		{name: "in another order", shown: []string{"a\n", "b\n", "c\n"}, log: "b\na\nc\nd\n", past: "d\n", fit: join.Sure},
		{name: "all of it", shown: []string{"a\r\n", "b\n"}, log: "a\nb\n", past: "", fit: join.Sure},
		{name: "equal lines", shown: []string{"x\nx\n", "x\n"}, log: "x\nx\nx\nx\nx\n", past: "x\nx\n", fit: join.Sure},
		{name: "streams in a line", shown: []string{"be", "err", "gun\n", "or\n"}, log: "error\nbegun\nmore\n", past: "more\n", fit: join.Sure},
		{name: "half a line", shown: []string{"a\nbe", "error\n"}, log: "a\nerror\nbegun\nmore\n", past: "gun\nmore\n", fit: join.Sure},
		{name: "half a line of both", shown: []string{"be", "bex"}, log: "bexone\nbegun\n", past: "one\ngun\n", fit: join.Sure},
		{name: "half a line that is not in the log", shown: []string{"a\nbe", "error\n"}, log: "a\nerror\n", past: "", fit: join.Sure},
		{name: "the log is behind", shown: []string{"a\nb\n", "c\n"}, log: "a\nc\n", past: "", fit: join.Likely},
		{name: "the log is behind and in another order", shown: []string{"tick\ntick\n", "A\nT\nT\n", "a\n"}, log: "A\ntick\ntick\nT\na\n", past: "", fit: join.Sure},
		{name: "it has been rotated", shown: []string{"a\nb\n"}, log: "x\ny\n", past: "x\ny\n", fit: join.Torn},
		{name: "rotated, with equal lines", shown: []string{"x\nx\nx\n"}, log: "x\nx\n", past: "x\nx\n", fit: join.Torn},
		{name: "rotated later", shown: []string{numbered(0, 100)}, log: numbered(50, 102), past: numbered(100, 102), fit: join.Sure},
		{name: "a long output", shown: []string{long, "error\n"}, log: long + "x\nerror\ny\n", past: "x\ny\n", fit: join.Sure},
		{name: "the end of its log", shown: []string{long, "error\n"}, log: numbered(10_000, 20_000) + "x\nerror\ny\n", tail: true, past: "x\ny\n", fit: join.Sure},
		{name: "too little of its end", shown: []string{long, "error\n"}, log: numbered(19_990, 20_000) + "x\nerror\ny\n", tail: true, past: "x\ny\n", fit: join.Likely},
		{
			name: "a line like one of a long output of equal lines", shown: []string{strings.Repeat("tick\n", 100_000) + "odd\n" + strings.Repeat("tick\n", 5000)},
			log: strings.Repeat("tick\n", 100_000) + "odd\n", tail: true, past: "", fit: join.Likely,
		},
		{name: "a long output of equal lines", shown: []string{strings.Repeat("tick\n", 100_000)}, log: strings.Repeat("tick\n", 100_003), past: "tick\ntick\ntick\n", fit: join.Sure},
		{name: "the end of its log, and of equal lines", shown: []string{strings.Repeat("tick\n", 100_000)}, log: strings.Repeat("tick\n", 10), tail: true, past: strings.Repeat("tick\n", 10), fit: join.Torn},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := recorded(test.shown...).Gap([]byte(test.log), !test.tail)
			if past := string(g.Complete().Show()); past != test.past || g.Fit != test.fit {
				t.Errorf("%.300q, %v; want %.300q, %v", past, g.Fit, test.past, test.fit)
			}
		})
	}
}

func TestGapJoin(t *testing.T) {
	tests := []struct {
		name     string
		shown    []string
		log      string
		attached [2]string
		over     bool
		past     string
		verdict  join.Verdict
		again    string // when the log is read once more
	}{
		{name: "nothing attached", log: "a\nb\n", past: "a\nb\n"},
		{name: "a line that is not complete, when nothing comes", log: "a\nb", over: true, past: "a\nb"},
		{name: "the same, when more may come", log: "a\nb", past: "a\n"},
		{name: "both streams", log: "a\nb\nc\n", attached: [2]string{"c\n", "b\n"}, past: "a\n"},
		{name: "in a line of both", log: "alpha\nbeta\n", attached: [2]string{"pha\n", "eta\n"}, past: "alb"},
		{name: "in a line of which the beginning was shown", shown: []string{"al"}, log: "alphabet\n", attached: [2]string{"bet\n"}, past: "pha"},
		{name: "in a line of which all but the end was shown, as of the other", shown: []string{"line", "LINE"}, log: "line\nLINE\n", attached: [2]string{"\n"}, past: "\n", verdict: join.AttachBehind},
		{name: "the attach is ahead", log: "a\nb\nc\n", attached: [2]string{"b\nc\nd\ne", "x"}, past: "a\n"},
		{name: "equal lines", log: "y\ny\ny\ny\n", attached: [2]string{"y\n", "y\n"}, past: "y\ny\n"},
		{name: "equal lines that part later", log: "a\nx\nz\nx\ny\n", attached: [2]string{"x\ny\n", "x\nz\n"}, past: "a\n"},
		{name: "a line of the other stream among them", log: "a\nx\nb\ny\n", attached: [2]string{"x\ny\n"}, past: "a\nb\n", verdict: join.AttachBehind},
		{name: "the log goes on", log: "a\nx\ny\n", attached: [2]string{"x\n", "a\n"}, past: "", verdict: join.AttachBehind},
		{name: "the log is behind", log: "a\n", attached: [2]string{"b\n"}, past: "a\n", verdict: join.LogBehind},
		{name: "a part of a line that the log has whole", log: "a\nbegun\n", attached: [2]string{"beg"}, past: "a\nbegun\n", verdict: join.AttachBehind},
		{name: "the end of a line without an end", log: "a\nb\n", attached: [2]string{"b"}, past: "a\n", again: "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := join.Attached{Text: [2][]byte{[]byte(test.attached[0]), []byte(test.attached[1])}, Over: test.over}
			r := recorded(test.shown...)
			j := r.Gap([]byte(test.log), true).Join(a)
			if past := string(j.Show()); past != test.past || j.Verdict != test.verdict || j.Skip != [2]int{} {
				t.Errorf("%q, %v, skip %v; want %q, %v", past, j.Verdict, j.Skip, test.past, test.verdict)
			}
			for stream, text := range a.Text {
				r.Write(stream, text)
			}
			if again := string(r.Gap([]byte(test.log), true).Join(join.Attached{}).Show()); again != test.again && test.verdict == join.Joined {
				t.Errorf("%q is shown again", again)
			}
		})
	}
}

// TestGapAtTheEdge: where the record of a long output begins, a line stands elsewhere in the log. It is not taken for a later one.
func TestGapAtTheEdge(t *testing.T) {
	record := func(came string) *join.Record {
		r := &join.Record{}
		for line := range strings.SplitAfterSeq(came, "\n") {
			r.Write(0, []byte(line))
		}
		return r
	}
	begin := 20_000 - record(numbered(0, 20_000)).Lines()
	r := record(numbered(0, begin+10) + "x\n" + numbered(begin+10, 20_000))
	log := numbered(0, begin-5) + "x\n" + numbered(begin-5, 20_000) + "x\n"
	g := r.Gap([]byte(log), true)
	if past := string(g.Complete().Show()); past != "x\n" || g.Fit != join.Sure {
		t.Errorf("%.300q, %v", past, g.Fit)
	}
}

// TestGapEarly: what was shown of the log since the attach began is not shown again when the attach brings it.
func TestGapEarly(t *testing.T) {
	r := recorded("a\n")
	early := r.Gap([]byte("a\nb\nc\n"), true).Complete()
	if past := string(early.Show()); past != "b\nc\n" {
		t.Fatalf("%q", past)
	}
	g := r.Gap([]byte("a\nb\nc\nd\n"), true)
	g.Early(early)
	j := g.Join(join.Attached{Text: [2][]byte{[]byte("c\n"), []byte("d\n")}})
	if past := string(j.Show()); past != "" || j.Skip != [2]int{2, 0} || j.Verdict != join.Joined {
		t.Errorf("%q, skip %v, %v", past, j.Skip, j.Verdict)
	}
}

// TestGapOfATail: where only the end of a log was shown at first, equal lines count as shown.
func TestGapOfATail(t *testing.T) {
	for log, want := range map[string]string{"tick\ntick\ntick\ntick\n": "", "tick\ntick\ntick\nother\ntick\ntick\n": "", "x\n": "x\n"} {
		r := recorded()
		r.Tear()
		r.Write(0, []byte("tick\ntick\n"))
		if past := string(r.Gap([]byte(log), true).Complete().Show()); past != want {
			t.Errorf("of %q: %q, want %q", log, past, want)
		}
	}
}

// BenchmarkGap is a long log, of which the end is new, and the end of that has been attached.
func BenchmarkGap(b *testing.B) {
	for name, log := range map[string]string{"numbered": numbered(0, 300_000), "equal": strings.Repeat("y\n", 2_000_000)} {
		half := strings.LastIndexByte(log[:len(log)/2], '\n') + 1
		attached := log[strings.LastIndexByte(log[:len(log)-1<<19], '\n')+1:]
		r := recorded(log[:half])
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				j := r.Gap([]byte(log), true).Join(join.Attached{Text: [2][]byte{[]byte(attached)}})
				if j.Verdict != join.Joined {
					b.Fatal(j.Verdict)
				}
			}
		})
	}
}

// BenchmarkRecord is what a byte costs to be kept in mind.
func BenchmarkRecord(b *testing.B) {
	chunk := []byte(numbered(0, 1000))
	var r join.Record
	b.SetBytes(int64(len(chunk)))
	for b.Loop() {
		r.Write(0, chunk)
	}
}
