package files

import (
	"archive/tar"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// smallFile is how many bytes are written at once.
const smallFile = 64 << 10

// folder is one that is open: files of an archive are behind each other in their folders, and to look for a folder takes longer than to write a small file.
type folder struct {
	name string
	root *os.Root // nil: none is open
}

func (f *folder) close() {
	if f.root != nil {
		_ = f.root.Close()
	}
	*f = folder{}
}

// enter opens a folder, and makes it if it is not there.
func (e *extraction) enter(name string) (*os.Root, error) {
	if name == "." {
		return e.root, nil
	}
	if e.in.root != nil && e.in.name == name {
		return e.in.root, nil
	}
	e.in.close()
	if err := e.root.MkdirAll(name, folderMode); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	root, err := e.root.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("open a folder: %w", err)
	}
	e.in = folder{name, root}
	return root, nil
}

// errFolder is why a file cannot take its place.
var errFolder = errors.New("there is a folder of that name")

// file writes a file. It has its name when it is whole: a small one is written at once, and a large one, or one that replaces another, beside its place first.
func (e *extraction) file(h *tar.Header, r io.Reader) error {
	parent, name := filepath.Split(local(h.Name))
	at, err := e.enter(filepath.Clean(parent))
	if err != nil {
		return err
	}
	before := e.Bytes
	if h.Size <= smallFile {
		err = e.writeSmall(at, name, h, r)
	} else {
		err = e.replace(at, name, h, func(f *os.File) error { return e.fill(f, r) })
	}
	switch {
	case errors.Is(err, errFolder):
		e.Bytes = before
		e.skip(h.Name, errFolder.Error())
		return nil
	case err != nil:
		e.Bytes = before
		return fmt.Errorf("write %s: %w", kube.Sanitize(h.Name), err)
	}
	e.Files++
	e.whole = append(e.whole, h.Name)
	return nil
}

// writeSmall reads a file, and writes it.
func (e *extraction) writeSmall(at *os.Root, name string, h *tar.Header, r io.Reader) error {
	e.small.Reset()
	if err := e.fill(&e.small, r); err != nil {
		return err
	}
	content := func(f *os.File) error {
		_, err := f.Write(e.small.Bytes())
		return err //nolint:wrapcheck // the caller does
	}
	err := e.create(at, name, h, content)
	if errors.Is(err, fs.ErrExist) {
		err = e.replace(at, name, h, content)
	}
	return err
}

// create writes a file that is not there yet, and takes away what could not be written.
func (e *extraction) create(at *os.Root, name string, h *tar.Header, content func(*os.File) error) error {
	f, err := at.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, partMode)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	if err = content(f); err == nil {
		_ = f.Chmod(e.mode(h, partMode))
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		_ = at.Chtimes(name, time.Time{}, h.ModTime)
		return nil
	}
	_ = at.Remove(name)
	return err
}

// replace writes a file beside its place, and puts it there. What it replaces is not written through.
func (e *extraction) replace(at *os.Root, name string, h *tar.Header, content func(*os.File) error) error {
	if there, err := at.Lstat(name); err == nil && there.IsDir() {
		return errFolder
	}
	part := ".part-" + rand.Text()[:12]
	if err := e.create(at, part, h, content); err != nil {
		return err
	}
	if err := at.Rename(part, name); err != nil {
		_ = at.Remove(part)
		return err //nolint:wrapcheck // the caller does
	}
	return nil
}

// fill writes what the archive has of a file, and no more than the limit allows.
func (e *extraction) fill(to io.Writer, r io.Reader) error {
	n, err := io.Copy(to, io.LimitReader(r, e.limits.Bytes-e.Bytes+1))
	if e.Bytes += n; err == nil && e.Bytes > e.limits.Bytes {
		return &kube.Problem{Message: fmt.Sprintf("the files have more than %d bytes", e.limits.Bytes), Hint: "copy a part of the folder"}
	}
	return err //nolint:wrapcheck // the caller does
}
