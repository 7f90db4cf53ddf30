package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Folder is where the recordings are within the folder of dayfly's state.
func Folder(state string) string { return filepath.Join(state, "recordings") }

// create makes a file that has not been there, for its owner alone, in a folder of the owner's own.
func create(state string, begun time.Time, about About) (*os.File, error) {
	folder := Folder(state)
	for _, f := range []string{state, folder} {
		if err := own(f); err != nil {
			return nil, unwritten(f, err)
		}
	}
	root, err := os.OpenRoot(folder) // whatever is put in the folder's place from here on
	if err != nil {
		return nil, unwritten(folder, err)
	}
	defer func() { _ = root.Close() }()
	const mode, most = 0o600, 1000
	for n := 1; ; n++ {
		name := fileName(begun, about, n)
		// O_EXCL opens nothing that is there: no file of before, no link, no pipe.
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && n < most {
			continue
		}
		if err != nil {
			return nil, unwritten(filepath.Join(folder, name), err)
		}
		return f, nil
	}
}

// own makes a folder, or narrows it, so that only its owner can look into it.
func own(folder string) error {
	const mode = 0o700
	making := os.MkdirAll(folder, mode)
	info, err := os.Lstat(folder)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case err == nil && !info.IsDir():
		return errors.New("it is not a folder")
	case making != nil:
		return making
	case err != nil:
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&^mode != 0 {
		if err := os.Chmod(folder, mode); err != nil {
			return fmt.Errorf("others can read it: %w", err)
		}
	}
	return nil
}

// unwritten explains why a recording cannot begin.
func unwritten(file string, err error) error {
	return problem("the session is not recorded: "+kube.Sanitize(file),
		"recordings need regular files in their own folder, never links; set XDG_STATE_HOME to use another place", err)
}
