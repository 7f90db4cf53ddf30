//go:build unix

package files_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// What comes home is as private as a person's other files, and as it was there.
func TestUmask(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/open"), "")
	put(t, filepath.Join(folder, "shut/a"), "")
	if err := os.Chmod(filepath.Join(folder, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := syscall.Umask(0o027)
	defer syscall.Umask(before)
	if err := os.Chmod(filepath.Join(folder, "data/open"), 0o666); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	r := files.Request{Place: p, Path: "/data/open"}
	e, err := files.Describe(t.Context(), c, p, r.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Save(t.Context(), c, r, e, filepath.Join(home, "file")); err != nil {
		t.Fatal(err)
	}
	for path, to := range map[string]string{"/data": "tree", "/shut": "shut"} {
		if _, err := files.SaveTree(t.Context(), c, files.Request{Place: p, Path: path}, filepath.Join(home, to), files.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]os.FileMode{"file": 0o640, "tree": 0o750, "tree/open": 0o640, "shut": 0o700} {
		if got := mode(t, filepath.Join(home, name)); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
	if all, err := os.ReadDir(home); err != nil || len(all) != 3 {
		t.Errorf("there are %v, %v", all, err)
	}
	into := t.TempDir()
	root, err := os.OpenRoot(into)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	archive := archived(t, tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o775}, tar.Header{Name: "./d/", Typeflag: tar.TypeDir, Mode: 0o777}, file("./d/a"))
	got, err := files.Extract(bytes.NewReader(archive), root, files.DefaultLimits())
	if err != nil || got.Mode != 0o750 || mode(t, filepath.Join(into, "d")) != 0o750 || mode(t, filepath.Join(into, "d/a")) != 0o640 {
		t.Errorf("%+v, %v", got, err)
	}
	if all, err := os.ReadDir(into); err != nil || len(all) != 1 {
		t.Errorf("there are %v, %v", all, err)
	}
}
