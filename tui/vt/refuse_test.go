package vt

import (
	"strings"
	"testing"
)

// Neither a program nor a log may ask a terminal for these, in any of the ways in which they can be written, and wherever they are cut.
func TestRefused(t *testing.T) {
	requests := []string{
		"\x1b[20t", "\x1b[21t", "\x1b[0021;1t", "\x1b[2\b1t", // titles
		"\x1b]52;c;?\x07", "\x1b]52;;?\x1b\\", "\x1b]52;pc;?\x07", "\x1b]5522;type=read;bWlt\x1b\\", "\x1b]5522;type=read\x1b\\", // the clipboard
		"\x1bP$qm\x1b\\", "\x1bP$q q\x1b\\", "\x1bP1$q\"p\x1b\\", "\x1bP$qecho pwned\x1b\\", // DECRQSS
		"\x1bP+q544e\x1b\\", "\x1bP+q\x1b\\", "\x1bP+p6b31=41\x1b\\", // XTGETTCAP, XTSETTCAP
		"\x1bP0;1|17/64617465\x1b\\", "\x1bP|17/0a\x1b\\", // DECUDK
		"\x1bP1;0;1!z1B5B323174\x1b\\", "\x1b[1*z", // DECDMAC, DECINVM
		"\x1b[1;1;1;1;1;1*y",                                                    // DECRQCRA
		"\x1bP@kitty-cmd{\"cmd\":\"launch\"}\x1b\\",                             // kitty
		"\x1bP1000p\x1b\\",                                                      // tmux
		"\x1b]50;?\x07", "\x1b]50;#1?\x07", "\x1b]710;?\x07", "\x1b]713;x?\x07", // fonts
		"\x1b]3;WM_NAME\x07", "\x1b]51;[\"call\",\"Tapi_x\",[]]\x07", "\x1b]51;Efind-file x\x1b\\",
		"\x1b]1337;ReportVariable=c2Vzc2lvbi5uYW1l\x07",
		"\x1b[7n", "\x1b[5i", "\x1b[i", "\x1b[?5i",
	}
	eight := strings.NewReplacer("\x1bP", "\xc2\x90", "\x1b[", "\xc2\x9b", "\x1b]", "\xc2\x9d", "\x1b\\", "\xc2\x9c")
	raw := strings.NewReplacer("\x1bP", "\x90", "\x1b[", "\x9b", "\x1b]", "\x9d", "\x1b\\", "\x9c")
	tmux := strings.NewReplacer("\x1b", "\x1b\x1b")
	for _, request := range requests {
		for way, r := range map[string]string{
			"plain": request, "C1": eight.Replace(request), "C1 alone": raw.Replace(request), "with answerback": strings.Join(strings.Split(request, ""), "\x05"),
			"through tmux": "\x1bPtmux;" + tmux.Replace(request) + "\x1b\\", "in a title": "\x1b]0;" + request,
		} {
			in := "a" + r + "b"
			for cut := range len(in) + 1 {
				_, live := newLive()
				past := NewReplayFilter()
				replayed := string(past.Pass([]byte(in[:cut])))
				replayed += string(past.Pass([]byte(in[cut:])))
				for who, got := range map[string]string{
					"live":   filterAll(live, in[:cut], in[cut:]),
					"replay": replayed,
				} {
					if found := refusedIn(got); found != "" {
						t.Fatalf("%s, %s: %q cut at %d becomes %q, in which there still is %q", who, way, in, cut, got, found)
					}
					if way != "through tmux" && way != "in a title" && (got[0] != 'a' || !strings.HasSuffix(got, "b") || len(got) > len("a\x1b\\\x1b\\b")) {
						t.Fatalf("%s, %s: %q becomes %q", who, way, in, got)
					}
				}
			}
		}
	}
}

// What programs need of a terminal passes, and so does what looks like a refused request and is none.
func TestNotRefused(t *testing.T) {
	for _, in := range []string{
		"\x1b[c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[?996n", "\x1b[>q", "\x1b[?2026$p", "\x1b[?u",
		"\x1b[14t", "\x1b[16t", "\x1b[18t", "\x1b[22;0t", "\x1b[23;0t", "\x1b[8;24;80t",
		"\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]12;?\x07", "\x1b]21;foreground=?\x1b\\", "\x1b]1337;ReportCellSize\x07",
		"\x1b]52;c;aGVsbG8=\x07", "\x1b]5522;type=write\x1b\\", "\x1b]0;who?\x07", "\x1b]8;;http://x/?y\x1b\\", "\x1b]50;CursorShape=1\x07", "\x1b]1337;RemoteHost=a@b\x07",
		"\x1bPq#0~~\x1b\\", "\x1bP1;0;8q~\x1b\\", "\x1bP=1s\x1b\\", "\x1bP0p\x1b\\", "\x1b(B", "\x1b7\x1b8", "\x1bM", "\x1b[4*x", "\x1b[2*|",
		"\xe2\x90\x9b[21t", "\xd0\x90\xd0\x9b\xd0\x9f\xd0\x9a", "漢\xe9\x90\x9f",
	} {
		for cut := range len(in) + 1 {
			_, live := newLive()
			if got := filterAll(live, in[:cut], in[cut:]); got != in {
				t.Errorf("%q cut at %d becomes %q", in, cut, got)
			}
		}
	}
}

// TestAnswerback: ENQ asks a terminal to type a word of its own. It goes, and nothing arises where it was.
func TestAnswerback(t *testing.T) {
	for in, want := range map[string]string{
		"a\x05b": "ab", "\x05": "", "\x05\x05": "", "\x1b\x05[21t": "\x1b\\", "\x1b[2\x051t": "\x1b\\", "\xc2\x05\x9b21t": "\x1b\\", "\xe2\x94\x05\x9b": "\xe2\x94\x9b",
		"\x1b]0;a\x05b\x07": "\x1b]0;ab\x07", "\x1b[3\x051m": "\x1b[31m",
	} {
		for cut := range len(in) + 1 {
			_, f := newLive()
			if got := filterAll(f, in[:cut], in[cut:]); got != want {
				t.Errorf("%q cut at %d becomes %q; want %q", in, cut, got, want)
			}
		}
	}
}
