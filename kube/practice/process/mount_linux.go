package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// mount gives this thread, whose mount namespace is its own, a root with the mounts: what else is there is the machine's, entry by entry, for a place
// that the machine has not cannot be made in its files.
func (l *launch) mount() error {
	root, err := os.MkdirTemp(l.Scratch, "root-")
	if err != nil {
		return fmt.Errorf("make a root: %w", err)
	}
	if err := unix.Mount("tmpfs", root, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755,size=1m"); err != nil {
		return fmt.Errorf("make a root: %w", err)
	}
	if err := unix.Mount("", root, "", unix.MS_UNBINDABLE, ""); err != nil { // the folder of the machine that it is in is bound into it
		return fmt.Errorf("make a root: %w", err)
	}
	if err := l.lay(root, "/"); err != nil {
		return err
	}
	const old = ".old"
	if err := os.Mkdir(filepath.Join(root, old), 0o700); err != nil {
		return fmt.Errorf("make a root: %w", err)
	}
	if err := unix.PivotRoot(root, filepath.Join(root, old)); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := unix.Unmount("/"+old, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leave the root of the machine: %w", err)
	}
	_ = os.Remove("/" + old)
	return nil
}

// lay makes a folder of the machine in a root: its entries, but those of the mounts.
func (l *launch) lay(root, folder string) error {
	done := map[string]bool{}
	for _, m := range l.Mounts {
		name, more, ok := below(folder, m.Path)
		if !ok || done[name] {
			continue
		}
		done[name] = true
		path := filepath.Join(folder, name)
		if !more {
			if err := bind(m.From, root+path); err != nil {
				return fmt.Errorf("mount %s: %w", path, err)
			}
			continue
		}
		if err := os.Mkdir(root+path, 0o755); err != nil { //nolint:gosec // as folders of a root are
			return fmt.Errorf("mount %s: %w", m.Path, err)
		}
		if err := l.lay(root, path); err != nil {
			return err
		}
	}
	entries, _ := os.ReadDir(folder) // what the machine does not have, or does not show, is not there
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if done[entry.Name()] {
			continue
		}
		if entry.Type()&os.ModeSymlink != 0 {
			if to, err := os.Readlink(path); err == nil {
				_ = os.Symlink(to, root+path)
			}
			continue
		}
		_ = bind(path, root+path) // what cannot be is missed by nobody
	}
	return nil
}

// below is the next name on the way from a folder to a path, and whether more come after it; ok is false where the path is elsewhere.
func below(folder, path string) (name string, more, ok bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(folder, "/")+"/")
	if !ok || rest == "" {
		return "", false, false
	}
	name, _, more = strings.Cut(rest, "/")
	return name, more, true
}

// bind makes a file or a folder be seen at a path, where nothing is.
func bind(from, at string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.Mkdir(at, 0o755) //nolint:gosec // as folders of a root are
	} else {
		err = os.WriteFile(at, nil, 0o600)
	}
	if err != nil {
		return err
	}
	return unix.Mount(from, at, "", unix.MS_BIND|unix.MS_REC, "")
}
