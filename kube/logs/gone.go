package logs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ErrGone is the cause of a [*kube.Problem] with a log that the node does not have, or cannot read. The API server has answered with 200.
var ErrGone = errors.New("the node has no log of the container")

// A kubelet that cannot read a log when it has already begun to answer writes its error into the answer, as its last line and without a line
// end: kubernetes/kubernetes pkg/kubelet/kuberuntime (kuberuntime_container.go, GetContainerLogs) and
// k8s.io/cri-client/pkg/logs (logs.go, ReadLogs). A program's line has a line end, or a time stamp before it.
var (
	logErrorBegins = [][]byte{ //nolint:gochecknoglobals // never changed
		[]byte("unable to retrieve container logs for "),
		[]byte("failed to try resolving symlinks in path "),
		[]byte("failed to open log file "),
		[]byte("failed to seek "),
		[]byte("failed to read log file "),
		[]byte("failed to create fsnotify watcher: "),
		[]byte("failed to watch directory "),
		[]byte("failed to get container status "),
	}
	logError = regexp.MustCompile(`^(?:` +
		`unable to retrieve container logs for [a-z][a-z-]*://[0-9a-f]*` +
		`|failed to (?:try resolving symlinks in path|open log file|read log file|watch directory|get container status) ".*` +
		`|failed to seek \d+ in log file ".*` +
		`|failed to create fsnotify watcher: .*)$`)
)

// longestLogError is how much of a line may be such an error, in bytes.
const longestLogError = 4 << 10

// kubeletLog reads a log as a kubelet answers it, and ends with a [*kube.Problem] instead of the kubelet's own error.
type kubeletLog struct {
	io.ReadCloser
	op    string
	out   []byte // to be read
	held  []byte // the beginning of a line that may be an error
	line  bool   // in a line that is none
	ended error
	chunk []byte
}

func newKubeletLog(stream io.ReadCloser, op string) *kubeletLog {
	return &kubeletLog{ReadCloser: stream, op: op, chunk: make([]byte, 32<<10)}
}

// Read reads what is certain to be the program's.
func (l *kubeletLog) Read(p []byte) (int, error) {
	for len(l.out) == 0 && l.ended == nil {
		n, err := l.ReadCloser.Read(l.chunk)
		l.take(l.chunk[:n])
		if err != nil {
			l.end(err)
		}
	}
	if len(l.out) == 0 {
		return 0, l.ended
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

// take lets through what is no error, and holds the rest.
func (l *kubeletLog) take(b []byte) {
	l.out = l.out[:0]
	whole := bytes.LastIndexByte(b, '\n') + 1
	if whole > 0 {
		l.out = append(append(l.out, l.held...), b[:whole]...)
		l.held, l.line = l.held[:0], false
	}
	rest := b[whole:]
	if !l.line {
		l.held = append(l.held, rest...)
		if mayBeLogError(l.held) {
			return
		}
		rest, l.line = l.held, len(l.held) > 0
	}
	l.out = append(l.out, rest...)
	l.held = l.held[:0]
}

// end is called once, with the error of the stream.
func (l *kubeletLog) end(err error) {
	l.ended = err
	if errors.Is(err, io.EOF) && logError.Match(l.held) {
		l.ended = &kube.Problem{
			Message: fmt.Sprintf("%s: its node cannot read the log: %s", l.op, kube.Sanitize(string(l.held))),
			Hint:    "the container or its log may have been removed from the node", Err: ErrGone,
		}
		return
	}
	l.out = append(l.out, l.held...)
}

// mayBeLogError reports whether the beginning of a line may be that of an error.
func mayBeLogError(line []byte) bool {
	if len(line) > longestLogError {
		return false
	}
	for _, begin := range logErrorBegins {
		if n := min(len(begin), len(line)); n > 0 && bytes.Equal(begin[:n], line[:n]) {
			return true
		}
	}
	return false
}
