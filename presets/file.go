package presets

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// maxFile is how many bytes a preset or a partial container may have: a real one has a few hundred.
const maxFile = 1 << 20

var (
	errNoFile   = errors.New("not a regular file: replace it with one")
	errTooLarge = errors.New("larger than 1 MiB: check that it is the right file")
)

// disk is all files, by their paths.
type disk struct{}

// Open opens a file.
func (disk) Open(name string) (fs.File, error) { return os.Open(name) }

// Stat looks at a file without opening it, which would wait for the other end of a pipe.
func (disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// readFile reads an ordinary file, or what a link to one leads to: pipes and devices may never end.
func readFile(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNoFile}
	}
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it has been read
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	return data, err
}
