package recording

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
)

// FuzzPlay: whatever a recording holds, playing ends, with no error but a problem, and never waits for a time that is less than none; its
// transcript is text that a terminal draws.
func FuzzPlay(f *testing.F) {
	for _, seed := range []string{
		head2 + "[0.1, \"o\", \"a\\r\\n\"]\n[1, \"m\", \"x\"]\n[2, \"r\", \"80x24\"]\n", head3 + "# c\n[1, \"o\", \"\\u001b[?1049hx\"]\n[-1, \"x\", \"0\"]",
		head2 + "[1e999, \"o\", \"a\"]\n", head2 + "[1, \"o\", \"\\ud800\\u001b]52;c;?\\u0007\\u009b5@\\b\\t\"]\n", "{\"version\": 1}", "{}\n[]\n",
		"{\"version\": 2, \"idle_time_limit\": -1}\n[0, \"o\", \"漢\\u0301\\u001b[1P\\u001b[1K\\u001b[9X\\u001bcx\"]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var p *kube.Problem
		var out, plain bytes.Buffer
		err := Play(t.Context(), bytes.NewReader(data), &out, PlayOptions{Sleep: func(_ context.Context, d time.Duration) error {
			if d < 0 {
				t.Errorf("it waits for %v", d)
			}
			return nil
		}})
		if err != nil && !errors.As(err, &p) {
			t.Errorf("the error is %v", err)
		}
		if !utf8.Valid(out.Bytes()) || out.Len() > 3*len(data) {
			t.Errorf("%q is played as %q", data, &out)
		}
		reading := Transcript(bytes.NewReader(data), &plain)
		if (reading == nil) != (err == nil) || err != nil && reading.Error() != err.Error() {
			t.Errorf("playing: %v; reading: %v", err, reading)
		}
		for line := range strings.Lines(plain.String()) {
			if !strings.HasSuffix(line, "\n") {
				t.Errorf("a line has no end: %q", line)
			}
			if line = strings.TrimSuffix(line, "\n"); kube.Sanitize(line) != line {
				t.Errorf("the transcript of %q has %q", data, line)
			}
		}
	})
}

// FuzzWriter: whatever a program prints, and wherever that is cut, the recording plays it, but for bytes that are no characters.
func FuzzWriter(f *testing.F) {
	for _, seed := range []string{"a\x1b[31mé漢🙂\r\n", "\xff\xe6\xbc", "\"\\\x00\x7f\u0085\u2028"} {
		f.Add([]byte(seed), uint16(1), uint16(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, a, b uint16) {
		i := int(a) % (len(data) + 1)
		j := i + int(b)%(len(data)-i+1)
		var e encoder
		for _, piece := range [][]byte{data[:i], data[i:j], data[j:]} {
			e.event(0, codeOutput, piece)
		}
		e.rest(0)
		var out bytes.Buffer
		if err := Play(t.Context(), io.MultiReader(strings.NewReader(head2), bytes.NewReader(e.out)), &out, PlayOptions{}); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(string(data))); out.String() != want {
			t.Errorf("%q, cut at %d and %d, is played as %q", data, i, j, &out)
		}
	})
}
