package files

import (
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
	t.got = &extraction{root: into, limits: limits}
	err := t.readAll(ctx)
	return t.got.finish(), err
}

// errAnew is why it cannot be gone on where a link was lost.
var errAnew = errors.New("the programs of the container cannot go on with a folder")

// readAll reads until all is there, over lost links.
func (t *tree) readAll(ctx context.Context) error {
	for idle := 0; ; {
		known := len(t.got.whole)
		err := t.readOnce(ctx)
		if errors.Is(err, errAnew) {
			t.got = &extraction{root: t.into, limits: t.limits}
			err = t.readOnce(ctx)
		}
		if idle++; len(t.got.whole) > known {
			idle = 1
		}
		if err == nil || !errors.Is(err, kube.ErrLinkLost) || idle > t.Retries || ctx.Err() != nil {
			return err
		}
		if t.Retry != nil {
			t.Retry(err)
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
		t.got = &extraction{root: t.into, limits: t.limits}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	said, ended := &tail{}, make(chan error, 1)
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
	case err == nil && lost == nil && code == 0:
		if text := said.String(); names != nil && text != "" {
			t.got.skip(t.Path, text)
		}
		return nil
	case code != 0:
		return failed(t.op, code, said)
	case err != nil:
		return err
	}
	return lost
}

// counted tells how much was read.
type counted struct {
	from io.Reader
	tell func(int64)
	done int64
}

// Read reads.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if c.done += int64(n); c.tell != nil {
		c.tell(c.done)
	}
	return n, err //nolint:wrapcheck // EOF is to be seen as it is
}
