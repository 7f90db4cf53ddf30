package vt

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func newLive() (*LiveFilter, *Filter) {
	l := &LiveFilter{}
	return l, &Filter{Rules: l.Rules()}
}

// filterAll passes pieces and adds what is still undecided.
func filterAll(f *Filter, pieces ...string) string {
	var b []byte
	for _, piece := range pieces {
		b = append(b, f.Pass([]byte(piece))...)
	}
	return string(append(b, f.held...))
}

func TestLiveFilter(t *testing.T) {
	tests := map[string]string{ // by input; "=": unchanged
		"plain\r\n": "=",
		"naïve – 漢字 \xc2\x9f é\xc3\x9b├─┛":                             "=", // continuation bytes are no control characters
		"\x1b[31mred\x1b[0m":                                           "=",
		"\x1b]0;title\x07\x1b]2;x\x1b\\":                               "=",
		"\x1b]52;c;aGVsbG8=\x07":                                       "=", // writing the clipboard is allowed
		"\x1b]52;c;\x07":                                               "=",
		"\x1b]52\x07\x1b]520;?\x07":                                    "=",
		"\x1b[6n\x1b[c\x1b[>c\x1b]11;?\x07\x1b[14t\x1b[22;0t\x1b[2;1t": "=",
		"\x1b[?21t\x1b[21m\x1b[1;21t":                                  "=",
		"\x1bPq#0;2;0;0;0#0~~@@\x1b\\\x1b_Ga=q\x1b\\":                  "=",
		"\x1b[2\x1b[Kx\x1b\x1b[A\x1b(B\x1b":                            "=",
		"\x1b[31":                                                      "=", // cut short
		"\x1b]5522;type=write:id=1\x1b\\":                              "=",

		"a\x1b]52;c;?\x07b":                "a\x1b\\b",
		"a\x1b]52;c;?\x1b\\b":              "a\x1b\\b",
		"a\x1b]52;;?\x9cb":                 "a\x1b\\b",
		"a\x1b]52;cpqs0;?anything\x07b":    "a\x1b\\b",
		"a\x1b]052;c;?\x07b":               "a\x1b\\b",
		"a\x1b]5\x002;c\x01;\x02?\x07b":    "a\x1b\\b",
		"a\xc2\x9d52;c;?\x07b":             "a\x1b\\b",
		"a\x9d52;c;?\x07b":                 "a\x1b\\b",
		"a\x1bPtmux;\x1b\x1b]52;c;?\x07b":  "a\x1bPtmux;\x1b\x1b\\b",
		"a\x1b]0;x\x1b]52;c;?\x07b":        "a\x1b]0;x\x1b\\b",
		"a\x1b]52;c;?\x1b[31mb":            "a\x1b\\\x1b[31mb",
		"a\x1b]5522;type=read;bWlt\x1b\\b": "a\x1b\\b",
		"a\x1b]5522;id=1:type=read\x1b\\b": "a\x1b\\b",
		"a\x1b[21tb":                       "a\x1b\\b",
		"a\x1b[20tb\x1b[021;1tc":           "a\x1b\\b\x1b\\c",
		"a\x1b[2\n1tb\x1b\x00[21tc":        "a\x1b\\b\x1b\\c",
		"a\x9b21tb\xc2\x9b21tc":            "a\x1b\\b\x1b\\c",
		"é\xc2\x9b21t\xc2":                 "é\x1b\\\xc2",
		"a\x1b\x1b[21t[21tb":               "a\x1b\x1b\\[21tb", // what is apart stays apart
		"a\x1b[2\x1b[21t1tb":               "a\x1b[2\x1b\\1tb",
		"a\x1b]52;c\x1b[21t;?\x07b":        "a\x1b]52;c\x1b\\;?\x07b",
		"a\x1b\xc2\x9b21t[21tb":            "a\x1b\x1b\\[21tb",
	}
	for in, want := range tests {
		if want == "=" {
			want = in
		}
		for cut := range len(in) + 1 {
			_, f := newLive()
			if got := filterAll(f, in[:cut], in[cut:]); got != want {
				t.Errorf("%q cut at %d: %q; want %q", in, cut, got, want)
			}
		}
	}
}

// TestFilterIsBounded: what never ends is not kept. A string passes, an undecided sequence goes.
func TestFilterIsBounded(t *testing.T) {
	for begin, passes := range map[string]bool{
		"\x1b]0;": true, "\x1b]52;c;A": true, "\x1bPq": true, "\x1b_G": true,
		"\x1b]52;": false, "\x1b[1": false, "\x1b]5522;": false,
	} {
		_, f := newLive()
		in := begin + strings.Repeat("1", 1<<20)
		var out []byte
		for i := 0; i < len(in); i += 1000 {
			out = append(out, f.Pass([]byte(in[i:min(i+1000, len(in))]))...)
		}
		if cap(f.held) > 4*maxUndecided || cap(f.ctl.text) > 4*maxUndecided {
			t.Errorf("%q: %d and %d bytes are kept", begin, cap(f.held), cap(f.ctl.text))
		}
		if passes && string(out) != in || !passes && string(out) != "\x1b\\" {
			t.Errorf("%q: %d of %d bytes pass", begin, len(out), len(in))
		}
		if got := filterAll(f, "\x07\x1b[0mend"); !strings.HasSuffix(got, "end") {
			t.Errorf("%q: then %q", begin, got)
		}
	}
	_, f := newLive()
	if got := filterAll(f, "\x1b", strings.Repeat("\x00", 3*maxUndecided), "[21tend"); strings.Contains(got, "21t") {
		t.Errorf("a padded sequence passes: %q", got)
	}
}

func TestLiveNotes(t *testing.T) {
	for in, kind := range map[string]question{
		"\x1b[c": AskAttributes, "\x1b[>0c": AskAttributes, "\x1bZ": AskAttributes, "\x1b[=c": askString, "\x1b[?69$p": AskMode,
		"\x1b[?u": askKeyboard, "\x1b[?4m": askKeyboard, "\x1b[5n": askStatus, "\x1b[18t": askWindow, "\x1b[?1004h": askFocus,
		"\x1b[?1;1000h": askMouse, "\x1b]11;?\x07": AskColor, "\x1b]4;1;?\x1b\\": AskColor, "\x1b[>q": askString,
		"\x1b_Ga=q\x1b\\": askGraphics, "\x1b[?2048h": askWindow,
	} {
		l, f := newLive()
		if got := filterAll(f, in); got != in || !l.Asked.has(kind) {
			t.Errorf("%q: %q, noted %b; want %b", in, got, l.Asked.set.Load(), kind)
		}
	}
	for in, want := range map[string]Modes{
		"\x1b[?1049h":                   {Alt: 1049},
		"\x1b[?25;1049h":                {Alt: 1049},
		"\x1b[?47h":                     {Alt: 47},
		"\x1b[?1049h\x1b[?1049l":        {},
		"\x1b[?1049h\x1bc":              {},
		"\x1b[?6h":                      {origin: true},
		"\x1b[?6h\x1b[!p":               {},
		"\x1b]11;#123\x07":              {colors: true},
		"\x1b]4;1;#123\x07":             {colors: true},
		"\x1b]11;?\x07\x1b]10\x07":      {},
		"\x1b[1049h\x1b[>1049h\x1b[?1l": {},
	} {
		l, f := newLive()
		if filterAll(f, in); l.Modes() != want {
			t.Errorf("%q: %+v; want %+v", in, l.Modes(), want)
		}
	}
}

// TestFilterPassesText passes random text of all kinds in random pieces.
func TestFilterPassesText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "漢", "é", "─", "┛", "Û", "Ý", " ", "\r\n", "😀", "\x1b[1;31m", "\x1b[0m", "\x1b]0;t\x07", "\x1b]8;;x\x1b\\", "\xff", "\x80"}
	for range 200 {
		var in strings.Builder
		for range random.IntN(500) {
			in.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		_, f := newLive()
		var pieces []string
		for rest := in.String(); rest != ""; {
			n := 1 + random.IntN(len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if got := filterAll(f, pieces...); got != in.String() {
			t.Fatalf("%q becomes %q", pieces, got)
		}
	}
}

func BenchmarkFilter(b *testing.B) {
	for name, in := range map[string]string{
		"plain":  strings.Repeat("The quick brown fox jumps over the lazy dog, 42 times a day.\r\n", 512),
		"utf-8":  strings.Repeat("┃ naïve ── 漢字仮名交じり文 ┗━┛ größer\r\n", 700),
		"colour": strings.Repeat("\x1b[32m-rw-r--r--\x1b[0m 1 root root 4096 \x1b[1;34mdirectory\x1b[0m\r\n", 512),
		"vim":    strings.Repeat("\x1b[12;34H\x1b[38;5;114mfunc\x1b[m main\x1b[K", 800),
	} {
		b.Run(name, func(b *testing.B) {
			_, f := newLive()
			p := []byte(in)
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				f.Pass(p)
			}
		})
	}
}
