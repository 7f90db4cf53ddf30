package files

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Limits are how much of an archive is extracted.
type Limits struct {
	Entries int
	Bytes   int64
}

// DefaultLimits are those of a copy: a million entries, and 100 GiB.
func DefaultLimits() Limits { return Limits{Entries: 1_000_000, Bytes: 100 << 30} }

// Extracted is what came out of an archive.
type Extracted struct {
	Files, Folders, Links int
	Bytes                 int64
	Mode                  fs.FileMode // that the folder itself should get, if it is new
	Skipped               int
	Notes                 []string // why, of the first few that were skipped; cleaned
}

// most notes are kept.
const mostNotes = 20

// extraction is one run of [Extract].
type extraction struct {
	Extracted
	root    *os.Root
	limits  Limits
	entries int
	whole   []string      // names that need not come again if the archive breaks off: of files that are there, and links that will be
	links   []*tar.Header // symbolic links are made last, so that nothing is written through one
	modes   []*tar.Header // and folders get their modes then, since nothing could be put into some
	in      folder        // where the last file went
	small   bytes.Buffer  // what the last small file had
	mask    fs.FileMode   // what new files do not get of their modes
}

// Extract writes what a tar archive has below a folder. Nothing leaves the folder, whatever the archive says: paths that lead out of it, devices, FIFOs, sockets,
// sparse files, names with control characters and links that could lead out of it are skipped and counted. A file takes its place when it is whole;
// what it replaces is not written through. On an error, which is that of the archive, of the disk or of limits, whole files stay.
func Extract(archive io.Reader, root *os.Root, limits Limits) (Extracted, error) {
	e := newExtraction(root, limits)
	err := e.readAll(archive)
	return e.finish(), err
}

func newExtraction(root *os.Root, limits Limits) *extraction {
	mask := umask(root)
	return &extraction{root: root, limits: limits, mask: mask, Extracted: Extracted{Mode: folderMode &^ mask}}
}

// umask is what new files do not get of their modes. It is found out by making one, since to ask for it changes it for a moment.
func umask(root *os.Root) fs.FileMode {
	const all = 0o777
	name := ".umask-" + rand.Text()[:12]
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, all)
	if err != nil {
		return 0 // what is written will say why
	}
	defer func() {
		_ = f.Close()
		_ = root.Remove(name)
	}()
	is, err := f.Stat()
	if err != nil {
		return 0
	}
	return all &^ is.Mode().Perm()
}

// finish makes what is made last.
func (e *extraction) finish() Extracted {
	e.in.close()
	for _, h := range e.links {
		e.link(h)
	}
	for _, h := range e.modes {
		_ = e.root.Chmod(local(h.Name), e.mode(h, usable))
		_ = e.root.Chtimes(local(h.Name), time.Time{}, h.ModTime)
	}
	return e.Extracted
}

// readAll takes all entries of an archive.
func (e *extraction) readAll(archive io.Reader) error {
	r := tar.NewReader(archive)
	for ; ; e.entries++ {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read the archive: %w", err)
		case e.entries >= e.limits.Entries:
			return &kube.Problem{Message: fmt.Sprintf("there are more than %d files", e.limits.Entries), Hint: "copy a part of the folder"}
		}
		if err := e.take(h, r); err != nil {
			return err
		}
	}
}

// take extracts one entry.
func (e *extraction) take(h *tar.Header, r io.Reader) error {
	h.Name = path.Clean(h.Name)
	if h.Name == "." {
		e.Mode = e.mode(h, usable)
		return nil
	}
	if why := refused(h); why != "" {
		e.skip(h.Name, why)
		return nil
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return e.folder(h)
	case tar.TypeReg:
		return e.file(h, r)
	case tar.TypeSymlink:
		e.links = append(e.links, h)
		e.whole = append(e.whole, h.Name)
	case tar.TypeLink:
		e.hardLink(h)
	}
	return nil
}

// refused says why an entry is not extracted; empty: it may be.
func refused(h *tar.Header) string {
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeSymlink, tar.TypeLink:
	case tar.TypeGNUSparse:
		return "it is stored as a sparse file"
	default:
		return "it is a device, a FIFO, or the like"
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return "it is stored as a sparse file"
		}
	}
	switch {
	case !filepath.IsLocal(local(h.Name)):
		return "its path leads out of the folder"
	case !plain(h.Name), !plain(h.Linkname):
		return "its name has control characters"
	}
	return ""
}

// plain reports whether a name is text that can be shown.
func plain(name string) bool { return utf8.ValidString(name) && kube.Sanitize(name) == name }

// local is a path of an archive as it is on this system.
func local(name string) string { return filepath.FromSlash(name) }

func (e *extraction) skip(name, why string) {
	if e.Skipped++; len(e.Notes) < mostNotes {
		e.Notes = append(e.Notes, fmt.Sprintf("skipped %q: %s", kube.Sanitize(name), why))
	}
}

// Folders that an archive does not say the mode of, what everyone may do with a folder of their own, and with a file, which is its mode while it is written.
const (
	folderMode fs.FileMode = 0o755
	usable     fs.FileMode = 0o700
	partMode   fs.FileMode = 0o600
)

// mode is what a file or folder gets of the mode that it has in an archive, and at least what its owner needs.
func (e *extraction) mode(h *tar.Header, least fs.FileMode) fs.FileMode {
	return fs.FileMode(h.Mode)&fs.ModePerm&^e.mask | least
}

func (e *extraction) folder(h *tar.Header) error {
	if err := e.root.MkdirAll(local(h.Name), folderMode); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	e.Folders++
	e.modes = append(e.modes, &tar.Header{Name: h.Name, Mode: h.Mode, ModTime: h.ModTime})
	return nil
}

// link makes a symbolic link, if where it leads is inside of the folder whatever else is linked there: leading .. count from where the link really is, and
// after a name there are none.
func (e *extraction) link(h *tar.Header) {
	switch {
	case !staysInside(h.Name, h.Linkname):
		e.skip(h.Name, "it is a link that leads out of the folder")
		return
	case e.throughLink(h.Name):
		e.skip(h.Name, "it is a link behind another link")
		return
	}
	name := local(h.Name)
	_ = e.root.MkdirAll(filepath.Dir(name), folderMode)
	if at, err := e.root.Lstat(name); err == nil && !at.IsDir() {
		_ = e.root.Remove(name)
	}
	if err := e.root.Symlink(local(h.Linkname), name); err != nil {
		e.skip(h.Name, "the link cannot be made here")
		return
	}
	e.Links++
}

// staysInside reports whether a link leads to somewhere below the folder.
func staysInside(name, target string) bool {
	if target == "" || path.IsAbs(target) || filepath.Separator == '\\' && strings.Contains(target, `\`) || !filepath.IsLocal(local(path.Join(path.Dir(name), target))) {
		return false
	}
	descended := false
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			if descended {
				return false
			}
		default:
			descended = true
		}
	}
	return true
}

// throughLink reports whether a folder in which something is named is a symbolic link.
func (e *extraction) throughLink(name string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if at, err := e.root.Lstat(local(folder)); err == nil && at.Mode().Type() == fs.ModeSymlink {
			return true
		}
	}
	return false
}

// hardLink makes a hard link to a file of the archive.
func (e *extraction) hardLink(h *tar.Header) {
	to := path.Clean(h.Linkname)
	at, err := e.root.Lstat(local(to))
	if !filepath.IsLocal(local(to)) || err != nil || !at.Mode().IsRegular() || e.throughLink(to) || e.throughLink(h.Name) {
		e.skip(h.Name, "it is a hard link to what is not in the folder")
		return
	}
	name := local(h.Name)
	_ = e.root.MkdirAll(filepath.Dir(name), folderMode)
	if old, err := e.root.Lstat(name); err == nil && !old.IsDir() && !os.SameFile(old, at) {
		_ = e.root.Remove(name)
	}
	if err := e.root.Link(local(to), name); err != nil && !errors.Is(err, fs.ErrExist) {
		e.skip(h.Name, "the link cannot be made here")
		return
	}
	e.Links++
}
