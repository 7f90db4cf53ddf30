package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// How a file is opened. Reading what was written last is part of appending.
const (
	appending = os.O_RDWR | os.O_APPEND | os.O_CREATE
	reading   = os.O_RDONLY
)

// own makes a folder, or narrows it, so that only its owner can look into it.
func own(folder string) error {
	const mode = 0o700
	if err := os.MkdirAll(folder, mode); err != nil {
		return odd(folder, fs.FileMode.IsDir, err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &oddError{kind(info.Mode())}
	}
	if hasModes && info.Mode().Perm()&^mode != 0 {
		if err := os.Chmod(folder, mode); err != nil {
			return fmt.Errorf("others can read its folder: %w", err)
		}
	}
	return nil
}

// openPlain opens a plain file for its owner alone. It follows no link and waits for nothing, as opening a pipe would.
func openPlain(file string, flags int) (*os.File, error) {
	const mode = 0o600
	f, err := os.OpenFile(file, flags|noFollow, mode)
	if err != nil {
		return nil, odd(file, fs.FileMode.IsRegular, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &oddError{kind(info.Mode())}
	}
	if err == nil && !hasModes { // and no way to open without following
		if at, e := os.Lstat(file); e != nil || !os.SameFile(at, info) {
			err = &oddError{"a link"}
		}
	}
	if err == nil && hasModes && info.Mode().Perm()&^mode != 0 {
		if err = f.Chmod(mode); err != nil {
			err = fmt.Errorf("others can read it: %w", err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// odd is what is in a place that should be something else, when that is why it cannot be used; otherwise it is err.
func odd(place string, is func(fs.FileMode) bool, err error) error {
	if info, e := os.Lstat(place); e == nil && !is(info.Mode()) {
		return &oddError{kind(info.Mode())}
	}
	return err
}

// oddError is an error about something in the place of a folder or a plain file.
type oddError struct{ is string }

func (e *oddError) Error() string { return "it is " + e.is }

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode.IsRegular():
		return "a file, where a folder should be"
	}
	return "not a regular file"
}
