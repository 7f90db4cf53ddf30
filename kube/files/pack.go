package files

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Packing is how a folder of this machine is packed.
type Packing struct {
	UID, GID int
	NoModes  bool              // modes are 644, and 755 of folders
	Skipped  func(name string) // is called for what is no file, folder or symbolic link; may be nil
}

// Pack is a tar archive of what is below a folder, without the folder itself. Symbolic links stay what they are.
func Pack(root *os.Root, p Packing) io.ReadCloser {
	reads, writes := io.Pipe()
	go func() {
		w := tar.NewWriter(writes)
		err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || name == "." {
				return err
			}
			return p.add(w, root, name, d)
		})
		if err == nil {
			err = w.Close()
		}
		_ = writes.CloseWithError(err)
	}()
	return reads
}

func (p Packing) add(w *tar.Writer, root *os.Root, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	link := ""
	switch d.Type() {
	case 0, fs.ModeDir:
	case fs.ModeSymlink:
		if link, err = root.Readlink(filepath.FromSlash(name)); err != nil {
			return fmt.Errorf("read a link: %w", err)
		}
	default:
		if p.Skipped != nil {
			p.Skipped(name)
		}
		return nil
	}
	h, err := tar.FileInfoHeader(info, filepath.ToSlash(link))
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, p.UID, p.GID, "", ""
	h.Mode &= 0o777
	if d.IsDir() {
		h.Name += "/"
	}
	if p.NoModes {
		if h.Mode = 0o644; d.IsDir() {
			h.Mode = 0o755
		}
	}
	if err := w.WriteHeader(h); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := root.Open(filepath.FromSlash(name))
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
