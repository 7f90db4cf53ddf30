// Package journal keeps what was done to pods: a line of JSON for each action, in a file that only its owner can read and that dayfly
// only ever appends to. Who has debugged what, when, and how it ended can be read there long after the pods are gone.
//
// [Open] finds a place, [Journal.Write] appends, [Read] gives back what a [Filter] lets through. Several programs may write
// at the same time. A journal that cannot be written is an error to be shown, and no reason to end a session.
package journal

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

const (
	sizeLimit = 5 << 20 // bytes; a file that has as many is put aside
	kept      = 3       // files that were put aside
)

// Journal is a folder that can be written to. Make one with [Open]; it holds nothing open. Its methods may be called from any
// goroutine.
type Journal struct {
	folder string
	limit  int64 // bytes of a file
}

// Open makes the folder, for its owner alone, and sees that entries can be written into it. The error is a [*kube.Problem]. A folder or a
// file that others could read is narrowed; a symbolic link, or whatever else is not a regular file, is refused.
func Open(folder string) (*Journal, error) {
	if err := own(folder); err != nil {
		return nil, problem(folder, err)
	}
	j := &Journal{folder: folder, limit: sizeLimit}
	f, err := openPlain(name(folder, 0), appending)
	if err != nil {
		return nil, problem(name(folder, 0), err)
	}
	return j, f.Close()
}

// Write appends an entry. The error is a [*kube.Problem]; the entry may have been written all the same, when only the old entries could not
// be put aside. A nil journal writes nothing.
func (j *Journal) Write(e Entry) error {
	if j == nil {
		return nil
	}
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	line, err := e.line()
	if err != nil {
		return problem(name(j.folder, 0), err)
	}
	aside := j.rotate(int64(len(line)))
	if err := j.append(line); err != nil {
		return problem(name(j.folder, 0), err)
	}
	return problem(name(j.folder, 0), aside)
}

// append writes a line with one call: the system then keeps it whole among those of others.
func (j *Journal) append(line []byte) error {
	f, err := openPlain(name(j.folder, 0), appending)
	if errors.Is(err, fs.ErrNotExist) { // the folder was deleted meanwhile
		if err = own(j.folder); err == nil {
			f, err = openPlain(name(j.folder, 0), appending)
		}
	}
	if err != nil {
		return err
	}
	if broken(f) {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

// broken reports whether the last line has no end, as after a full disk: what is appended would be lost with it. A line that another is just
// writing may look like that too; then there is an empty line too many, which does no harm.
func broken(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// rotate puts the file aside when more does not fit into it. Whoever else is doing that at the same time is left to do it.
func (j *Journal) rotate(more int64) error {
	full := func() bool {
		info, err := os.Lstat(name(j.folder, 0))
		return err == nil && info.Mode().IsRegular() && info.Size()+more > j.limit
	}
	if !full() {
		return nil
	}
	unlock, err := lock(filepath.Join(j.folder, "journal.lock"))
	if err != nil || unlock == nil {
		return err
	}
	defer unlock()
	if !full() {
		return nil
	}
	for n := kept; n > 0; n-- {
		err := os.Rename(name(j.folder, n-1), name(j.folder, n))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put aside old entries: %w", err)
		}
	}
	return nil
}

// name is the file that was put aside n times.
func name(folder string, n int) string {
	if n == 0 {
		return filepath.Join(folder, "journal.jsonl")
	}
	return filepath.Join(folder, fmt.Sprintf("journal.%d.jsonl", n))
}

// problem explains why the journal is not written.
func problem(file string, err error) error {
	if err == nil {
		return nil
	}
	hint := "actions are not recorded until it can be written; set XDG_STATE_HOME to use another place"
	var odd *oddError
	if errors.As(err, &odd) {
		hint = "move it away: the journal needs regular files in its own folder, never links"
	}
	return &kube.Problem{
		Message: fmt.Sprintf("cannot write the journal %s: %s", kube.Sanitize(file), kube.Sanitize(reason(err))),
		Hint:    hint, Err: err,
	}
}

// reason drops the call and the path that package os wraps around what went wrong.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return strings.ReplaceAll(err.Error(), path.Error(), path.Err.Error())
	}
	return err.Error()
}
