package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// longestLine bounds a line of a recording, in bytes.
const longestLine = 16 << 20

// moment is one event of a recording.
type moment struct {
	at   time.Duration // since the beginning; never less than before
	code string
	data string
}

// reader reads a recording, line by line.
type reader struct {
	lines  *bufio.Reader
	number int // of the line that was read last, from 1
	long   []byte
	header Header
	at     time.Duration
}

// newReader reads the header. The error is a [*kube.Problem].
func newReader(r io.Reader) (*reader, error) {
	const chunk = 64 << 10
	in := &reader{lines: bufio.NewReaderSize(r, chunk)}
	for {
		line, _, err := in.line()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if in.number == 1 { // an editor may have put it there
			line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		}
		if len(line) == 0 && err == nil {
			continue
		}
		in.header, err = parseHeader(line)
		return in, err
	}
}

// line is the next line without its end; whole says whether it had one. It is valid until the next call. At the end the error is io.EOF.
func (r *reader) line() (line []byte, whole bool, err error) {
	r.number++
	r.long = r.long[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		if len(r.long)+len(part) > longestLine {
			return nil, false, r.broken(fmt.Sprintf("is longer than %d MB", longestLine>>20), nil)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			r.long = append(r.long, part...)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, false, problem("read the recording", "check the disk, or the program that pipes it", err)
		}
		whole = err == nil
		if line = part; len(r.long) > 0 {
			r.long = append(r.long, part...)
			line = r.long
		}
		if len(line) == 0 {
			return nil, false, io.EOF
		}
		return bytes.TrimSpace(line), whole, nil
	}
}

// next is the next event. At the end the error is io.EOF, otherwise a [*kube.Problem] with the number of the line. A last line that
// has no end and is not an event is what was being written when the recording was cut off; it counts for nothing.
func (r *reader) next() (moment, error) {
	for {
		line, whole, err := r.line()
		if err != nil {
			return moment{}, err
		}
		if len(line) == 0 || r.header.Version == 3 && line[0] == '#' {
			continue
		}
		at, m, err := parseEvent(line)
		if err != nil && !whole {
			return moment{}, io.EOF
		}
		if err != nil {
			return moment{}, r.broken("is not an event", err)
		}
		if r.header.Version == 3 { // times since the event before
			at += r.at
		}
		r.at = max(r.at, at)
		m.at = r.at
		return m, nil
	}
}

func (r *reader) broken(how string, err error) error {
	return &kube.Problem{
		Message: fmt.Sprintf("line %d of the recording %s", r.number, how),
		Hint:    "only what comes before it can be shown; remove that line to try the rest", Err: err,
	}
}

func parseEvent(line []byte) (at time.Duration, m moment, err error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil {
		return 0, m, err
	}
	const fields = 3
	if len(parts) < fields {
		return 0, m, errors.New("an event has a time, a code and data")
	}
	var s float64
	if err := json.Unmarshal(parts[0], &s); err != nil {
		return 0, m, err
	}
	if err := json.Unmarshal(parts[1], &m.code); err != nil {
		return 0, m, err
	}
	switch m.code {
	case string(rune(codeOutput)), string(rune(codeMark)):
		err = json.Unmarshal(parts[2], &m.data)
	}
	return seconds(s), m, err
}

// parseHeader reads the first line, of both versions.
func parseHeader(line []byte) (Header, error) {
	var h struct {
		Version       int
		Width, Height int
		Timestamp     float64
		Title         string
		Idle          float64 `json:"idle_time_limit"`
		Env           struct{ TERM string }
		Term          struct {
			Cols, Rows int
			Type       string
		}
	}
	const known = "dayfly plays recordings in asciicast v2 and v3, those of asciinema 2 and 3"
	err := json.Unmarshal(line, &h)
	switch {
	case h.Version == 1 || err != nil && regexp.MustCompile(`^\{\s*("version":\s*1\b|$)`).Match(line):
		return Header{}, &kube.Problem{
			Message: "this recording is in asciicast v1, which is not supported",
			Hint:    known + "; asciinema convert makes one of them", Err: err,
		}
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")):
		return Header{}, &kube.Problem{Message: "this recording is in UTF-16, and asciicast is UTF-8", Hint: "iconv -f UTF-16 -t UTF-8 converts it", Err: err}
	case bytes.HasPrefix(line, []byte("\x1f\x8b")):
		return Header{}, &kube.Problem{Message: "this recording is compressed with gzip", Hint: "gunzip it first", Err: err}
	case err != nil:
		return Header{}, &kube.Problem{Message: "this is not a recording: its first line is not a header", Hint: known, Err: err}
	case h.Version != 2 && h.Version != 3:
		return Header{}, &kube.Problem{Message: fmt.Sprintf("this recording is in version %d of its format", h.Version), Hint: known}
	}
	head := Header{Version: h.Version, Cols: h.Width, Rows: h.Height, Title: kube.Sanitize(h.Title), Term: kube.Sanitize(h.Env.TERM), idle: h.Idle}
	if h.Version == 3 {
		head.Cols, head.Rows, head.Term = h.Term.Cols, h.Term.Rows, kube.Sanitize(h.Term.Type)
	}
	if when := int64(h.Timestamp); when > 0 && when < 1<<40 {
		head.Time = time.Unix(when, 0).UTC()
	}
	return head, nil
}

// Look reads the header of a recording, and gives a reader of all of it, the header included.
func Look(r io.Reader) (Header, io.Reader, error) {
	var seen bytes.Buffer
	in, err := newReader(io.TeeReader(r, &seen))
	if err != nil {
		return Header{}, nil, err
	}
	return in.header, io.MultiReader(&seen, r), nil
}
