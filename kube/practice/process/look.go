//go:build linux || darwin

package process

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// look finds the program of a command in the PATH of its own environment. The errors are those of [exec.LookPath], whose
// words container runtimes pass on.
func look(spec Spec) (string, error) {
	if len(spec.Argv) == 0 || spec.Argv[0] == "" {
		return "", &exec.Error{Name: "", Err: exec.ErrNotFound}
	}
	name := spec.Argv[0]
	if strings.Contains(name, "/") {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(spec.Dir, path)
		}
		if err := executable(path); err != nil {
			return "", &exec.Error{Name: name, Err: err}
		}
		return path, nil
	}
	var path string
	for _, entry := range spec.Env {
		if value, ok := strings.CutPrefix(entry, "PATH="); ok {
			path = value // of several the last counts
		}
	}
	for _, dir := range filepath.SplitList(path) {
		if found := filepath.Join(dir, name); filepath.IsAbs(dir) && executable(found) == nil {
			return found, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return syscall.EISDIR
	case info.Mode()&0o111 == 0:
		return fs.ErrPermission
	}
	return nil
}

// notStarted is the error of a command that was found and yet not executed.
func notStarted(spec Spec, path string, errno syscall.Errno) error {
	var why error = &fs.PathError{Op: "exec", Path: path, Err: errno}
	if errors.Is(errno, fs.ErrNotExist) && spec.Dir != "" { // the folder, or the interpreter of a script
		if _, err := os.Stat(spec.Dir); err != nil {
			why = err
		}
	}
	return &exec.Error{Name: spec.Argv[0], Err: why}
}
