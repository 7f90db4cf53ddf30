package vt

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzFilter: whatever a program prints, what passes does not depend on where its output is cut, is not much longer, asks nothing that
// is refused, and goes through a second time unchanged.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"a\x1b]52;c;?\x07b", "\x1b[21t", "\xc2\x9b21t", "é\xe2\x94\x9b\x9d52;c;?\x9c", "\x1b]52;\x18\x1b[2\x1b]", "\x1b]11;?\x1b\\", "\x1bPtmux;\x1b\x1b[21t",
	} {
		f.Add([]byte(seed), uint16(1), uint16(2))
		f.Add([]byte(seed), uint16(3), uint16(9))
	}
	f.Fuzz(func(t *testing.T, in []byte, a, b uint16) {
		if len(in) > maxUndecided/4 {
			return
		}
		i := int(a) % (len(in) + 1)
		j := i + int(b)%(len(in)-i+1)
		l, whole := newLive()
		want := filterAll(whole, string(in))
		for _, pieces := range [][]string{{string(in[:i]), string(in[i:j]), string(in[j:])}, strings.Split(string(in), "")} {
			l2, cut := newLive()
			if got := filterAll(cut, pieces...); got != want || l2.Modes() != l.Modes() || l2.Asked.set.Load() != l.Asked.set.Load() {
				t.Fatalf("cut: %q; whole: %q", got, want)
			}
		}
		if len(want) > 2*len(in) {
			t.Fatalf("%d bytes become %d: %q", len(in), len(want), want)
		}
		if !slices.ContainsFunc(in, matters) && want != string(in) {
			t.Fatalf("%q has nothing that begins a sequence, and becomes %q", in, want)
		}
		if found := refusedIn(want); found != "" {
			t.Fatalf("%q becomes %q, in which there still is %q", in, want, found)
		}
		_, again := newLive()
		if got := filterAll(again, want); got != want {
			t.Fatalf("%q becomes %q, which is not clean: %q", in, want, got)
		}
	})
}

// FuzzReplay: what passes does not depend on where the log is cut, asks nothing, and has no line end without a CR.
func FuzzReplay(f *testing.F) {
	for _, seed := range []string{"a\x1b[6n\nb", "\x1b]11;?\x07\r\n", "\xc2\x9bc\n", "\x1bP$qm\x1b\\x", "\x1b_Gx\x1b\\"} {
		f.Add([]byte(seed), uint16(1))
		f.Add([]byte(seed), uint16(5))
	}
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		if len(in) > maxUndecided/4 {
			return
		}
		want := string(NewReplayFilter().Pass(in))
		cut, i := NewReplayFilter(), int(at)%(len(in)+1)
		got := string(cut.Pass(in[:i]))
		if got += string(cut.Pass(in[i:])); got != want {
			t.Fatalf("cut at %d: %q; whole: %q", i, got, want)
		}
		if found := refusedIn(want); found != "" {
			t.Fatalf("%q becomes %q, in which there still is %q", in, want, found)
		}
		again := NewReplayFilter()
		if got := string(again.Pass([]byte(want))) + string(again.Filter.held); got != want {
			t.Fatalf("%q becomes %q, which still asks: %q", in, want, got)
		}
	})
}

// matters tells the bytes that may begin a sequence, and the one that is a question by itself.
func matters(b byte) bool { return strings.IndexByte("\x05\x1b\x90\x9a\x9b\x9d\x9f", b) >= 0 }

// refusedIn finds a request that must not reach a terminal in what has passed. It knows nothing of the filter: it looks for the requests
// as xterm's and the other terminals' documents write them down, when what terminals pass over inside of them has been taken out.
func refusedIn(output string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 && r != 0x05 && r != 0x07 && r != 0x18 && r != 0x1a && r != 0x1b, r == 0x7f:
			return -1
		}
		return r
	}, strings.NewReplacer("\u0090", "\x1bP", "\u009a", "\x1bZ", "\u009b", "\x1b[", "\u009d", "\x1b]", "\u009f", "\x1b_").Replace(output))
	return regexp.MustCompile(strings.Join([]string{
		`\x05`,
		`\x1b\[0*2[01]([;:][0-9;:]*)?t`,               // titles
		`\x1b\[0*7([;:][0-9;:]*)?n`,                   // display
		`\x1b\[\??[0-9;:]*i`,                          // printer
		`\x1b\[[0-9;:]*\*[yz]`,                        // checksum of the screen, macro
		`\x1bG`,                                       // rxvt's graphics
		`\x1bP[0-9;:]*([$+]q|\+p|\||!z|@)`,            // settings, capabilities, keys, macros, remote control
		`\x1bP0*1000p`,                                // tmux
		`\x1b\]0*52;[^;\x07\x18\x1a\x1b]*;\?`,         // clipboard
		`\x1b\]0*(3|51)[;\x07]`,                       // properties, editor
		`\x1b\]0*(50|71[0-3]);[^\x07\x18\x1a\x1b]*\?`, // fonts
		`\x1b\]0*1337;ReportVariable`,
		`\x1b\]0*5522;([^;\x07\x18\x1a\x1b]*:)?type=read[:;\x07]`,
	}, "|")).FindString(plain)
}
