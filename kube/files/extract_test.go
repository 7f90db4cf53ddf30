package files_test

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// archived is an archive with entries whose content is as long as their headers say, up to a kilobyte.
func archived(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(bytes.Repeat([]byte("x"), int(min(h.Size, 1024))))
	}
	_ = w.Close() // what is cut is an archive too
	return b.Bytes()
}

func file(name string) tar.Header { return tar.Header{Name: name, Size: 3, Typeflag: tar.TypeReg} }

func link(name, to string) tar.Header {
	return tar.Header{Name: name, Linkname: to, Typeflag: tar.TypeSymlink}
}

func hard(name, to string) tar.Header {
	return tar.Header{Name: name, Linkname: to, Typeflag: tar.TypeLink}
}

// hostile are archives that want out of the folder, by name.
func hostile(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"dots":               archived(t, file("../outside")),
		"dots in between":    archived(t, file("a/../../outside")),
		"absolute":           archived(t, file("/outside")),
		"link out":           archived(t, link("l", "../"), file("l/outside")),
		"absolute link":      archived(t, link("l", "/etc/passwd")),
		"link by a link":     archived(t, link("x/y/a", "../.."), link("x/y/b", "a/..")),
		"link behind a link": archived(t, tar.Header{Name: "p/q", Typeflag: tar.TypeDir, Mode: 0o755}, link("p/q/r", "../.."), link("p/q/r/l", "../../../secret")),
		"hard link out":      archived(t, hard("h", "../secret")),
		"hard link by link":  archived(t, link("l", ".."), hard("h", "l/secret")),
		"device":             archived(t, tar.Header{Name: "d", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}),
		"fifo":               archived(t, tar.Header{Name: "f", Typeflag: tar.TypeFifo}),
		"control characters": archived(t, file("a\x1b[2J")),
		"huge":               archived(t, tar.Header{Name: "huge", Size: 1 << 40, Typeflag: tar.TypeReg}),
		"cut":                archived(t, file("a"))[:513],
	}
}

// destination is a folder to extract into, beside a file that nothing may touch.
func destination(t testing.TB) (root *os.Root, outer string) {
	t.Helper()
	outer = t.TempDir()
	if err := os.WriteFile(filepath.Join(outer, "secret"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(outer, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(outer, "in"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root, outer
}

// wantInside checks that nothing has left the folder, and that no link leads out of it.
func wantInside(t testing.TB, outer string) {
	t.Helper()
	around, err := os.ReadDir(outer)
	if err != nil || len(around) != 2 {
		t.Errorf("beside the folder there are %v (%v)", around, err)
	}
	if secret, err := os.ReadFile(filepath.Join(outer, "secret")); err != nil || string(secret) != "kept" {
		t.Errorf("the file outside has %q (%v)", secret, err)
	}
	inside := filepath.Join(outer, "in")
	inner, err := filepath.EvalSymlinks(inside)
	if err != nil {
		t.Fatal(err)
	}
	_ = filepath.WalkDir(inside, func(name string, d fs.DirEntry, _ error) error {
		switch d.Type() {
		case 0, fs.ModeDir:
		case fs.ModeSymlink:
			if to, err := filepath.EvalSymlinks(name); err == nil && to != inner && !strings.HasPrefix(to, inner+string(filepath.Separator)) {
				t.Errorf("link %s leads to %s", name, to)
			}
		default:
			t.Errorf("%s is %s", name, d.Type())
		}
		if strings.Contains(name, ".part-") || strings.Contains(name, "\x1b") {
			t.Errorf("%q was left", name)
		}
		return nil
	})
	if at, err := os.Stat(filepath.Join(outer, "secret")); err == nil {
		_ = filepath.WalkDir(inside, func(name string, _ fs.DirEntry, _ error) error {
			if info, err := os.Lstat(name); err == nil && os.SameFile(info, at) {
				t.Errorf("%s is the file outside", name)
			}
			return nil
		})
	}
}

func TestExtractHostile(t *testing.T) {
	for name, archive := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			root, outer := destination(t)
			got, err := files.Extract(bytes.NewReader(archive), root, files.DefaultLimits())
			if err == nil && got.Skipped == 0 {
				t.Errorf("everything was extracted: %+v", got)
			}
			wantInside(t, outer)
		})
	}
}

func TestExtract(t *testing.T) {
	root, outer := destination(t)
	archive := archived(t, tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}, tar.Header{Name: "./shut/", Typeflag: tar.TypeDir, Mode: 0o500},
		file("./shut/a"), tar.Header{Name: "./run", Size: 3, Typeflag: tar.TypeReg, Mode: 0o4755}, link("./l", "shut/a"), link("./shut/up", "../run"), hard("./h", "./run"))
	got, err := files.Extract(bytes.NewReader(archive), root, files.DefaultLimits())
	if err != nil || got.Files != 2 || got.Folders != 1 || got.Links != 3 || got.Skipped != 0 || got.Bytes != 6 {
		t.Errorf("extracted %+v, %v", got, err)
	}
	for _, name := range []string{"shut/a", "run", "l", "shut/up", "h"} {
		if text, err := root.ReadFile(name); err != nil || string(text) != "xxx" {
			t.Errorf("%s has %q (%v)", name, text, err)
		}
	}
	if at, err := root.Stat("run"); err != nil || at.Mode() != 0o755 {
		t.Errorf("the mode of run is %v (%v)", at.Mode(), err)
	}
	wantInside(t, outer)
	if again, err := files.Extract(bytes.NewReader(archive), root, files.DefaultLimits()); err != nil || again.Skipped != 0 {
		t.Errorf("extracted again: %+v, %v", again, err)
	}
}

func TestExtractLimits(t *testing.T) {
	for want, limits := range map[string]files.Limits{
		"more than 1 files": {Entries: 1, Bytes: 100},
		"more than 5 bytes": {Entries: 9, Bytes: 5},
	} {
		root, outer := destination(t)
		got, err := files.Extract(bytes.NewReader(archived(t, file("a"), file("b"))), root, limits)
		if err == nil || !strings.Contains(err.Error(), want) || got.Files != 1 {
			t.Errorf("%v: %+v, %v", limits, got, err)
		}
		wantInside(t, outer)
	}
}

func FuzzExtract(f *testing.F) {
	for _, archive := range hostile(f) {
		f.Add(archive)
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		root, outer := destination(t)
		_, _ = files.Extract(bytes.NewReader(archive), root, files.Limits{Entries: 100, Bytes: 1 << 20})
		wantInside(t, outer)
	})
}
