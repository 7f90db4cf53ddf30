package vt_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

func TestReplay(t *testing.T) {
	questions := []string{
		"\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[?996n", "\x1b[c", "\x1b[0c", "\x1b[>c", "\x1b[=c", "\x1bZ", "\x05",
		"\x1b[?2026$p", "\x1b[4$p", "\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\", "\x1b[>q", "\x1b[>0q",
		"\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]12;?\x9c", "\x1b]52;c;?\x07", "\x1b]52;c;aGVsbG8=\x07",
		"\x1b]21;foreground=?\x1b\\", "\x1b[?u", "\x1b[?4m", "\x1b[11t", "\x1b[14t", "\x1b[18t", "\x1b[20t", "\x1b[21t",
		"\x1b[x", "\x1b[1x", "\x1b[1;1;1;1;1;1*y", "\x1b[1$w", "\x1b[?1;1;0S", "\x1b_Gi=1,a=q;AAAA\x1b\\", "\x1b]1337;ReportCellSize\x07",
		"\x1b[?2048h", "\xc2\x9b6n", "\x9b6n",
	}
	for _, q := range questions {
		for cut := range len(q) + 1 {
			r := vt.NewReplayFilter()
			got := string(r.Pass([]byte("a" + q[:cut])))
			if got += string(r.Pass([]byte(q[cut:] + "b"))); got != "a\x1b\\b" && (q != "\x05" || got != "ab") {
				t.Errorf("%q cut at %d: %q", q, cut, got)
			}
		}
	}
	harmless := []string{
		"\x1b[31m", "\x1b[2J", "\x1b[10;10H", "\x1b]0;who?\x07", "\x1b]8;;http://x/?y\x1b\\", "\x1b]10;#fff\x07", "\x1b[22;0t", "\x1b[8;24;80t",
		"\x1bPq~~\x1b\\", "\x1b[>4;1m", "\x1b[2 q", "\x1b[?25h", "\x1b(B", "漢字", "\x1b]1337;File=inline=1:AAAA\x07",
	}
	for _, s := range harmless {
		if got := string(vt.NewReplayFilter().Pass([]byte("a" + s + "b"))); got != "a"+s+"b" {
			t.Errorf("%q becomes %q", "a"+s+"b", got)
		}
	}
}

func TestReplayLineEnds(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb\n": "a\r\nb\r\n", "a\r\nb\r\n": "a\r\nb\r\n", "\n\n": "\r\n\r\n", "\r\r\n": "\r\r\n", "10%\r20%\n": "10%\r20%\r\n", "": "", "\n": "\r\n", "a": "a",
	} {
		for cut := range len(in) + 1 {
			r := vt.NewReplayFilter()
			got := string(r.Pass([]byte(in[:cut])))
			if got += string(r.Pass([]byte(in[cut:]))); got != want {
				t.Errorf("%q cut at %d: %q; want %q", in, cut, got, want)
			}
		}
	}
	if got := string(vt.NewReplayFilter().Pass([]byte(strings.Repeat("x\n", 3)))); got != "x\r\nx\r\nx\r\n" {
		t.Errorf("%q", got)
	}
}

// NewReplay is the same for a writer: it takes all, and passes on what is harmless.
func TestNewReplay(t *testing.T) {
	var out bytes.Buffer
	w := vt.NewReplay(&out)
	for _, p := range []string{"a\x1b]52;c", ";?\x07b\n", "", "\x1b[6", "nc\x1b[31m"} {
		if n, err := io.WriteString(w, p); n != len(p) || err != nil {
			t.Errorf("%q: %d, %v", p, n, err)
		}
	}
	if got, want := out.String(), "a\x1b\\b\r\n\x1b\\c\x1b[31m"; got != want {
		t.Errorf("%q passes, want %q", got, want)
	}
	broken, end := io.Pipe()
	_ = broken.Close()
	if n, err := io.WriteString(vt.NewReplay(end), "a"); n != 0 || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%d, %v", n, err)
	}
}
