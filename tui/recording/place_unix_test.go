//go:build unix

package recording

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func mode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Perm() != want {
		t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
	}
}

// Folders and files are the owner's alone, whatever the umask, and a folder that was wider is narrowed.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	state := filepath.Join(t.TempDir(), "dayfly")
	for range 2 {
		w, err := Create(state, shop(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		closed(t, w)
		mode(t, state, 0o700)
		mode(t, Folder(state), 0o700)
		mode(t, w.File(), 0o600)
		if err := os.Chmod(Folder(state), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// No link is followed: not in the place of the folder, and not in that of the file.
func TestLinks(t *testing.T) {
	base := t.TempDir()
	elsewhere := filepath.Join(base, "elsewhere")
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(base, "linked")
	state := filepath.Join(base, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	for link, folder := range map[string]string{linked: linked, Folder(state): state} {
		if err := os.Symlink(elsewhere, link); err != nil {
			t.Fatal(err)
		}
		if _, err := Create(folder, shop(), Options{}); err == nil || !strings.HasSuffix(err.Error(), "it is a symbolic link") {
			t.Errorf("%s: %v", folder, err)
		}
	}
	mode(t, elsewhere, 0o755)
	if err := os.Remove(Folder(state)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(Folder(state), 0o700); err != nil {
		t.Fatal(err)
	}
	begun := time.Unix(1e9, 0)
	for n, put := range []func(string) error{
		func(file string) error { return os.Symlink(filepath.Join(elsewhere, "none"), file) },
		func(file string) error { return syscall.Mkfifo(file, 0o600) },
	} {
		if err := put(filepath.Join(Folder(state), fileName(begun, shop(), n+1))); err != nil {
			t.Fatal(err)
		}
	}
	w, err := Create(state, shop(), Options{Now: func() time.Time { return begun }})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, w)
	if want := filepath.Join(Folder(state), fileName(begun, shop(), 3)); w.File() != want {
		t.Errorf("the file is %s, want %s", w.File(), want)
	}
	if found, _ := os.ReadDir(elsewhere); len(found) > 0 {
		t.Errorf("a link was followed: %v", found)
	}
}
