package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Filter says which entries are wanted. What is empty lets all through.
type Filter struct {
	Since                                 time.Time
	Context, Namespace, Pod, User, Action string
	Batch                                 string // its ID
	Last                                  int    // only so many, the newest; 0 means all
}

func (f Filter) wants(e Entry) bool {
	is := func(want, has string) bool { return want == "" || want == has }
	return !e.Time.Before(f.Since) && is(f.Context, e.Context) && is(f.Namespace, e.Namespace) && is(f.Pod, e.Pod) &&
		is(f.User, e.User) && is(f.Action, e.Action) && is(f.Batch, e.Batch)
}

// BrokenError tells how many lines of the journal are no entries. Those that are come with it.
type BrokenError struct{ Lines int }

func (e *BrokenError) Error() string {
	if e.Lines == 1 {
		return "skipped 1 invalid line of the journal"
	}
	return fmt.Sprintf("skipped %d invalid lines of the journal", e.Lines)
}

// Read is the entries that a filter wants, in the order in which they were written: that is the order of their times unless a clock has been
// set. Their texts are cleaned. A journal that is not there has none. The error is a [*BrokenError], or a [*kube.Problem]
// of a file that cannot be read; with it comes what could be read.
func Read(folder string, f Filter) ([]Entry, error) {
	files, err := openAll(folder)
	defer func() {
		for _, file := range files {
			_ = file.Close()
		}
	}()
	r := reader{filter: f}
	for _, file := range files {
		if e := r.read(file); e != nil && err == nil {
			err = unreadable(file.Name(), e)
		}
	}
	if err == nil && r.broken > 0 {
		err = &BrokenError{r.broken}
	}
	return r.newest(), err
}

// openAll opens the files, the oldest first in the result. The newest is opened first: one that is put aside meanwhile is met again
// under its new name, and never missed.
func openAll(folder string) (files []*os.File, err error) {
	var seen []os.FileInfo
	for n := range kept + 1 {
		file, e := openPlain(name(folder, n), reading)
		if errors.Is(e, fs.ErrNotExist) {
			continue
		}
		if e != nil {
			err = unreadable(name(folder, n), e)
			continue
		}
		info, e := file.Stat()
		if e != nil || slices.ContainsFunc(seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			_ = file.Close()
			continue
		}
		seen, files = append(seen, info), append(files, file)
	}
	slices.Reverse(files)
	return files, err
}

func unreadable(file string, err error) error {
	return &kube.Problem{
		Message: fmt.Sprintf("cannot read the journal %s: %s", kube.Sanitize(file), kube.Sanitize(reason(err))),
		Hint:    "see what is there with ls -l", Err: err,
	}
}

// reader collects what the filter wants.
type reader struct {
	filter Filter
	list   []Entry
	broken int
}

func (r *reader) read(file io.Reader) error {
	lines := bufio.NewReaderSize(file, lineLimit)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // nothing of ours is that long
			r.broken++
			err = skipLine(lines)
		} else if line = bytes.TrimSpace(line); len(line) > 0 {
			r.take(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// skipLine reads on to the end of a line.
func skipLine(lines *bufio.Reader) error {
	for {
		_, err := lines.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func (r *reader) take(line []byte) {
	var e Entry
	if json.Unmarshal(line, &e) != nil || e.Time.IsZero() || e.Action == "" {
		r.broken++
		return
	}
	if e = e.each(kube.Sanitize); !r.filter.wants(e) {
		return
	}
	r.list = append(r.list, e)
	if last := r.filter.Last; last > 0 && len(r.list) >= 2*last {
		r.list = r.newest()
	}
}

// newest is what was asked for of what has been collected.
func (r *reader) newest() []Entry {
	if last := r.filter.Last; last > 0 && len(r.list) > last {
		return slices.Clone(r.list[len(r.list)-last:])
	}
	return r.list
}
