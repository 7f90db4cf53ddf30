package logs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"time"
)

// LineMost is how many bytes of a line are kept: the runtime cuts a program's lines there too, but joins them again.
const LineMost = 16 << 10

// Lines reads lines with their times. It never holds more of a line than it keeps.
type Lines struct {
	from      *bufio.Reader
	container string
}

// NewLines reads the log of a container that was asked for with its times.
func NewLines(r io.Reader, container string) *Lines {
	return &Lines{bufio.NewReaderSize(r, 64<<10), container}
}

// Next is the next line. With an error it is what there is of a line without an end, or empty.
func (l *Lines) Next() (Line, error) {
	const stamp = len("2006-01-02T15:04:05.000000000+00:00 ")
	const most = LineMost + stamp
	chunk, err := l.from.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) && len(chunk) <= most {
		return l.line(bytes.TrimSuffix(chunk, []byte("\n")), 0), err
	}
	kept, cut := append([]byte(nil), chunk[:min(len(chunk), most)]...), max(len(chunk)-most, 0)
	for errors.Is(err, bufio.ErrBufferFull) {
		chunk, err = l.from.ReadSlice('\n')
		room := min(most-len(kept), len(chunk))
		kept, cut = append(kept, chunk[:room]...), cut+len(chunk)-room
	}
	if err == nil { // its end was not kept, but counted
		cut--
	}
	return l.line(kept, cut), err
}

// idle reports whether the next line is yet to come.
func (l *Lines) idle() bool {
	buffered, err := l.from.Peek(l.from.Buffered())
	return err != nil || bytes.IndexByte(buffered, '\n') < 0
}

func (l *Lines) line(b []byte, cut int) Line {
	line := Line{Container: l.container, Cut: cut}
	stamp, rest, ok := bytes.Cut(b, []byte(" "))
	if len(stamp) < len("2006-01-02T15:04:05Z") || len(stamp) > len("2006-01-02T15:04:05.000000000+00:00") {
		ok = false
	}
	if ok {
		if at, err := time.Parse(time.RFC3339Nano, string(stamp)); err == nil {
			line.Time, b = at, rest
		}
	}
	if len(b) > LineMost {
		line.Cut, b = line.Cut+len(b)-LineMost, b[:LineMost]
	}
	line.Raw = string(b)
	line.Text = Text(line.Raw)
	if line.Cut > 0 {
		line.Text += fmt.Sprintf(" … %d bytes cut", line.Cut)
	}
	return line
}

// logMarks knows the newest lines again when they are read a second time. A log can be read from a time on, but the API knows
// times only to the second, and of a log that was rotated the beginning of that second may be missing.
type logMarks struct {
	seed   maphash.Seed
	first  time.Time // of all lines: what is older was not asked for
	second int64     // unix time of the newest line
	seen   []logMark // of lines in that second
}

type logMark struct {
	at   int64
	text uint64
}

func (m *logMarks) mark(line *Line) logMark {
	if m.seed == (maphash.Seed{}) {
		m.seed = maphash.MakeSeed()
	}
	return logMark{line.Time.UnixNano(), maphash.String(m.seed, line.Raw)}
}

func (m *logMarks) add(line *Line) {
	if !line.Time.IsZero() {
		if m.first.IsZero() {
			m.first = line.Time
		}
		if second := line.Time.Unix(); second > m.second {
			m.second, m.seen = second, m.seen[:0]
		}
	}
	const most = 200_000 // of a second; of more the oldest are forgotten, half at a time, and may come twice
	if len(m.seen) >= most {
		m.seen = append(m.seen[:0], m.seen[most/2:]...)
	}
	m.seen = append(m.seen, m.mark(line))
}

// since is where to read on from; zero: from where it began.
func (m *logMarks) since() time.Time {
	if m.first.IsZero() {
		return time.Time{}
	}
	return time.Unix(m.second, 0)
}

// again finds out which lines of a second reading are known.
func (m *logMarks) again() *logAgain {
	if len(m.seen) == 0 {
		return nil
	}
	a := &logAgain{marks: m, second: m.second, left: make(map[logMark]int, len(m.seen))}
	for _, mark := range m.seen {
		a.left[mark]++
	}
	return a
}

type logAgain struct {
	marks  *logMarks
	second int64
	left   map[logMark]int
}

func (a *logAgain) known(line *Line) bool {
	if a == nil {
		return false
	}
	if !line.Time.IsZero() && (line.Time.Unix() < a.second || line.Time.Before(a.marks.first)) {
		return true
	}
	mark := a.marks.mark(line)
	if a.left[mark] == 0 {
		return false
	}
	a.left[mark]--
	return true
}
