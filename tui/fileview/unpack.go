package fileview

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// unpacked is what a packed file holds. It is on this machine, where only its owner can read it, as long as it is looked at.
type unpacked struct {
	file *os.File
	size int64
}

// mostUnpacked is how much of a packed file is looked at.
const mostUnpacked = 256 << 20

// errEnough ends a stream of which there is enough.
var errEnough = errors.New("enough")

// unpack reads a packed file. Progress has how many bytes there are so far. more reports whether there are more than are kept.
func (r remote) unpack(ctx context.Context, progress *atomic.Int64) (u *unpacked, more bool, err error) {
	file, err := os.CreateTemp("", "dayfly-view-")
	if err != nil {
		return nil, false, local(err)
	}
	_ = os.Remove(file.Name()) // it is ours as long as it is open; where that cannot be done, close does
	u = &unpacked{file: file}
	defer func() {
		if err != nil {
			u.close()
		}
	}()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	packed, comes := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := r.stream(ctx, 0, comes)
		_ = comes.CloseWithError(err)
		ended <- err
	}()
	u.size, err = inflate(packed, file, mostUnpacked, progress)
	_ = packed.CloseWithError(errEnough)
	stop()
	came := <-ended
	switch {
	case errors.Is(err, errEnough):
		return u, true, nil
	case err != nil && came != nil && ctx.Err() == nil:
		return u, false, came
	case err != nil:
		return u, false, err
	}
	return u, false, nil
}

// inflate unpacks at most so many bytes; [errEnough] says that there is more.
func inflate(packed io.Reader, to io.Writer, most int64, progress *atomic.Int64) (int64, error) {
	broken := func(err error) error {
		return &kube.Problem{Message: "unpack: " + kube.Sanitize(err.Error()), Hint: "it may be no gzip file, or not complete: look at it as it is", Err: err}
	}
	z, err := gzip.NewReader(packed)
	if err != nil {
		return 0, broken(err)
	}
	var here *fs.PathError
	n, err := io.Copy(to, io.TeeReader(io.LimitReader(z, most), counter{progress}))
	switch {
	case errors.As(err, &here):
		return n, local(err)
	case err != nil:
		return n, broken(err)
	case n == most:
		return n, errEnough
	}
	return n, nil
}

// local is an error of this machine, with what to do.
func local(err error) error {
	return &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "make room in the folder for temporary files of this machine", Err: err}
}

// counter counts what is written.
type counter struct{ n *atomic.Int64 }

// Write counts.
func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

func (u *unpacked) portion(_ context.Context, number int64) (files.Portion, error) {
	data := make([]byte, files.PortionSize)
	n, err := u.file.ReadAt(data, number*files.PortionSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return files.Portion{}, local(err)
	}
	return files.Portion{Data: data[:n], Size: u.size}, nil
}

func (u *unpacked) stream(ctx context.Context, from int64, to io.Writer) error {
	in := io.NewSectionReader(u.file, from, max(u.size-from, 0))
	part := make([]byte, files.PortionSize)
	for ctx.Err() == nil {
		n, err := in.Read(part)
		if _, wrong := to.Write(part[:n]); wrong != nil {
			return wrong //nolint:wrapcheck // as the writer says it
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read what was unpacked: %w", err)
		}
	}
	return ctx.Err() //nolint:wrapcheck // it was ended
}

func (u *unpacked) close() {
	_ = u.file.Close()
	_ = os.Remove(u.file.Name())
}
