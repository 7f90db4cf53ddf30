package runner

import (
	"fmt"
	"math"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// Save writes what is kept of the session's output as a recording, and returns its file. The error is a [*kube.Problem].
func (s *Session) Save() (file string, err error) {
	const piece = 64 << 10
	if s.runner.options.State == "" {
		return "", &kube.Problem{Message: "there is no folder for recordings"}
	}
	now := s.Look()
	w, err := recording.Create(s.runner.options.State, now.Job.recorded(s.link.Size()), recording.Options{Now: func() time.Time { return now.Began }})
	if err != nil {
		return "", err
	}
	kept := s.Tail(math.MaxInt64)
	if lost := s.Look().BytesOut - int64(len(kept)); lost > 0 {
		w.Mark(bytes(lost) + " of earlier output was not kept")
	}
	for len(kept) > 0 {
		n := min(len(kept), piece)
		w.Output(kept[:n])
		kept = kept[n:]
	}
	return w.File(), w.Close()
}

// bytes is a number of them in words.
func bytes(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
