package files_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// there is what is in a folder: "a/b=text c->link d/".
func there(t *testing.T, folder string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || name == folder {
			return err
		}
		relative, _ := filepath.Rel(folder, name)
		switch {
		case d.IsDir():
			relative += "/"
		case d.Type() == os.ModeSymlink:
			to, _ := os.Readlink(name)
			relative += "->" + to
		default:
			text, _ := os.ReadFile(name)
			relative += "=" + string(text)
		}
		all = append(all, relative)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func mode(t *testing.T, name string) os.FileMode {
	t.Helper()
	at, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return at.Mode().Perm()
}

// sendTree uploads a folder with a file a, a file .b, and one in each of sub and "new folder".
func sendTree(t *testing.T, c *kube.Cluster, p files.Place, to string) error {
	t.Helper()
	from := filepath.Join(t.TempDir(), "tree")
	for name, text := range map[string]string{"a": "1", ".b": "2", "sub/-c": "3", "new folder/d\ne": "4"} {
		put(t, filepath.Join(from, name), text)
	}
	root, err := os.OpenRoot(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	return files.SendTree(t.Context(), c, files.Upload{Request: files.Request{Place: p, Path: to}, Base: "tree"}, root, files.Packing{})
}

func TestSendTree(t *testing.T) {
	c, p, folder := practised(t)
	const sent = ".b=2 a=1 new folder/ new folder/d\ne=4 sub/ sub/-c=3"
	for name, test := range map[string]struct {
		prepare func(at string)
		to      string
		want    string
	}{
		"new":           {func(string) {}, "/AT/x/tree", "x/ x/tree/ " + prefixed(sent, "x/tree/")},
		"into a folder": {func(at string) { put(t, at+"/keep", "") }, "/AT", "keep= tree/ " + prefixed(sent, "tree/")},
		"merged": {func(at string) {
			put(t, at+"/tree/a", "old")
			put(t, at+"/tree/sub/keep", "")
			_ = os.Symlink("nowhere", at+"/tree/.b")
			_ = os.Chmod(at+"/tree/sub", 0o711)
		}, "/AT", "tree/ " + prefixed(sent, "tree/") + " tree/sub/keep="},
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(folder, t.Name())
			if err := os.MkdirAll(at, 0o755); err != nil {
				t.Fatal(err)
			}
			test.prepare(at)
			if err := sendTree(t, c, p, strings.ReplaceAll(test.to, "AT", t.Name())); err != nil {
				t.Fatal(err)
			}
			if got := there(t, at); got != test.want {
				t.Errorf("there is %q, want %q", got, test.want)
			}
			if name == "merged" && mode(t, at+"/tree/sub") != 0o711 {
				t.Errorf("the mode of the folder that was there is %v", mode(t, at+"/tree/sub"))
			}
		})
	}
}

func prefixed(names, with string) string {
	return with + strings.NewReplacer(" .", " "+with+".", " a", " "+with+"a", " new folder/", " "+with+"new folder/", " sub", " "+with+"sub").Replace(names)
}

// What leads elsewhere in the container, or is something else there, is found before anything is put there.
func TestSendTreeRefuses(t *testing.T) {
	c, p, folder := practised(t)
	for name, test := range map[string]struct {
		prepare func(at string) error
		want    string
	}{
		"a link for a folder":  {func(at string) error { return os.Symlink("../..", at+"/sub") }, "/sub is a symbolic link there"},
		"a file for a folder":  {func(at string) error { return os.WriteFile(at+"/sub", nil, 0o600) }, "/sub is no folder there"},
		"a folder for a file":  {func(at string) error { return os.Mkdir(at+"/a", 0o700) }, "/a is a folder there"},
		"a file in the way":    {func(at string) error { return errors.Join(os.Remove(at), os.WriteFile(at, nil, 0o600)) }, "tree is no folder"},
		"a link deeper inside": {func(at string) error { return os.Symlink("/tmp", at+"/new folder") }, "/new folder is a symbolic link there"},
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(folder, t.Name(), "tree")
			if err := errors.Join(os.MkdirAll(at, 0o755), test.prepare(at)); err != nil {
				t.Fatal(err)
			}
			before := there(t, filepath.Dir(at))
			if err := sendTree(t, c, p, "/"+t.Name()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
			if now := there(t, filepath.Dir(at)); now != before {
				t.Errorf("there is %q, was %q", now, before)
			}
		})
	}
}

// An upload that is given up leaves nothing, and what was there is as it was.
func TestSendTreeLeavesNothing(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/tree/big"), "old")
	from := t.TempDir()
	put(t, filepath.Join(from, "a"), "1")
	put(t, filepath.Join(from, "big"), strings.Repeat("x", 8<<20))
	root, err := os.OpenRoot(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	for _, to := range []string{"/data", "/data/other/tree"} {
		ctx, cancel := context.WithCancel(t.Context())
		u := files.Upload{Request: files.Request{Place: p, Path: to, Progress: func(done int64) {
			if done > 4<<20 {
				cancel()
			}
		}}, Base: "tree"}
		if err = files.SendTree(ctx, c, u, root, files.Packing{}); err == nil {
			t.Error("it has not heard of the end")
		}
		cancel()
		if got := there(t, filepath.Join(folder, "data")); got != "tree/ tree/big=old" {
			t.Errorf("%s: there is %q", to, got)
		}
	}
}

// A file arrives where only its owner can read it. It is refused in the place of what is mounted, and where its folder is not there.
func TestSendPlaces(t *testing.T) {
	c, p, folder := practised(t)
	send := func(to string, look func()) error {
		_, err := files.Send(t.Context(), c, files.Upload{
			Request: files.Request{Place: p, Path: to}, Mode: 0o755, Base: "base",
			Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(strings.NewReader("text"), looking(look))), nil
			},
		})
		return err
	}
	put(t, filepath.Join(folder, "data/old"), "")
	arriving := func() {
		for { // until the part is there
			if parts, _ := filepath.Glob(filepath.Join(folder, "data/.dayfly-*")); len(parts) == 1 {
				if m := mode(t, parts[0]); m != 0o600 {
					t.Errorf("what arrives has mode %v", m)
				}
				return
			}
			if t.Context().Err() != nil {
				return
			}
		}
	}
	if err := send("/data/new", arriving); err != nil || mode(t, filepath.Join(folder, "data/new")) != 0o755 {
		t.Error(err)
	}
	for to, want := range map[string]string{
		"/etc/hosts":    "hosts is a file that is mounted there",
		"/data/none/":   "there is no such folder",
		"/data/none/a":  "there is no such file",
		"/data/../data": "",
	} {
		err := send(to, func() {})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if got := there(t, filepath.Join(folder, "data")); got != "base=text new=text old=" {
		t.Errorf("there is %q", got)
	}
}

// looking is a reader that looks before it ends.
type looking func()

func (l looking) Read([]byte) (int, error) {
	l()
	return 0, io.EOF
}

// A file with other names stays what they name, if that is asked for.
func TestSendKeeps(t *testing.T) {
	c, p, folder := practised(t)
	name := filepath.Join(folder, "data/a")
	put(t, name, "old")
	if err := errors.Join(os.Link(name, name+"2"), os.Chmod(name, 0o751)); err != nil {
		t.Fatal(err)
	}
	for i, keep := range []bool{true, false} {
		text := fmt.Sprint("new", i)
		_, err := files.Send(t.Context(), c, files.Upload{
			Request: files.Request{Place: p, Path: "/data/a"}, Keep: keep, Mode: 0o751 | os.ModeSetgid, Owner: uid() + ":0",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := there(t, filepath.Join(folder, "data")); got != "a=new1 a2=new0" {
		t.Errorf("there is %q", got)
	}
	if at, err := os.Stat(name); err != nil || at.Mode() != 0o751|os.ModeSetgid {
		t.Errorf("%v, %v", at.Mode(), err)
	}
}

// A file that tar cannot read as it is, here as it is cut meanwhile, is told, and the others stay.
func TestDownloadTreeOfAChangingFile(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/a"), "1")
	cut := filepath.Join(folder, "data/cut")
	put(t, cut, "")
	if err := os.Truncate(cut, 64<<20); err != nil {
		t.Fatal(err)
	}
	root, _ := destination(t)
	r := files.Request{Place: p, Path: "/data", Progress: func(done int64) {
		if done > 1<<20 {
			_ = os.Truncate(cut, 0)
		}
	}}
	got, err := files.DownloadTree(t.Context(), c, r, root, files.DefaultLimits())
	if err != nil || got.Files != 2 || got.Skipped != 1 || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "cut: File shrank") {
		t.Errorf("%+v, %v", got, err)
	}
	if text, err := root.ReadFile("a"); err != nil || string(text) != "1" {
		t.Errorf("%q, %v", text, err)
	}
}
