package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

func shop() About {
	return About{Context: "prod", Namespace: "shop", Pod: "web-7d", Container: "debugger-x2abc", Cols: 100, Rows: 30, Term: "xterm-256color"}
}

// disk is a file in memory. It takes its time when it is told to.
type disk struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	stuck  chan struct{} // nil, or writes wait until it is closed
	closed bool
}

func (d *disk) Write(p []byte) (int, error) {
	if d.stuck != nil && bytes.HasPrefix(p, []byte("[")) {
		<-d.stuck
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.buf.Write(p)
}

func (d *disk) Close() error {
	d.closed = true
	return nil
}

func (d *disk) events(t *testing.T) []moment {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	return events(t, d.buf.Bytes())
}

// events are those of a recording, of which every line must be JSON in ASCII-safe characters.
func events(t *testing.T, data []byte) (list []moment) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(data, []byte{'\n'}), []byte{'\n'})
	for i, line := range lines {
		if !json.Valid(line) || bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("line %d: %q", i+1, line)
		}
		if i == 0 {
			continue
		}
		var parts [3]any
		if err := json.Unmarshal(line, &parts); err != nil {
			t.Fatal(err)
		}
		list = append(list, moment{seconds(parts[0].(float64)), parts[1].(string), parts[2].(string)})
	}
	return list
}

func start(t *testing.T, d *disk, o Options) *Writer {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	w, err := newWriter(d, "test.cast", o.Now(), shop(), o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// letPass lets time pass, in a bubble of synctest.
func letPass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func closed(t *testing.T, w *Writer) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// What is recorded is what happened, with its times; input is not, unless it was asked for; what comes together is one event.
func TestWriter(t *testing.T) {
	for _, input := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &disk{}
			w := start(t, d, Options{Input: input})
			w.Output([]byte("$ "))
			letPass(1500 * time.Millisecond)
			w.Input([]byte("secret"))
			w.Output([]byte("l"))
			letPass(time.Millisecond)
			w.Output([]byte("s\x1b[0m\r\n\x00\"\\"))
			letPass(time.Second)
			w.Resize(80, 24)
			w.Resize(0, 0)
			w.Mark("link\x1b lost\n")
			letPass(time.Hour)
			w.Output([]byte("end"))
			closed(t, w)
			closed(t, w)
			w.Output([]byte("never"))
			w.Mark("never")
			want := []moment{{0, "o", "$ "}, {1500 * time.Millisecond, "o", "ls\x1b[0m\r\n\x00\"\\"}, {2501 * time.Millisecond, "r", "80x24"}, {2501 * time.Millisecond, "m", "link␛ lost "}, {time.Hour + 2501*time.Millisecond, "o", "end"}}
			if input {
				want = append(want[:1:1], append([]moment{{1500 * time.Millisecond, "i", "secret"}}, want[1:]...)...)
			}
			if got := d.events(t); !reflect.DeepEqual(got, want) {
				t.Errorf("input %v: the events are\n%+v, want\n%+v", input, got, want)
			}
			if !d.closed {
				t.Error("the file is left open")
			}
		})
	}
}

// A person who looks at the file meanwhile, and one whose dayfly was killed, has all but the last moment.
func TestWriterWritesSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		w := start(t, d, Options{})
		w.Output([]byte("a"))
		letPass(together)
		if got := d.events(t); len(got) != 1 {
			t.Errorf("there are %v", got)
		}
		closed(t, w)
	})
}

// The header has what a player needs, and no secret.
func TestHeader(t *testing.T) {
	t.Setenv("TOKEN", "hunter2")
	begun := time.Unix(1795230245, 0)
	line, err := shop().header(begun)
	want := `{"version":2,"width":100,"height":30,"timestamp":1795230245,"title":"shop/web-7d · debugger-x2abc · prod","env":{"TERM":"xterm-256color"}}` + "\n"
	if err != nil || string(line) != want {
		t.Errorf("the header is %s, %v, want %s", line, err, want)
	}
	line, _ = About{Pod: "a\x1b\n"}.header(begun)
	head, err := parseHeader(line)
	if want := (Header{Version: 2, Cols: 80, Rows: 24, Time: begun.UTC(), Title: "a␛ "}); err != nil || head != want {
		t.Errorf("the header is %+v, %v, want %+v", head, err, want)
	}
}

// However output is cut into pieces, no character is torn, and what is no character is replaced.
func TestCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"aé漢🙂b": "aé漢🙂b", "\xff\xfea": "\ufffd\ufffda", "\xe6\xbc": "\ufffd\ufffd", "\xe6\xbca": "\ufffd\ufffda", "\xf0\x9f\x99é": "\ufffd\ufffd\ufffdé",
		"\xed\xa0\x80": "\ufffd\ufffd\ufffd", "\u0085\u009b1m": "\u0085\u009b1m", "\x80\x80\x80\x80": "\ufffd\ufffd\ufffd\ufffd", "\xc2\xc2\xa9": "\ufffd©",
	} {
		for i := range len(text) + 1 {
			for j := i; j <= len(text); j++ {
				var e encoder
				for _, piece := range []string{text[:i], text[i:j], text[j:]} {
					e.event(0, codeOutput, []byte(piece))
				}
				e.rest(0)
				got := ""
				for _, m := range events(t, append([]byte("{}\n"), e.out...)) {
					got += m.data
				}
				if got != want {
					t.Fatalf("%q cut at %d and %d: %q, want %q", text, i, j, got, want)
				}
			}
		}
	}
}

// A clock that is set back makes no time go back.
func TestClockJumps(t *testing.T) {
	begun := time.Unix(1e9, 0)
	var now []time.Time
	for _, s := range []time.Duration{0, 5, -3600, 6, 4, 7} {
		now = append(now, begun.Add(s*time.Second))
	}
	d := &disk{}
	w := start(t, d, Options{Now: func() time.Time {
		next := now[0]
		now = now[1:]
		return next
	}})
	for range 5 {
		w.Mark("x")
	}
	closed(t, w)
	var got []time.Duration
	for _, m := range d.events(t) {
		got = append(got, m.at/time.Second)
	}
	if want := []time.Duration{5, 5, 6, 6, 7}; !reflect.DeepEqual(got, want) {
		t.Errorf("the times are %d, want %d", got, want)
	}
}

// A disk that does not keep up costs the session a moment, and the recording what did not fit, with a mark of how much that was.
func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{stuck: make(chan struct{})}
		w := start(t, d, Options{})
		chunk := bytes.Repeat([]byte("x"), 32<<10)
		const chunks = 1000
		begun := time.Now()
		for range chunks {
			w.Output(chunk)
		}
		w.Mark("detached")
		if stall := time.Since(begun); stall > 2*maxStall {
			t.Errorf("the session waited for %v", stall)
		}
		if held := cap(w.queue.data); held > 4*maxBehind {
			t.Errorf("%d bytes are held", held)
		}
		close(d.stuck)
		letPass(time.Second)
		w.Output([]byte("more"))
		closed(t, w)
		kept, missing, last := 0, "", ""
		for _, m := range d.events(t) {
			switch {
			case m.code == "m" && strings.Contains(m.data, "missing"):
				missing, _, _ = strings.Cut(m.data, " ")
			case m.code == "o":
				kept += len(m.data)
				last = m.data
			}
		}
		lost := chunks*len(chunk) + len("more") - kept
		if lost <= 0 || missing != strconv.Itoa(lost) || last != "more" {
			t.Errorf("%d bytes are lost, the mark says %s, the last is %.10q", lost, missing, last)
		}
	})
}

// What is left out at the very end is told too, and so is the beginning of a character whose rest never came.
func TestEndOfARecording(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{stuck: make(chan struct{})}
		w := start(t, d, Options{})
		chunk := bytes.Repeat([]byte("x"), 32<<10)
		const chunks = 1000
		for range chunks {
			w.Output(chunk)
		}
		over := make(chan error)
		go func() { over <- w.Close() }()
		synctest.Wait()
		close(d.stuck)
		if err := <-over; err != nil {
			t.Fatal(err)
		}
		kept, missing := 0, ""
		for _, m := range d.events(t) {
			if m.code == "m" {
				missing, _, _ = strings.Cut(m.data, " ")
				continue
			}
			kept += len(m.data)
		}
		if lost := chunks*len(chunk) - kept; lost <= 0 || missing != strconv.Itoa(lost) {
			t.Errorf("%d bytes are lost, the mark says %q", lost, missing)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		w := start(t, d, Options{})
		w.Output([]byte("a\xe6\xbc"))
		closed(t, w)
		got := ""
		for _, m := range d.events(t) {
			got += m.data
		}
		if got != "a\ufffd\ufffd" {
			t.Errorf("the recording ends with %q", got)
		}
	})
}

// A disk that never answers ends a Close all the same.
func TestStuckDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{stuck: make(chan struct{})}
		told := 0
		w := start(t, d, Options{Trouble: func(error) { told++ }})
		w.Output([]byte("a"))
		begun := time.Now()
		err := w.Close()
		if !errors.Is(err, errSlow) || time.Since(begun) != closing || told != 1 {
			t.Errorf("after %v: %v, told %d times", time.Since(begun), err, told)
		}
		close(d.stuck)
		<-w.gone
		if !d.closed || told != 1 {
			t.Errorf("closed: %v, told %d times", d.closed, told)
		}
	})
}

// A nil Writer is that of a session that is not recorded.
func TestNilWriter(t *testing.T) {
	var w *Writer
	w.Output([]byte("a"))
	w.Input([]byte("a"))
	w.Resize(1, 1)
	w.Mark("a")
	if w.Close() != nil || w.Err() != nil || w.File() != "" {
		t.Error("it is not nothing")
	}
}

// A recording is a new file for its owner alone, with a name that says what it is of.
func TestCreate(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state", "dayfly")
	now := func() time.Time { return time.Date(2026, 11, 21, 4, 4, 5, 0, time.FixedZone("", 3600)) }
	for _, want := range []string{"20261121T030405Z-shop-web-7d-debugger-x2abc.cast", "20261121T030405Z-shop-web-7d-debugger-x2abc-2.cast"} {
		w, err := Create(state, shop(), Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		closed(t, w)
		if want = filepath.Join(Folder(state), want); w.File() != want {
			t.Errorf("the file is %s, want %s", w.File(), want)
		}
	}
	odd := About{Namespace: "../..", Pod: strings.Repeat("p", 253) + "-end", Container: "a/b\x00"}
	w, err := Create(state, odd, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, w)
	name := filepath.Base(w.File())
	if filepath.Dir(w.File()) != Folder(state) || len(name) > 200 || !strings.HasPrefix(name, "20261121T030405Z-..-..") && !strings.HasPrefix(name, "20261121T030405Z-.._..-p") || !strings.HasSuffix(name, "-end-a_b_.cast") {
		t.Errorf("the name is %q", name)
	}
}

// What cannot be recorded is said with what to do.
func TestCreateTrouble(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Create(file, shop(), Options{})
	var problem *kube.Problem
	if !errors.As(err, &problem) || !strings.HasSuffix(problem.Message, "file: it is not a folder") || !strings.Contains(problem.Hint, "XDG_STATE_HOME") {
		t.Errorf("the error is %#v", err)
	}
}

// BenchmarkEncode is what each byte of output costs beside the session, on its way to the disk.
func BenchmarkEncode(b *testing.B) {
	var e encoder
	screen := logs()
	b.SetBytes(int64(len(screen)))
	for b.Loop() {
		e.event(time.Second, codeOutput, screen)
		e.out = e.out[:0]
	}
}

func logs() []byte {
	return []byte(strings.Repeat("\x1b[32m2026-11-21T03:04:05Z\x1b[0m GET /cart?id=17 200 12ms \"curl/8.5\" naïve ☃\r\n", 500))[:32<<10]
}

// BenchmarkOutput is what recording costs a stream, to a file and without one, and how much of it a disk did not keep up with.
func BenchmarkOutput(b *testing.B) {
	screen := logs()
	for _, name := range []string{"file", "nowhere"} {
		b.Run(name, func(b *testing.B) {
			to := &meter{}
			if name == "file" {
				f, err := os.Create(filepath.Join(b.TempDir(), "x.cast"))
				if err != nil {
					b.Fatal(err)
				}
				to.file = f
			}
			w, err := newWriter(to, "x", time.Now(), shop(), Options{Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(screen)))
			for b.Loop() {
				w.Output(screen)
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(100*float64(to.missing)/float64(b.N*len(screen)), "%missing")
		})
	}
}

// meter counts what the marks say is missing.
type meter struct {
	file    *os.File
	missing int
}

func (m *meter) Write(p []byte) (int, error) {
	for _, found := range regexp.MustCompile(`"(\d+) bytes are missing here`).FindAllSubmatch(p, -1) {
		n, _ := strconv.Atoi(string(found[1]))
		m.missing += n
	}
	if m.file != nil {
		return m.file.Write(p)
	}
	return len(p), nil
}

func (m *meter) Close() error {
	if m.file != nil {
		return m.file.Close()
	}
	return nil
}
