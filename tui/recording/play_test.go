package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	head2 = `{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "title": "Demo"}` + "\n"
	head3 = `{"version": 3, "term": {"cols": 90, "rows": 30, "type": "xterm"}, "timestamp": 1504467315}` + "\n"
)

// shown notes what is written, and when.
type shown struct {
	begun time.Time
	list  []moment
}

func (s *shown) Write(p []byte) (int, error) {
	s.list = append(s.list, moment{at: time.Since(s.begun).Round(time.Millisecond), data: string(p)})
	return len(p), nil
}

// Output comes at its time, and nothing else does.
func TestPlay(t *testing.T) {
	two := head2 + `[0.5, "o", "a"]
[1.0, "i", "secret"]
[1.5, "o", "b"]

[1.6, "m", "x"]
[11.5, "o", "c"]
[3, "o", "d"]
[11.5, "z", {"any": 1}]
`
	three := head3 + `# a comment
[0.5, "o", "a"]
[1, "o", "b"]
[4, "m", ""]
[6, "o", "c"]
[-3, "o", "d"]
[1, "x", "0"]`
	at := func(ms ...time.Duration) (list []moment) {
		for i, m := range ms {
			list = append(list, moment{at: m * time.Millisecond, data: string(rune('a' + i))})
		}
		return list
	}
	idle := strings.Replace(two, `"title"`, `"idle_time_limit": 4, "title"`, 1)
	for name, c := range map[string]struct {
		text string
		o    PlayOptions
		want []moment
	}{
		"v2":                   {two, PlayOptions{}, at(500, 1500, 11500, 11500)},
		"v3":                   {three, PlayOptions{}, at(500, 1500, 11500, 11500)},
		"faster":               {two, PlayOptions{Speed: 2}, at(250, 750, 5750, 5750)},
		"slower":               {two, PlayOptions{Speed: 0.5}, at(1000, 3000, 23000, 23000)},
		"idle limit":           {two, PlayOptions{IdleLimit: 2 * time.Second}, at(500, 1500, 3500, 3500)},
		"both":                 {two, PlayOptions{IdleLimit: 2 * time.Second, Speed: 2}, at(250, 750, 1750, 1750)},
		"the recording's own":  {idle, PlayOptions{}, at(500, 1500, 5500, 5500)},
		"cut off":              {two + `[12.0, "o", "ne`, PlayOptions{}, at(500, 1500, 11500, 11500)},
		"with carriage return": {strings.ReplaceAll(two, "\n", "\r\n"), PlayOptions{}, at(500, 1500, 11500, 11500)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shown{begun: time.Now()}
				if err := Play(t.Context(), iotest.OneByteReader(strings.NewReader(c.text)), s, c.o); err != nil || !reflect.DeepEqual(s.list, c.want) {
					t.Errorf("played %v, %v, want %v", s.list, err, c.want)
				}
			})
		})
	}
}

// Playing ends with its context, in the middle of a pause too.
func TestPlayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		s := &shown{begun: time.Now()}
		err := Play(ctx, strings.NewReader(head2+`[1,"o","a"]`+"\n"+`[1e300,"o","b"]`+"\n"), s, PlayOptions{})
		if !errors.Is(err, context.DeadlineExceeded) || len(s.list) != 1 || time.Since(s.begun) != 2*time.Second {
			t.Errorf("after %v: %v, shown %v", time.Since(s.begun), err, s.list)
		}
	})
}

// What a Writer writes, Play plays.
func TestRoundTrip(t *testing.T) {
	d := &disk{}
	w := start(t, d, Options{Input: true})
	var want strings.Builder
	for i := range 3000 {
		text := fmt.Sprintf("%d\x1b[31mé漢🙂\x00\x7f\u009b\"\\</script>\r\n", i)
		want.WriteString(text)
		for b := range strings.SplitSeq(text, "") {
			w.Output([]byte(b))
		}
		w.Input([]byte("x"))
	}
	closed(t, w)
	var got strings.Builder
	if err := Play(t.Context(), &d.buf, &got, PlayOptions{Sleep: func(context.Context, time.Duration) error { return nil }}); err != nil || got.String() != want.String() {
		t.Errorf("%v; played %d bytes, want %d", err, got.Len(), want.Len())
	}
}

// What is no recording, or a broken one, is a problem with the number of the line.
func TestPlayTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		text, what, hint, played string
	}{
		"empty":      {"", "this is not a recording: its first line is not a header", "asciicast v2 and v3", ""},
		"text":       {"hello\n", "this is not a recording: its first line is not a header", "asciicast v2 and v3", ""},
		"v1":         {`{"version": 1, "width": 80, "height": 24, "stdout": [[0.2, "x"]]}`, "this recording is in asciicast v1, which is not supported", "asciinema convert", ""},
		"v1, pretty": {"{\n  \"version\": 1,\n", "this recording is in asciicast v1, which is not supported", "asciinema convert", ""},
		"v4":         {`{"version": 4}`, "this recording is in version 4 of its format", "asciicast v2 and v3", ""},
		"bad JSON":   {head2 + "[1, \"o\", \"a\"]\n[2, \"o\", \"b\n[3, \"o\", \"c\"]\n", "line 3 of the recording is not an event", "what comes before it", "a"},
		"no array":   {head2 + "{}\n", "line 2 of the recording is not an event", "", ""},
		"too short":  {head2 + "[1, \"o\"]\n", "line 2 of the recording is not an event", "", ""},
		"no time":    {head2 + "[\"1\", \"o\", \"a\"]\n", "line 2 of the recording is not an event", "", ""},
		"no text":    {head2 + "[1, \"o\", 5]\n", "line 2 of the recording is not an event", "", ""},
		"deep":       {head2 + "[1, \"o\", " + strings.Repeat("[", 1e6) + "\n", "line 2 of the recording is not an event", "", ""},
		"long":       {head2 + "[1, \"o\", \"" + strings.Repeat("x", longestLine) + "\"]\n", "line 2 of the recording is longer than 16 MB", "", ""},
	} {
		for _, read := range []func(io.Reader, io.Writer) error{
			func(r io.Reader, w io.Writer) error { return Play(t.Context(), r, w, PlayOptions{Speed: 1e6}) }, Transcript,
		} {
			var out bytes.Buffer
			err := read(strings.NewReader(c.text), &out)
			var p *kube.Problem
			if !errors.As(err, &p) || p.Message != c.what || !strings.Contains(p.Hint, c.hint) || strings.TrimSpace(out.String()) != c.played {
				t.Errorf("%s: played %.100q, %#v, want %s", name, &out, err, c.what)
			}
		}
	}
	broken := errors.New("cut")
	err := Play(t.Context(), io.MultiReader(strings.NewReader(head2), iotest.ErrReader(broken)), io.Discard, PlayOptions{})
	if !errors.Is(err, broken) || err.Error() != "read the recording: cut" {
		t.Errorf("the error is %v", err)
	}
}

// A line may be as long as 16 MB.
func TestLongLine(t *testing.T) {
	text := strings.Repeat("x", longestLine-100)
	var out bytes.Buffer
	if err := Play(t.Context(), strings.NewReader(head2+`[0, "o", "`+text+"\"]\n"), &out, PlayOptions{}); err != nil || out.String() != text {
		t.Errorf("%v; %d bytes", err, out.Len())
	}
}

// Look leaves the recording as it was.
func TestLook(t *testing.T) {
	text := head3 + strings.Repeat("[1, \"o\", \"a\"]\n", 1e5)
	header, r, err := Look(strings.NewReader(text))
	want := Header{Version: 3, Cols: 90, Rows: 30, Term: "xterm", Time: time.Unix(1504467315, 0).UTC()}
	if err != nil || header != want {
		t.Fatalf("the header is %+v, %v", header, err)
	}
	if all, err := io.ReadAll(r); err != nil || string(all) != text {
		t.Errorf("%d bytes are left, %v", len(all), err)
	}
}
