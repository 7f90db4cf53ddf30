package files

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Save is [Download] into a file of this machine. It is written beside its place, readable for its owner only, and takes it, with what it is told of mode and
// time, when it is whole: what was there stays until then, and no part stays after an error. The umask counts. What is no regular file here, as /dev/null, is written to.
func Save(ctx context.Context, c *kube.Cluster, r Request, e Entry, to string) (got Verified, err error) {
	part, special := filepath.Join(filepath.Dir(to), ".dayfly-"+rand.Text()), false
	if at, err := os.Stat(to); err == nil && !at.Mode().IsRegular() {
		part, special = to, true
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if special {
		flag = os.O_WRONLY
	}
	f, err := os.OpenFile(part, flag, partMode)
	if err != nil {
		return got, err //nolint:wrapcheck // it names the file
	}
	defer func() {
		if err != nil && !special {
			_ = os.Remove(part)
		}
	}()
	got, err = Download(ctx, c, r, e, f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil || special {
		return got, err
	}
	mask := fs.FileMode(0)
	if root, err := os.OpenRoot(filepath.Dir(to)); err == nil {
		mask = umask(root)
		_ = root.Close()
	}
	_ = os.Chmod(part, e.Mode.Perm()&^mask|partMode)
	_ = os.Chtimes(part, time.Time{}, e.Modified)
	return got, os.Rename(part, to) //nolint:wrapcheck // it names both
}

// SaveTree is [DownloadTree] into a new folder of this machine, which is there when all of it is: no part stays after an error.
func SaveTree(ctx context.Context, c *kube.Cluster, r Request, to string, limits Limits) (got Extracted, err error) {
	if _, err := os.Lstat(to); err == nil {
		return got, &kube.Problem{Message: fmt.Sprintf("%s is there already", kube.Sanitize(to)), Hint: "choose another name for the copy"}
	}
	part := filepath.Join(filepath.Dir(to), ".dayfly-"+rand.Text())
	if err := os.Mkdir(part, usable); err != nil {
		return got, err //nolint:wrapcheck // it names the folder
	}
	defer func() {
		if err != nil {
			_ = removeAll(part)
		}
	}()
	root, err := os.OpenRoot(part)
	if err != nil {
		return got, err //nolint:wrapcheck // it names the folder
	}
	got, err = DownloadTree(ctx, c, r, root, limits)
	_ = root.Close()
	if err != nil {
		return got, err
	}
	_ = os.Chmod(part, got.Mode)
	return got, os.Rename(part, to) //nolint:wrapcheck // it names both
}

// removeAll removes a folder whose folders may not be written to.
func removeAll(folder string) error {
	_ = filepath.WalkDir(folder, func(name string, d os.DirEntry, _ error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(name, 0o700) //nolint:gosec // it is removed
		}
		return nil
	})
	return os.RemoveAll(folder) //nolint:wrapcheck // nobody looks
}
