package capturerun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// folder is where captures are kept, in the folder of dayfly's state.
const folder = "captures"

// File is a capture file under way. What it ends with is whole, whatever ends it.
type File struct {
	file *os.File
	path string
}

// Create makes a file in the folder of dayfly's state, called by its time and what is captured.
func Create(state string, now time.Time, about string) (*File, error) {
	if state == "" {
		return nil, &kube.Problem{Message: "there is no place for captures: neither XDG_STATE_HOME nor HOME is set", Hint: "name a file"}
	}
	at := filepath.Join(state, folder)
	const private = 0o700
	if err := os.MkdirAll(at, private); err != nil {
		return nil, unwritable(err)
	}
	const most = 100
	name := now.UTC().Format("20060102-150405-") + plain(about)
	for i := range most {
		number := ""
		if i > 0 {
			number = fmt.Sprintf("-%d", i+1)
		}
		f, err := CreateAt(filepath.Join(at, name+number+".pcapng"))
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &kube.Problem{Message: "there are a hundred captures called " + name, Hint: "name a file"}
}

// CreateAt makes a file that must not be there, for nobody else to read. What is no regular file, as a named pipe, is written to.
func CreateAt(path string) (*File, error) {
	const mode = 0o600
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if at, err := os.Stat(path); err == nil && !at.Mode().IsRegular() && !at.IsDir() {
		flags = os.O_WRONLY
	}
	f, err := os.OpenFile(path, flags, mode)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, &kube.Problem{Message: fmt.Sprintf("%q is there already", kube.Sanitize(path)), Hint: "name another file, or delete it", Err: err}
	case err != nil:
		return nil, unwritable(err)
	}
	return &File{f, path}, nil
}

// Path is its name.
func (f *File) Path() string { return f.path }

// Write writes.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	if err != nil {
		err = unwritable(err)
	}
	return n, err
}

// close cuts off what is not whole, and closes it.
func (f *File) close(whole int64) error {
	if at, err := f.file.Stat(); err == nil && at.Mode().IsRegular() && at.Size() > whole {
		_ = f.file.Truncate(whole)
	}
	if err := f.file.Close(); err != nil {
		return unwritable(err)
	}
	return nil
}

// Discard closes and deletes it, before anything was captured; nil is none.
func (f *File) Discard() {
	if f != nil {
		_ = f.file.Close()
		f.discard()
	}
}

// discard deletes it, and reports whether it is gone.
func (f *File) discard() bool {
	at, err := os.Stat(f.path)
	return err == nil && at.Mode().IsRegular() && os.Remove(f.path) == nil
}

func unwritable(err error) error {
	return &kube.Problem{Message: "the capture is not written: " + kube.Sanitize(err.Error()), Hint: "check the path, and whether there is room", Err: err}
}

// plain is a text as a part of a file's name.
func plain(text string) string {
	const most = 60
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '-'
	}, text)
	return strings.Trim(name[:min(len(name), most)], "-.")
}
