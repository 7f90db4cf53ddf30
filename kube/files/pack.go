package files

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Packing is how a folder of this machine is packed.
type Packing struct {
	UID, GID int
	NoModes  bool              // modes are 644, and 755 of folders
	Skipped  func(name string) // is called for what is no file, folder or symbolic link; may be nil

	there map[string]version // what need not be packed any more
}

// version is by what it is told that a file is the same.
type version struct{ size, modified int64 } // in bytes, and in seconds since 1970

func versionOf(h *tar.Header) version { return version{h.Size, h.ModTime.Round(time.Second).Unix()} }

// archive is a tar archive that is being read.
type archive struct {
	io.ReadCloser
	Packing
	root  *os.Root
	ended chan struct{}
}

// Pack is a tar archive of what is below a folder, without the folder itself. Symbolic links stay what they are.
func Pack(root *os.Root, p Packing) io.ReadCloser {
	reads, writes := io.Pipe()
	a := &archive{ReadCloser: reads, Packing: p, root: root, ended: make(chan struct{})}
	go func() {
		defer close(a.ended)
		w := tar.NewWriter(writes)
		err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || name == "." {
				return err
			}
			return a.add(w, name, d)
		})
		if err == nil {
			err = w.Close()
		}
		_ = writes.CloseWithError(err)
	}()
	return a
}

// Close ends it, and returns when nothing is read any more.
func (a *archive) Close() error {
	err := a.ReadCloser.Close()
	<-a.ended
	return err //nolint:wrapcheck // a pipe has none
}

// add packs one entry.
func (a *archive) add(w *tar.Writer, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	link := ""
	switch d.Type() {
	case 0, fs.ModeDir:
	case fs.ModeSymlink:
		if link, err = a.root.Readlink(filepath.FromSlash(name)); err != nil {
			return fmt.Errorf("read a link: %w", err)
		}
	default:
		if a.Skipped != nil {
			a.Skipped(name)
		}
		return nil
	}
	h, err := tar.FileInfoHeader(info, filepath.ToSlash(link))
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, a.UID, a.GID, "", ""
	h.Mode &= 0o777
	if d.IsDir() {
		h.Name += "/"
	}
	if a.NoModes {
		if h.Mode = 0o644; d.IsDir() {
			h.Mode = 0o755
		}
	}
	if known, ok := a.there[name]; ok && info.Mode().IsRegular() && known == versionOf(h) {
		return nil
	}
	if err := w.WriteHeader(h); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := a.root.Open(filepath.FromSlash(name))
	if err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	defer func() { _ = f.Close() }()
	if n, err := io.Copy(w, io.LimitReader(f, h.Size)); err != nil || n < h.Size {
		return fmt.Errorf("read %s: it has changed while it was read (%d of %d bytes): %w", name, n, h.Size, cause(err))
	}
	return nil
}

// cause is an error, or that something has ended too early.
func cause(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}
