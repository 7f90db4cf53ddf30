package files

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// Upload is a copy into a container.
type Upload struct {
	Request
	Size  int64       // in bytes, about; 0: not known
	Base  string      // the name that it gets where Path is a folder
	Mode  fs.FileMode // of a file; 0: as new files there have it
	Owner string      // UID:GID; empty: the user of the container's process
	// Keep has a file that is there stay the same file where another could not have its owner, or it has other names: it is written to then.
	Keep bool
	// Open begins to read what is copied, anew for each attempt. It is tried once if Once is set.
	Open func() (io.ReadCloser, error)
	Once bool
}

// op is the upload for errors.
func (u *Upload) op() string {
	return fmt.Sprintf("write %q in %s", kube.Sanitize(u.Path), u.Place.Target)
}

// sending is one run of [Send].
type sending struct {
	*Upload
	cluster *kube.Cluster
	at      string      // where it leads
	part    string      // the name of what has arrived until it is whole
	was     os.FileInfo // what is sent, when that began
}

// Send writes a file of a container. The file takes its place when all of it has arrived and is equal; what was there stays until then, and after an error.
// After a lost link it goes on where it was.
func Send(ctx context.Context, c *kube.Cluster, u Upload) (Verified, error) {
	s := &sending{Upload: &u, cluster: c, part: ".dayfly-" + token()}
	v, err := s.sendAll(ctx)
	if err != nil && s.at != "" {
		err = u.discard(ctx, c, err, s.part, discardPart, s.at, s.part)
	}
	return v, err
}

// LeftError is the error of an upload that could not take away what had arrived.
type LeftError struct {
	Name string // of what may be there, beside the destination
	err  error
}

// Error is that of the upload, and what is left.
func (l *LeftError) Error() string { return l.err.Error() }

// Unwrap is the error of the upload, which says what is left.
func (l *LeftError) Unwrap() error { return l.err }

// discard takes away what an upload that has failed has left, of some name, and returns its error.
func (u *Upload) discard(ctx context.Context, c *kube.Cluster, failed error, name, script string, args ...string) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if _, err := u.ask(ctx, c, script, args...); err == nil {
		return failed
	}
	says := *kube.Explain(failed)
	says.Message += fmt.Sprintf("; what had arrived may still be there, as %s beside it", name)
	says.Err = failed
	return &LeftError{Name: name, err: &says}
}

// octal is a mode as chmod takes it.
func octal(m fs.FileMode) string {
	bits := uint64(m.Perm())
	for special, bit := range map[fs.FileMode]uint64{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if m&special != 0 {
			bits |= bit
		}
	}
	return strconv.FormatUint(bits, 8)
}

func (s *sending) sendAll(ctx context.Context) (v Verified, err error) {
	var tries attempts
	for most := int64(0); ; most = max(most, v.Bytes) {
		v, err = s.sendOnce(ctx)
		if err == nil || s.Once || !tries.again(ctx, &s.Request, err, v.Bytes > most) {
			return v, err
		}
	}
}

// sendOnce sends what is missing over one link, and settles it.
func (s *sending) sendOnce(ctx context.Context) (v Verified, err error) {
	arrived := int64(0)
	if s.at == "" {
		s.at, err = s.ask(ctx, s.cluster, place, s.Path, s.Base)
	} else {
		arrived, err = s.arrived(ctx)
	}
	if err != nil {
		return v, err
	}
	from, err := s.Open()
	if err != nil {
		return v, err
	}
	defer func() { _ = from.Close() }()
	if err := s.sameAsBefore(from); err != nil {
		return v, err
	}
	read := &summed{from: from, sum: sha256.New(), tell: s.Progress}
	if _, err := io.CopyN(io.Discard, read, arrived); err != nil {
		return v, cmp.Or(read.failed, err)
	}
	said := &tail{}
	code, err := stream.Exec(ctx, s.cluster, s.Place.Runs, s.Place.command(receive, s.at, s.part), stream.Streams{In: read, Out: discard{}, Err: said, Bulk: s.Size >= bulk})
	v = Verified{Bytes: read.done, SHA256: hex.EncodeToString(read.sum.Sum(nil))}
	switch {
	case read.failed != nil:
		return v, read.failed
	case err == nil && code != 0:
		return v, failed(s.op(), code, said)
	case err != nil:
		return v, err
	}
	mode, keep := "", ""
	if s.Mode != 0 {
		mode = octal(s.Mode)
	}
	if s.Keep {
		keep = "keep"
	}
	says, err := s.ask(ctx, s.cluster, settle, s.at, s.part, strconv.FormatInt(v.Bytes, 10), v.SHA256, mode, s.Owner, keep)
	v.Equal = strings.Contains(says, "equal")
	return v, err
}

// sameAsBefore holds a file of this machine against what it was when its first part was sent: where the container cannot compare, two versions would be mixed.
func (s *sending) sameAsBefore(from io.Reader) error {
	f, ok := from.(*os.File)
	if !ok {
		return nil
	}
	is, err := f.Stat()
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	if s.was != nil && (is.Size() != s.was.Size() || !is.ModTime().Equal(s.was.ModTime())) {
		return &kube.Problem{Message: fmt.Sprintf("%s: %s has changed since its first part was sent", s.op(), kube.Sanitize(f.Name())), Hint: "copy it again when nothing writes to it"}
	}
	s.was = is
	return nil
}

// arrived is how many bytes are there of what a lost link has carried, once nothing writes to it any more.
func (s *sending) arrived(ctx context.Context) (int64, error) {
	says, err := s.ask(ctx, s.cluster, left, s.at, s.part)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(says), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: how much has arrived: %w", s.op(), err)
	}
	return n, nil
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
