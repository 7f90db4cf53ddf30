package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// mostWhole is of how many files it is remembered that they need not come again: a name takes some hundred bytes.
const mostWhole = 100_000

// tree is one run of [DownloadTree].
type tree struct {
	Request
	cluster *kube.Cluster
	op      string
	into    *os.Root
	limits  Limits
	got     *extraction
	before  int64 // bytes of attempts that have ended
}

// DownloadTree writes a folder of a container, with everything below it, into a folder of this machine, which may have files: those of the same names are
// replaced. After a lost link only what is not there yet is read; where the container's programs cannot tell, all of it. What [Extract] skips is told by
// what it returns.
func DownloadTree(ctx context.Context, c *kube.Cluster, r Request, into *os.Root, limits Limits) (Extracted, error) {
	t := &tree{Request: r, cluster: c, op: fmt.Sprintf("read %q in %s", kube.Sanitize(r.Path), r.Place.Target), into: into, limits: limits}
	t.got = newExtraction(into, limits)
	err := t.readAll(ctx)
	return t.got.finish(), err
}

// errAnew is why it cannot be gone on where a link was lost.
var errAnew = errors.New("the programs of the container cannot go on with a folder")

// readAll reads until all is there, over lost links.
func (t *tree) readAll(ctx context.Context) error {
	for tries := (attempts{}); ; {
		known := len(t.got.whole)
		err := t.readOnce(ctx)
		if errors.Is(err, errAnew) {
			t.got = newExtraction(t.into, t.limits)
			err = t.readOnce(ctx)
		}
		if err == nil || !tries.again(ctx, &t.Request, err, len(t.got.whole) > known) {
			return err
		}
	}
}

// script is what prints the archive: all of it, or what is missing; names are its input then.
func (t *tree) script() (script string, names io.Reader) {
	if len(t.got.whole) == 0 {
		return pack, nil
	}
	return packRest, strings.NewReader("./" + strings.Join(t.got.whole, "\n./") + "\n\n")
}

// readOnce reads what is missing over one link.
func (t *tree) readOnce(ctx context.Context) error {
	if len(t.got.whole) > mostWhole {
		t.got = newExtraction(t.into, t.limits)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	said, ended := &complaints{}, make(chan error, 1)
	archive, sends := io.Pipe()
	script, names := t.script()
	in := hold(names)
	defer in.release()
	code := 0
	go func() {
		var err error
		code, err = stream.Exec(ctx, t.cluster, t.Place.Runs, t.Place.command(script, t.Path), stream.Streams{In: in, Out: sends, Err: said, Bulk: true})
		ended <- err
		_ = sends.CloseWithError(err)
	}()
	from := &counted{from: archive, tell: t.Progress, done: t.before}
	err := t.got.readAll(from)
	in.release()
	if err == nil {
		_, err = io.Copy(io.Discard, archive) // the padding at the end
	} else {
		stop()
	}
	_ = archive.CloseWithError(io.ErrClosedPipe)
	lost := <-ended
	t.before = from.done
	switch {
	case errors.Is(lost, kube.ErrLinkLost):
		return lost
	case names != nil && code == codeAnew:
		return errAnew
	case err == nil && lost == nil && (code == 0 || code <= someMissed && from.zeros >= endMarker): // all of it is here but what could not be read
		t.got.complain(said)
		return nil
	case code != 0:
		return failed(t.op, code, &said.tail)
	case err != nil:
		return err
	}
	return lost
}

// someMissed is up to which code tar has read all that it could: 1 where a file has changed meanwhile, and 2 where one could not be read; the tar of BusyBox has
// but 1.
const someMissed = 2

// complaints are what tar says of the files that it could not read as they are, line by line.
type complaints struct {
	tail
	rest  []byte // of a line that has not ended
	count int
	lines []string // the first few; cleaned
}

// Write takes what is said.
func (c *complaints) Write(p []byte) (int, error) {
	const longest = 4 << 10
	for _, b := range p {
		if b != '\n' {
			if len(c.rest) < longest {
				c.rest = append(c.rest, b)
			}
			continue
		}
		c.add()
	}
	return c.tail.Write(p)
}

// add takes a line that has ended.
func (c *complaints) add() {
	line := strings.TrimSpace(kube.Sanitize(string(c.rest)))
	c.rest = c.rest[:0]
	switch {
	case line == "", strings.Contains(line, "xiting with failure status"), strings.Contains(line, "rror exit delayed"), strings.HasSuffix(line, "socket ignored"):
		return
	}
	if c.count++; len(c.lines) < mostNotes {
		c.lines = append(c.lines, line)
	}
}

// complain notes what tar could not read as it is.
func (e *extraction) complain(c *complaints) {
	c.add()
	for _, line := range c.lines {
		if len(e.Notes) < mostNotes {
			e.Notes = append(e.Notes, "not copied whole: "+line)
		}
	}
	e.Skipped += c.count
}

// endMarker is how many zero bytes end an archive, at least.
const endMarker = 1024

// counted tells how much was read.
type counted struct {
	from  io.Reader
	tell  func(int64)
	done  int64
	zeros int // at its end
}

// Read reads.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if rest := len(bytes.TrimRight(p[:n], "\x00")); rest > 0 {
		c.zeros = n - rest
	} else {
		c.zeros += n
	}
	if c.done += int64(n); c.tell != nil {
		c.tell(c.done)
	}
	return n, err //nolint:wrapcheck // EOF is to be seen as it is
}
