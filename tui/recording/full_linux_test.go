package recording

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// fullDisk is a recording on a disk with room for little: a real one, where the test may mount it, else the device that is always full.
func fullDisk(t *testing.T, o Options) (*Writer, error) {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=64k,mode=0700"); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
		return Create(folder, shop(), o)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return newWriter(&headOnly{File: full}, full.Name(), o.Now(), shop(), o)
}

// headOnly takes the first line.
type headOnly struct {
	*os.File
	once bool
}

func (h *headOnly) Write(p []byte) (int, error) {
	if !h.once {
		h.once = true
		return len(p), nil
	}
	return h.File.Write(p)
}

// A full disk is one error, told once. The session is not stopped, and what was written can be played.
func TestFullDisk(t *testing.T) {
	told := make(chan error, 10)
	w, err := fullDisk(t, Options{Trouble: func(err error) { told <- err }})
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.Repeat([]byte("0123456789abcdef"), 256)
	for w.Err() == nil {
		w.Output(line)
		w.Mark("") // so that lines are short
	}
	first := <-told
	for range 1000 {
		w.Output(line)
	}
	w.Mark("detached")
	closing := w.Close()
	var problem *kube.Problem
	if !errors.As(closing, &problem) || !errors.Is(closing, syscall.ENOSPC) || !errors.Is(w.Err(), closing) || !errors.Is(first, closing) || len(told) > 0 {
		t.Fatalf("told %v and %d more; closed with %v", first, len(told), closing)
	}
	if !strings.HasSuffix(problem.Message, "ends here: no space left on device") || !strings.Contains(problem.Hint, "the session goes on") {
		t.Errorf("it says %q, %q", problem.Message, problem.Hint)
	}
	if strings.HasPrefix(w.File(), "/dev") {
		return
	}
	data, err := os.ReadFile(w.File())
	if err != nil || len(data) < 40<<10 || data[len(data)-1] != '\n' {
		t.Fatalf("there are %d bytes, %v", len(data), err)
	}
	var out bytes.Buffer
	if err := Play(t.Context(), bytes.NewReader(data), &out, PlayOptions{Speed: 1e9}); err != nil {
		t.Errorf("it does not play: %v", err)
	}
}
