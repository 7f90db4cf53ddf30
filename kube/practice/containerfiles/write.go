package containerfiles

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// at is where a path of the container is on this machine: below the root, whatever the path says.
func (l layer) path(name string) string { return filepath.Join(l.root, filepath.Clean("/"+name)) }

func (l layer) folder(name string) error {
	if err := os.MkdirAll(l.path(name), folderMode); err != nil {
		return err
	}
	return os.Chmod(l.path(name), folderMode)
}

func (l layer) file(name, text string) error {
	at := l.path(name)
	if err := os.MkdirAll(filepath.Dir(at), folderMode); err != nil {
		return err
	}
	if err := os.WriteFile(at, []byte(text), fileMode); err != nil {
		return err
	}
	if err := os.Chmod(at, fileMode); err != nil { // whatever the umask is
		return err
	}
	return os.Chtimes(at, l.at, l.at)
}

func (l layer) link(name, to string) error {
	at := l.path(name)
	if err := os.MkdirAll(filepath.Dir(at), folderMode); err != nil {
		return err
	}
	_ = os.Remove(at)
	if err := os.Symlink(to, at); err != nil {
		return err
	}
	return touch(at, l.at)
}

// settle gives folders the time of the newest file in them, the deepest first: what was put into them has changed their own.
func (l layer) settle() error {
	var folders []string
	if err := filepath.WalkDir(l.root, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			folders = append(folders, at)
		}
		return err
	}); err != nil {
		return err
	}
	slices.Reverse(folders)
	for _, folder := range folders {
		newest := l.at
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && !e.IsDir() && info.ModTime().After(newest) {
				newest = info.ModTime()
			}
		}
		if err := os.Chtimes(folder, newest, newest); err != nil {
			return err
		}
	}
	return nil
}
