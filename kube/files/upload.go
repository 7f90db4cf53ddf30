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
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Upload is a copy into a container.
type Upload struct {
	Request
	Base  string      // the name that it gets where Path is a folder
	Mode  fs.FileMode // of a file; 0: as new files there have it
	Owner string      // UID:GID; empty: the user of the container's process
	// Open begins to read what is copied, anew for each attempt. It is tried once if Once is set.
	Open func() (io.ReadCloser, error)
	Once bool
}

// op is the upload for errors.
func (u *Upload) op() string {
	return fmt.Sprintf("write %q in %s", kube.Sanitize(u.Path), u.Place.Target)
}

// retried reports whether an upload whose link was lost is begun again.
func (u *Upload) retried(ctx context.Context, err error, attempt int) bool {
	if u.Once || !errors.Is(err, kube.ErrLinkLost) || attempt >= u.Retries || ctx.Err() != nil {
		return false
	}
	if u.Retry != nil {
		u.Retry(err)
	}
	return true
}

// Send writes a file of a container. The file takes its place when all of it has arrived and is equal; what was there stays until then, and after an error.
func Send(ctx context.Context, c *kube.Cluster, u Upload) (Verified, error) {
	for attempt := 0; ; attempt++ {
		v, err := u.sendOnce(ctx, c)
		if err == nil || !u.retried(ctx, err, attempt) {
			return v, err
		}
	}
}

func (u *Upload) sendOnce(ctx context.Context, c *kube.Cluster) (Verified, error) {
	at, err := u.ask(ctx, c, place, u.Path, u.Base)
	if err != nil {
		return Verified{}, err
	}
	part := ".dayfly-" + token()
	from, err := u.Open()
	if err != nil {
		return Verified{}, err
	}
	defer func() { _ = from.Close() }()
	read := &summed{from: from, sum: sha256.New(), tell: u.Progress}
	said := &tail{}
	code, err := stream.Exec(ctx, c, u.Place.Runs, u.Place.command(receive, at, part), stream.Streams{In: read, Out: discard{}, Err: said})
	switch {
	case read.failed != nil:
		err = read.failed
	case err == nil && code != 0:
		err = failed(u.op(), code, said)
	}
	v := Verified{Bytes: read.done, SHA256: hex.EncodeToString(read.sum.Sum(nil))}
	if err == nil {
		var says string
		mode := ""
		if u.Mode != 0 {
			mode = strconv.FormatUint(uint64(u.Mode.Perm()), 8)
		}
		says, err = u.ask(ctx, c, settle, at, part, strconv.FormatInt(v.Bytes, 10), v.SHA256, mode, u.Owner)
		v.Equal = strings.Contains(says, "equal")
	}
	if err != nil {
		const patience = 10 * time.Second
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		_, _ = u.ask(ctx, c, discardPart, at, part)
	}
	return v, err
}

// ask runs a short script, and returns what it prints.
func (u *Upload) ask(ctx context.Context, c *kube.Cluster, script string, args ...string) (string, error) {
	var out bytes.Buffer
	said := &tail{}
	code, err := stream.Exec(ctx, c, u.Place.Runs, u.Place.command(script, args...), stream.Streams{Out: &out, Err: said})
	if err == nil && code != 0 {
		err = failed(u.op(), code, said)
	}
	return out.String(), err
}

// SendTree writes a folder of a container: Open is a tar archive of it, which gets the owner that it is called with (UID, GID). A lost link begins
// it again.
func SendTree(ctx context.Context, c *kube.Cluster, u Upload, open func(uid, gid int) io.ReadCloser) error {
	for attempt := 0; ; attempt++ {
		err := u.treeOnce(ctx, c, open)
		if err == nil || !u.retried(ctx, err, attempt) {
			return err
		}
	}
}

func (u *Upload) treeOnce(ctx context.Context, c *kube.Cluster, open func(uid, gid int) io.ReadCloser) error {
	owner, err := u.ask(ctx, c, whose, "", "", "", "", "", u.Owner)
	if err != nil {
		return err
	}
	owner = strings.TrimSpace(owner)
	var uid, gid int
	if _, err := fmt.Sscanf(owner, "%d:%d", &uid, &gid); err != nil {
		return &kube.Problem{Message: fmt.Sprintf("%s: the owner %q is not UID:GID", u.op(), kube.Sanitize(owner)), Hint: "give the owner in numbers"}
	}
	from := open(uid, gid)
	defer func() { _ = from.Close() }()
	read := &summed{from: from, sum: sha256.New(), tell: u.Progress}
	said := &tail{}
	code, err := stream.Exec(ctx, c, u.Place.Runs, u.Place.command(unpack, u.Path, u.Base, owner), stream.Streams{In: read, Out: discard{}, Err: said})
	switch {
	case read.failed != nil:
		return read.failed
	case err == nil && code != 0:
		return failed(u.op(), code, said)
	}
	return err
}

// summed is what is sent, counted.
type summed struct {
	from   io.Reader
	sum    hash.Hash
	tell   func(int64)
	done   int64
	failed error // why it could not be read to its end
}

// Read reads.
func (s *summed) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	_, _ = s.sum.Write(p[:n])
	if s.done += int64(n); s.tell != nil {
		s.tell(s.done)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err //nolint:wrapcheck // EOF is to be seen as it is
}
