package main

import (
	"io"
	"os"

	"github.com/dayfly-k8s/dayfly/kube"
)

// capturedStderr is the file that credential plugins write to.
type capturedStderr struct{ file *os.File }

// Text is what they have written since it was taken last.
func (c capturedStderr) Text() string {
	const most = 64 << 10
	text, err := io.ReadAll(io.NewSectionReader(c.file, 0, most))
	if err != nil {
		return ""
	}
	return string(text)
}

// Take is Text, and forgets it.
func (c capturedStderr) Take() string {
	text := c.Text()
	// Children share the offset, so that the next begins at the start again.
	if c.file.Truncate(0) == nil {
		_, _ = c.file.Seek(0, io.SeekStart)
	}
	return text
}

// captureStderr takes standard error away from the credential plugins of kubeconfigs, which would write across the screen, and keeps what
// they say; nil when it cannot. It counts for clusters that are opened from here on and lasts until the program ends: client-go
// has no setting for it and takes what os.Stderr is when it prepares a plugin. A crash of our own is still told on the real one.
func captureStderr() kube.PluginOutput {
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
	return capturedStderr{file}
}
