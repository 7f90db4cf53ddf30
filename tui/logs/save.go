package logs

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// file is a log to be written: what kubectl logs would have printed with the same choices. The lines are as they came, escapes and
// all: a file is for looking closely.
type file struct {
	folder   string
	name     string // without its ending
	lines    []kubelogs.Line
	times    bool // each line has its time (kubectl's --timestamps)
	prefixes bool // … and its container (--prefix)
}

// save writes the lines there are to a new file where the program was started.
func (s *Screen) save() tea.Cmd {
	if s.ring.n == 0 {
		return s.Flash("there are no lines to save")
	}
	what := s.container
	if s.all {
		what = "all"
	}
	if s.previous {
		what += "-previous"
	}
	f := file{
		folder: s.folder, name: recording.FilePart(s.Key.Name) + "-" + recording.FilePart(what) + "-" + s.Now().UTC().Format("20060102T150405Z"),
		lines: s.ring.all(), times: s.times, prefixes: s.all,
	}
	return func() tea.Msg {
		path, err := f.write()
		if err != nil {
			return savedMsg{s, "not saved: " + kube.Sanitize(err.Error()), true}
		}
		return savedMsg{s, fmt.Sprintf("saved %s with their escape sequences: %s", thousands(len(f.lines), "line"), kube.Sanitize(path)), false}
	}
}

// write makes a file that was not there before and returns its full path.
func (f *file) write() (path string, err error) {
	file, err := f.create()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriter(file)
	for i := range f.lines {
		f.line(w, &f.lines[i])
	}
	return file.Name(), w.Flush()
}

// create finds a name that is free.
func (f *file) create() (*os.File, error) {
	folder, err := filepath.Abs(f.folder)
	if err != nil {
		return nil, err
	}
	const most = 100
	for n := 1; ; n++ {
		name := f.name + ".log"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.log", f.name, n)
		}
		file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) || n == most {
			return file, err
		}
	}
}

// line writes one line. An error stays in the writer until it is flushed.
func (f *file) line(w *bufio.Writer, line *kubelogs.Line) {
	if f.prefixes {
		_, _ = w.WriteString("[" + line.Container + "] ")
	}
	if f.times && !line.Time.IsZero() {
		_, _ = w.WriteString(line.Time.UTC().Format(time.RFC3339Nano) + " ")
	}
	switch {
	case line.Mark:
		_, _ = w.WriteString(line.Text)
	case line.Cut > 0:
		_, _ = fmt.Fprintf(w, "%s … %d bytes cut", line.Raw, line.Cut)
	default:
		_, _ = w.WriteString(line.Raw)
	}
	_ = w.WriteByte('\n')
}
