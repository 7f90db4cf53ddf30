package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Transcript writes the plain text of a recording: what is left on each line when the program is done with it. Escape sequences are gone;
// what a full-screen program drew is one line, "[full-screen program, 12 s]"; so is a mark, "[detached]". It is a reading of lines, no
// terminal: a program that moves the cursor up to write over lines has them twice. It needs little memory, however long the lines
// are. The error is that of [Play].
func Transcript(r io.Reader, w io.Writer) error {
	in, err := newReader(r)
	if err != nil {
		return err
	}
	const buffer = 64 << 10
	t := &transcript{w: bufio.NewWriterSize(w, buffer)}
	for {
		m, err := in.next()
		if err != nil {
			t.finish(in.at)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, t.w.Flush())
		}
		switch m.code {
		case string(rune(codeOutput)):
			t.output(m.at, m.data)
		case string(rune(codeMark)):
			t.remark(m.data)
		}
	}
}

// transcript takes output and writes its lines.
type transcript struct {
	w     *bufio.Writer
	line  line
	parse parser
	full  bool          // a full-screen program is on the alternate screen
	since time.Duration // when it came
	at    time.Duration
	open  bool // the beginning of a line has been written, and not its end
}

func (t *transcript) output(at time.Duration, data string) {
	t.at = at
	for _, r := range data {
		switch what := t.parse.next(r); {
		case what == sequence:
			t.control()
		case what == restart:
			t.screen(false)
		case what == within, t.full:
		case r == '\n':
			t.end()
		case !t.line.put(r):
			t.overflow()
			t.line.put(r)
		}
	}
}

// control does what a control sequence asks for, as far as it is about one line.
func (t *transcript) control() {
	p := &t.parse
	if p.private {
		if p.final == 'h' || p.final == 'l' {
			for _, mode := range p.numbers() {
				if mode == 47 || mode == 1047 || mode == 1049 {
					t.screen(p.final == 'h')
				}
			}
		}
		return
	}
	if t.full {
		return
	}
	switch n := p.number(0); p.final {
	case 'H', 'f': // elsewhere on the screen: what comes is another line
		if len(t.line.cells) > 0 {
			t.end()
		}
	default:
		t.line.control(p.final, n)
	}
}

// screen notes that the alternate screen comes or goes.
func (t *transcript) screen(full bool) {
	if full == t.full {
		return
	}
	t.full = full
	if full {
		t.since = t.at
		return
	}
	t.aside(fmt.Sprintf("full-screen program, %d s", int((t.at - t.since).Round(time.Second).Seconds())))
}

// remark writes a mark. A full-screen program stays one.
func (t *transcript) remark(label string) {
	if label = kube.Sanitize(label); label != "" {
		t.aside(label)
	}
}

// aside writes a line of our own.
func (t *transcript) aside(text string) {
	if t.open || len(t.line.cells) > 0 {
		t.end()
	}
	_, _ = t.w.WriteString("[" + text + "]\n")
}

// end writes the line and its end.
func (t *transcript) end() {
	_, _ = t.w.WriteString(kube.Sanitize(t.line.text()))
	_ = t.w.WriteByte('\n')
	t.line.clear()
	t.open = false
}

// overflow writes what there is of a line that does not end.
func (t *transcript) overflow() {
	for _, cell := range t.line.cells {
		_, _ = t.w.WriteString(kube.Sanitize(cell))
	}
	t.line.clear()
	t.open = true
}

// finish writes what is left.
func (t *transcript) finish(at time.Duration) {
	t.at = at
	t.screen(false)
	if t.open || len(t.line.cells) > 0 {
		t.end()
	}
}
