package main

import (
	"io"
	"os"
)

// overhear takes standard error away from the credential plugins of kubeconfigs, which would write across the screen, and gives what
// they have said since it was last asked. It counts for clusters that are opened from here on and lasts until the program ends: client-go
// has no setting for it and takes what os.Stderr is when it prepares a plugin. A crash of our own is still told on the real one.
func overhear() func() string {
	file, err := os.CreateTemp("", "dayfly-")
	if err == nil {
		err = os.Remove(file.Name()) // where an open file cannot be removed it would stay behind
	}
	if err != nil {
		_ = file.Close() // nil after an error of CreateTemp, which Close takes
		if file, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
			return nil
		}
	}
	os.Stderr = file
	return func() string {
		const most = 64 << 10
		text, err := io.ReadAll(io.NewSectionReader(file, 0, most))
		// Children share the offset, so that the next begins at the start again.
		if file.Truncate(0) == nil {
			_, _ = file.Seek(0, io.SeekStart)
		}
		if err != nil {
			return ""
		}
		return string(text)
	}
}
