// Package recording keeps what a session has printed, and shows it again.
//
// A recording is a file in asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/), which other players know too: a line of
// JSON about the session, then a line for each piece of output, change of size and mark, with its time. [Create] begins
// one, a [Writer] takes what comes and never makes the session wait for the disk, [Writer.Close] ends it. [Play] shows one again at
// its own pace, [Transcript] makes plain text of it, [List] says which there are.
//
// What a session prints may be secret, so only the owner can read the file. What is typed is kept only where that was asked for:
// passwords are typed.
package recording

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// About is what a recording says of its session. It goes into the first line and the name of the file. Nothing else of the session,
// its environment or its cluster does.
type About struct {
	Context, Namespace, Pod, Container string

	Cols, Rows uint16 // of the terminal; 0×0 is written as 80×24, for players want a size
	Term       string // the terminal's kind, as in $TERM
}

// title is the session in one line.
func (a About) title() string {
	title := a.Pod
	if a.Namespace != "" {
		title = a.Namespace + "/" + title
	}
	for _, more := range []string{a.Container, a.Context} {
		if more != "" {
			title += " · " + more
		}
	}
	return kube.Sanitize(title)
}

// Options are how a recording is made. The zero value is good.
type Options struct {
	Input bool             // keep what is typed, too
	Now   func() time.Time // nil: time.Now, whose monotonic clock counts
	// Trouble is called once, with what [Writer.Err] says from then on, when nothing more can be written. It is called on a goroutine of
	// the Writer, and [Writer.Close] waits for it. nil: nobody is told.
	Trouble func(error)
}

// Header is the first line of a recording. Its texts are cleaned.
type Header struct {
	Version    int       // of asciicast: 2 or 3
	Cols, Rows int       // of the terminal that was recorded
	Time       time.Time // when it began; zero when it is not known
	Title      string
	Term       string

	idle float64 // seconds: how long nothing may happen, as the recording wants it; 0: as long as it did
}

// problem explains an error of the disk.
func problem(what, hint string, err error) error {
	var already *kube.Problem
	if err == nil || errors.As(err, &already) {
		return err
	}
	return &kube.Problem{Message: what + ": " + kube.Sanitize(reason(err)), Hint: hint, Err: err}
}

// reason drops the call and the path that package os wraps around what went wrong.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return strings.ReplaceAll(err.Error(), path.Error(), path.Err.Error())
	}
	return err.Error()
}

// seconds is a time of a recording. No recording is longer than some decades; whatever else a file says is cut to that.
func seconds(s float64) time.Duration {
	const most = 1e9
	return time.Duration(max(0, min(s, most)) * float64(time.Second))
}

// stamp is a time as the name of a file has it.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// fileName is the name of a recording's file, the n-th of that name.
func fileName(begun time.Time, a About, n int) string {
	name := stamp(begun)
	for _, part := range []string{a.Namespace, a.Pod, a.Container} {
		if part != "" {
			name += "-" + FilePart(part)
		}
	}
	if n > 1 {
		name += fmt.Sprintf("-%d", n)
	}
	return name + extension
}

const extension = ".cast"

// FilePart is a name from a cluster as a part of the name of a file, on every system: a hostile one leads nowhere else. Of a name that is
// long the end stays, which tells more.
func FilePart(name string) string {
	const longest = 63 // bytes
	part := strings.Map(plainLetter, name)
	return cmp.Or(part[max(0, len(part)-longest):], "_")
}

// plainLetter is what may stand in the name of a file on every system.
func plainLetter(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
		return r
	}
	return '_'
}
