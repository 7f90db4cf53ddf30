package recording

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Entry is a recording that there is.
type Entry struct {
	Name     string    `json:"name"` // of the file, within the folder
	File     string    `json:"file"`
	Time     time.Time `json:"time"` // when it began
	Title    string    `json:"title,omitempty"`
	Cols     int       `json:"cols,omitempty"`
	Rows     int       `json:"rows,omitempty"`
	Seconds  float64   `json:"seconds"` // until the last event; 0 when it is not known
	Bytes    int64     `json:"bytes"`   // of the file
	Mistake  string    `json:"mistake,omitempty"`
	modified time.Time
}

// List is the recordings in the folder of dayfly's state, the newest last. Where there is no folder, there are none. A file that is no
// recording is in it, with what is wrong with it; what is no plain file, or has another ending, is not. The error is a [*kube.Problem].
func List(state string) ([]Entry, error) {
	folder := Folder(state)
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, problem("list the recordings in "+folder, "see what is there with ls -l", err)
	}
	var list []Entry
	for _, f := range files {
		info, err := f.Info() // of the file itself, not of what a link leads to
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(f.Name(), extension) {
			continue
		}
		e := Entry{Name: f.Name(), File: filepath.Join(folder, f.Name()), Bytes: info.Size(), modified: info.ModTime()}
		if err := e.look(); err != nil {
			e.Mistake = err.Error()
		}
		if e.Time.IsZero() {
			e.Time = e.modified.UTC().Truncate(time.Second)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return a.Time.Compare(b.Time) })
	return list, nil
}

// look reads the two ends of a recording.
func (e *Entry) look() error {
	f, err := os.Open(e.File)
	if err != nil {
		return problem("it cannot be read", "", err)
	}
	defer func() { _ = f.Close() }()
	const end = 2 * longest
	header, _, err := Look(io.LimitReader(f, longest))
	if err != nil {
		return err
	}
	e.Time, e.Title, e.Cols, e.Rows = header.Time, header.Title, header.Cols, header.Rows
	if header.Version != 2 {
		e.Seconds = sumOfTimes(f)
		return nil
	}
	tail := make([]byte, min(e.Bytes, end))
	n, err := f.ReadAt(tail, e.Bytes-int64(len(tail)))
	if err != nil && !errors.Is(err, io.EOF) {
		return problem("it cannot be read", "", err)
	}
	e.Seconds = lastTime(tail[:n]).Seconds()
	return nil
}

// sumOfTimes is how long a recording is whose times are those since the event before: all of it is read, up to a bound.
func sumOfTimes(f io.ReadSeeker) float64 {
	const most = 64 << 20 // bytes
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0
	}
	in, err := newReader(io.LimitReader(f, most))
	for err == nil {
		_, err = in.next()
	}
	if in == nil || !errors.Is(err, io.EOF) {
		return 0
	}
	return in.at.Seconds()
}

// lastTime is the time of the last whole event at the end of a recording.
func lastTime(tail []byte) time.Duration {
	for len(tail) > 0 {
		i := bytes.LastIndexByte(tail, '\n') + 1
		if at, _, err := parseEvent(tail[i:]); err == nil {
			return at
		}
		tail = tail[:max(0, i-1)]
	}
	return 0
}
