//go:build unix

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// mode fails unless a file is for its owner alone.
func mode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Perm() != want {
		t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
	}
}

// The folder and every file in it are the owner's alone, whatever the umask, and what was wider is narrowed.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	folder := filepath.Join(t.TempDir(), "state", "dayfly")
	j := open(t, folder)
	j.limit = 10
	written(t, j, Entry{Action: Started}, Entry{Action: Ended})
	mode(t, filepath.Dir(folder), 0o700)
	files := []string{name(folder, 0), name(folder, 1), filepath.Join(folder, "journal.lock")}
	wide := func() {
		t.Helper()
		mode(t, folder, 0o700)
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			mode(t, file, 0o600)
			if err := os.Chmod(file, 0o664); err != nil {
				t.Fatal(err)
			}
		}
	}
	wide()
	written(t, open(t, folder), Entry{Action: Ended})
	mode(t, folder, 0o700)
	mode(t, name(folder, 0), 0o600)
	if list := got(t, folder, Filter{}); len(list) != 3 {
		t.Errorf("%d entries", len(list))
	}
	mode(t, name(folder, 1), 0o600)
}

// What is not a regular file in the place of the journal is neither written to nor read, and said.
func TestOddPlaces(t *testing.T) {
	const secret = "not ours\n"
	for what, c := range map[string]struct {
		make  func(file, elsewhere string) error
		wants string
	}{
		"link":     {func(file, elsewhere string) error { return os.Symlink(elsewhere, file) }, "cannot write the journal FILE: it is a symbolic link"},
		"dangling": {func(file, elsewhere string) error { return os.Symlink(elsewhere+"-none", file) }, "cannot write the journal FILE: it is a symbolic link"},
		"folder":   {func(file, _ string) error { return os.Mkdir(file, 0o700) }, "cannot write the journal FILE: it is a folder"},
		"pipe":     {func(file, _ string) error { return syscall.Mkfifo(file, 0o600) }, "cannot write the journal FILE: it is a pipe"},
	} {
		t.Run(what, func(t *testing.T) {
			base := t.TempDir()
			folder, elsewhere := filepath.Join(base, "dayfly"), filepath.Join(base, "elsewhere")
			if err := os.WriteFile(elsewhere, []byte(secret), 0o644); err != nil {
				t.Fatal(err)
			}
			j := open(t, folder)
			if err := os.Remove(name(folder, 0)); err != nil {
				t.Fatal(err)
			}
			if err := c.make(name(folder, 0), elsewhere); err != nil {
				t.Fatal(err)
			}
			_, opening := Open(folder)
			wants := strings.Replace(c.wants, "FILE", name(folder, 0), 1)
			for _, err := range []error{opening, j.Write(Entry{Action: Started})} {
				var problem *kube.Problem
				if !errors.As(err, &problem) || problem.Message != wants || !strings.Contains(problem.Hint, "move it away") {
					t.Errorf("the error is %v, want %q", err, wants)
				}
			}
			if _, err := Read(folder, Filter{}); err == nil || !strings.Contains(err.Error(), "cannot read the journal "+name(folder, 0)+": it is a") {
				t.Errorf("reading: %v", err)
			}
			if data, err := os.ReadFile(elsewhere); err != nil || string(data) != secret {
				t.Errorf("elsewhere is %q, %v", data, err)
			}
			mode(t, elsewhere, 0o644)
			if _, err := os.Lstat(elsewhere + "-none"); err == nil {
				t.Error("the link was followed")
			}
		})
	}
}

// The folder is a folder of ours, too.
func TestOddFolders(t *testing.T) {
	base := t.TempDir()
	elsewhere, file, link := filepath.Join(base, "elsewhere"), filepath.Join(base, "file"), filepath.Join(base, "link")
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		link: "it is a symbolic link", file: "it is a file, where a folder should be", filepath.Join(file, "dayfly"): "not a directory",
	} {
		if _, err := Open(folder); err == nil || err.Error() != "cannot write the journal "+folder+": "+want {
			t.Errorf("%s: %v, want %q", folder, err, want)
		}
	}
	mode(t, elsewhere, 0o755)
}

// fullDisk names a journal to which the test binary writes one entry as if the disk had room for twenty bytes more; it
// is a process of its own, because a limit is one of the whole process.
const fullDisk = "DAYFLY_TEST_FULL_DISK"

func TestMain(m *testing.M) {
	folder := os.Getenv(fullDisk)
	if folder == "" {
		os.Exit(m.Run())
	}
	signal.Ignore(syscall.SIGXFSZ)
	info, err := os.Stat(name(folder, 0))
	if err != nil {
		panic(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		panic(err)
	}
	limit.Cur = uint64(info.Size()) + 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		panic(err)
	}
	err = (&Journal{folder: folder, limit: sizeLimit}).Write(Entry{Action: Started, Pod: "lost"})
	var problem *kube.Problem
	if errors.As(err, &problem) {
		fmt.Println(problem.Message)
	}
}

// A journal whose folder goes away is made again. A full disk is told, and costs the entry that did not fit and no other.
func TestTrouble(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dayfly")
	j := open(t, folder)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	written(t, j, Entry{Action: Started, Pod: "a"})
	mode(t, folder, 0o700)

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fullDisk+"="+folder)
	out, err := cmd.CombinedOutput()
	if want := "cannot write the journal " + name(folder, 0) + ": file too large\n"; err != nil || string(out) != want {
		t.Fatalf("%v, it says %q, want %q", err, out, want)
	}
	written(t, j, Entry{Action: Started, Pod: "b"})
	list, err := Read(folder, Filter{})
	var broken *BrokenError
	if pods(list) != "a b" || !errors.As(err, &broken) || broken.Lines != 1 {
		t.Errorf("read %q, %v", pods(list), err)
	}
}
