package recording

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// cast is a recording of pieces of output, a second apart; "m:" begins a mark.
func cast(pieces ...string) io.Reader {
	var b strings.Builder
	b.WriteString(head2)
	for i, p := range pieces {
		code := "o"
		if label, ok := strings.CutPrefix(p, "m:"); ok {
			code, p = "m", label
		}
		data, err := json.Marshal(p)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "[%d.5, %q, %s]\n", i, code, data)
	}
	return strings.NewReader(b.String())
}

// A transcript is what a person could read on the screen.
func TestTranscript(t *testing.T) {
	for name, c := range map[string]struct {
		pieces []string
		want   string
	}{
		"plain":            {[]string{"a\r\nb", "c\r\n\r\nd"}, "a\nbc\n\nd\n"},
		"nothing":          {nil, ""},
		"colours":          {[]string{"\x1b[1;31mred\x1b[0m \x1b", "[32mgreen\u009b0m\r\n"}, "red green\n"},
		"progress":         {[]string{"10%\r20%\r100%\r\n", "long line\rshort\r\n", "long line\r\x1b[Kshort\r\n"}, "100%\nshortline\nshort\n"},
		"backspace":        {[]string{"lss\b \b -l\r\n", "\b\b\bx\r\n"}, "ls -l\nx\n"},
		"line editing":     {[]string{"$ ls -l\x1b[D\x1b[D\x1b[D\x1b[3@ -a\r\n", "abcd\x1b[3D\x1b[2Px\r\n", "abc\x1b[1G\x1b[1@>\r\n"}, "$ ls -a -l\nax\n>abc\n"},
		"columns":          {[]string{"name\x1b[10Gage\r\n", "a\x1b[5Cb\r\n", "a\tb\r\n"}, "name     age\na     b\na       b\n"},
		"titles and links": {[]string{"\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\u009d0;t\u009cb\x1bPq#0\x1b\\c\x1b(B\x1b=\r\n"}, "alinkbc\n"},
		"a cut string":     {[]string{"\x1b]0;title\x18a\r\n"}, "a\n"},
		"full screen":      {[]string{"$ vi\r\n", "\x1b[?1049h\x1b[2J~\r\n~", "text", "more", "\x1b[?1049l$ ", "exit\r\n"}, "$ vi\n[full-screen program, 3 s]\n$ exit\n"},
		"to the end":       {[]string{"$ top", "\x1b[?1;47hx", "y"}, "$ top\n[full-screen program, 1 s]\n"},
		"reset":            {[]string{"\x1b[?1049hx", "\x1bcok\r\n"}, "[full-screen program, 1 s]\nok\n"},
		"clear":            {[]string{"old\x1b[H\x1b[2Jnew\r\n"}, "old\nnew\n"},
		"marks":            {[]string{"par", "m:link lost", "tial\r\n", "m:", "m:a\x1b"}, "par\n[link lost]\ntial\n[a␛]\n"},
		"wide":             {[]string{"漢字\b\bx\r\n", "e\u0301\b\u0301a\r\n"}, "漢x\na\n"},
		"hostile":          {[]string{"a\u202eb\u200b\x00\x07\x05c\r\n", "\x1b[?1049;\x1b\x1b[999999999999999999999999Gx\r\n"}, "a\ufffdb\ufffdc\n" + strings.Repeat(" ", widest) + "x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pieces := range [][]string{c.pieces, split(c.pieces)} {
				var out strings.Builder
				if err := Transcript(cast(pieces...), &out); err != nil {
					t.Fatal(err)
				}
				got, want := out.String(), c.want
				if len(pieces) != len(c.pieces) { // and so the times are others
					got, want = withoutDigits(got), withoutDigits(want)
				}
				if got != want {
					t.Errorf("in %d pieces:\n%q, want\n%q", len(pieces), got, want)
				}
			}
		})
	}
}

// split makes a piece of each character of output.
func split(pieces []string) (all []string) {
	for _, p := range pieces {
		if strings.HasPrefix(p, "m:") {
			all = append(all, p)
			continue
		}
		all = append(all, strings.Split(p, "")...)
	}
	return all
}

func withoutDigits(s string) string {
	if !strings.Contains(s, "full-screen") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// Ten megabytes without a line end are written as they come, whole and in order, and hold no memory.
func TestTranscriptWithoutLineEnds(t *testing.T) {
	const chunk, chunks = 10_000, 1000
	pieces := make([]string, chunks)
	for i := range pieces {
		pieces[i] = strings.Repeat(string(rune('a'+i%26)), chunk-1) + " "
	}
	cast := cast(pieces...)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	out := &comparer{want: strings.Join(pieces, "")}
	if err := Transcript(cast, out); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if out.wrong || out.n < chunk*chunks-1 || out.n > chunk*chunks+1 {
		t.Errorf("%d bytes, wrong: %v", out.n, out.wrong)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 30<<20 {
		t.Errorf("the heap grows by %d bytes", grown)
	}
}

// comparer compares what is written with what should be.
type comparer struct {
	want  string
	n     int
	wrong bool
}

func (c *comparer) Write(p []byte) (int, error) {
	text := strings.TrimSuffix(string(p), "\n")
	if end := c.n + len(text); end > len(c.want) || c.want[c.n:end] != text {
		c.wrong = true
	}
	c.n += len(text)
	return len(p), nil
}
