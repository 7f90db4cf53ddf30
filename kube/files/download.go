package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Request is a copy.
type Request struct {
	Place   Place
	Path    string // in the container
	Retries int    // how often it is begun again in a row after a lost link, without a byte in between
	// Progress is called with the number of bytes so far; it may be nil, and is called from one goroutine at a time.
	Progress func(done int64)
	Retry    func(err error) // before each attempt after the first; may be nil
}

// Describe reads what is known of one file. Symbolic links are followed.
func Describe(ctx context.Context, c *kube.Cluster, p Place, name string) (Entry, error) {
	op := fmt.Sprintf("read %q in %s", kube.Sanitize(name), p.Target)
	var out bytes.Buffer
	said, word := &tail{}, token()
	code, err := stream.Exec(ctx, c, p.Runs, p.command(describe, name, word), stream.Streams{Out: &out, Err: said})
	if err != nil {
		return Entry{}, err
	}
	l, _ := parseListing(out.String(), word)
	if code != 0 || len(l.Entries) != 1 {
		return Entry{}, failed(op, code, said)
	}
	return l.Entries[0], nil
}

// Verified is whether the two ends were compared.
type Verified struct {
	Bytes  int64
	SHA256 string // of what was copied; in hexadecimal
	Equal  bool   // that of the container is the same
	Why    string // they were not compared: in words, without a point at the end; empty if they were
}

// download is one run of [Download].
type download struct {
	Request
	cluster *kube.Cluster
	op      string
	to      io.Writer
	size    int64 // to be read; below 0: until the end
	done    int64
	sum     hash.Hash
	theirs  *summing
	tries   attempts
	moves   atomic.Int64 // see ending
	local   error        // why what has come could not be written
}

// Download writes the content of a file of a container. It reads as many bytes as e says that the file has, and all there are of files whose size is not
// known (those of /proc). After a lost link it goes on where it was; then the SHA-256 of both ends are compared. An error other than that of a
// lost link leaves the writer with a part.
func Download(ctx context.Context, c *kube.Cluster, r Request, e Entry, to io.Writer) (Verified, error) {
	d := &download{Request: r, cluster: c, op: fmt.Sprintf("read %q in %s", kube.Sanitize(r.Path), r.Place.Target), to: to, size: e.Size, sum: sha256.New()}
	if !e.Mode.IsRegular() {
		return Verified{}, &kube.Problem{Message: d.op + ": it is not a regular file", Hint: "copy a regular file or a folder"}
	}
	if e.Size == 0 {
		d.size = -1
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.theirs = &summing{size: d.size, now: time.Now, ask: func() (string, error) { return remoteSum(ctx, c, r.Place, d.op, r.Path, d.size) }}
	if err := d.readAll(ctx); err != nil {
		return Verified{}, err
	}
	return d.verify(ctx, e)
}

// verify compares what has come with what the container has.
func (d *download) verify(ctx context.Context, e Entry) (Verified, error) {
	v := Verified{Bytes: d.done, SHA256: hex.EncodeToString(d.sum.Sum(nil))}
	if d.size < 0 {
		v.Why = "its size was not known"
		return v, nil
	}
	theirs, err := d.theirs.result()
	for tries := (attempts{}); err != nil && tries.again(ctx, &d.Request, err, false); {
		theirs, err = d.theirs.ask()
	}
	switch {
	case errors.Is(err, kube.ErrLinkLost):
		v.Why = "the link was lost"
	case err != nil:
		return v, err
	case theirs == "" && d.tries.lost && d.changed(ctx, e), theirs != "" && theirs != v.SHA256:
		return v, &kube.Problem{Message: d.op + ": the file has changed while it was read", Hint: "copy it again when nothing writes to it"}
	case theirs == "":
		v.Why = "the container has no sha256sum"
	default:
		v.Equal = true
	}
	return v, nil
}

// changed reports whether a file, by its size and time, is not what it was when its first part was read. Where nothing can be compared, two versions would be mixed.
func (d *download) changed(ctx context.Context, e Entry) bool {
	now, err := Describe(ctx, d.cluster, d.Place, d.Path)
	return err != nil || now.Size != e.Size || !now.Modified.Equal(e.Modified)
}

// readAll reads until all is there, over lost links.
func (d *download) readAll(ctx context.Context) error {
	for {
		before := d.done
		err := d.readOnce(ctx)
		if err == nil || d.size < 0 || ctx.Err() != nil || !d.tries.again(ctx, &d.Request, err, d.done > before) {
			return err
		}
	}
}

// readOnce reads what is missing over one link.
func (d *download) readOnce(whole context.Context) error {
	ctx, stop := context.WithCancel(whole)
	defer stop()
	in := hold(nil)
	defer in.release()
	said := &ending{size: d.size, release: in.release, moves: &d.moves, over: ctx.Done(), after: func() <-chan time.Time { return time.After(quiet) }}
	streams := stream.Streams{Bulk: d.size >= bulk}
	if d.size >= 0 {
		said.word, streams.In = token(), in
	}
	to := &receiver{d: d, release: in.release, stop: stop}
	streams.Out, streams.Err = to, said
	code, err := stream.Exec(ctx, d.cluster, d.Place.Runs, d.Place.command(read, d.Path, strconv.FormatInt(d.done+1, 10), said.word), streams)
	if !to.close(whole) {
		return whole.Err()
	}
	switch {
	case d.local != nil:
		return d.local
	case d.size >= 0 && d.done == d.size:
		return nil
	case err != nil:
		return err
	case code != 0:
		return failed(d.op, code, &said.tail)
	case d.size >= 0 && said.short.Load():
		return &kube.Problem{
			Message: fmt.Sprintf("%s: its size is %d bytes, and it gives %d", d.op, d.size, d.done), Hint: "files of /sys say a size that they do not have: print it with cat", Err: io.ErrUnexpectedEOF,
		}
	case d.size >= 0:
		return &kube.Problem{Message: fmt.Sprintf("%s: it ended after %d of %d bytes", d.op, d.done, d.size), Hint: "the file has become shorter meanwhile: copy it again", Err: io.ErrUnexpectedEOF}
	}
	return nil
}

// receiver takes what comes, and ends the exec when nothing more is wanted.
type receiver struct {
	d       *download
	release func() // when all is here
	stop    func() // when more has come

	mu     sync.Mutex
	closed bool
}

// close has it take no more: what still comes of a link that is given up would come into the next attempt. It waits for what is being taken, unless the whole
// copy is over, and reports whether nothing is taken any more.
func (r *receiver) close(whole context.Context) bool {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.closed = true
	}()
	select {
	case <-closed:
		return true
	case <-whole.Done():
		return false
	}
}

// Write writes as much as is wanted.
func (r *receiver) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, io.ErrClosedPipe
	}
	d, want := r.d, p
	d.moves.Add(1)
	defer d.moves.Add(1)
	if d.size >= 0 {
		want = p[:min(int64(len(p)), d.size-d.done)]
	}
	n, err := d.to.Write(want)
	_, _ = d.sum.Write(want[:n])
	d.done += int64(n)
	d.theirs.came(d.done)
	if d.Progress != nil {
		d.Progress(d.done)
	}
	if err != nil {
		d.local = err
		r.stop()
		return n, err //nolint:wrapcheck // as the writer says it
	}
	switch {
	case len(want) < len(p):
		r.stop()
	case d.done == d.size:
		r.release()
	}
	return len(p), nil
}

// bulk is from how many bytes on a file is worth another protocol.
const bulk = 4 << 20

func remoteSum(ctx context.Context, c *kube.Cluster, p Place, op, name string, size int64) (string, error) {
	var out bytes.Buffer
	said := &tail{}
	code, err := stream.Exec(ctx, c, p.Runs, p.command(sum, name, strconv.FormatInt(size, 10)), stream.Streams{Out: &out, Err: said})
	if err != nil {
		return "", err
	}
	if code != 0 {
		return "", failed(op, code, said)
	}
	theirs, _, _ := strings.Cut(out.String(), " ")
	return strings.TrimSpace(theirs), nil
}
