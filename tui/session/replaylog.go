package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// read reads the log. To go on after a loss its end is enough, mostly; all of it is read when it does not go back far enough.
func (o *replay) read(ctx context.Context) ([]byte, error) {
	log, err := o.readTail(ctx)
	if err != nil || !o.resume {
		o.torn = len(o.shown) > 0 && o.tail == 0 && o.overlapShown(log) == 0
		return log, err
	}
	_, fit := join.Resume(log, o.shown)
	if fit != join.Sure && o.tail > 0 {
		o.tail = 0
		if log, err = o.readTail(ctx); err != nil {
			return nil, err
		}
	}
	_, sure := o.goesOn(log)
	o.torn = !sure
	return log, nil
}

// goesOn is where log goes on behind what was shown. It is not sure where nothing of that is in the log, and where what looks like it stands nearer to
// the log's beginning than it did in the output: such a log has been rotated, and more than the likeness may be gone.
func (o *replay) goesOn(log []byte) (at int, sure bool) {
	at, fit := join.Resume(log, o.shown)
	if fit != join.Likely || o.tail > 0 {
		return at, fit != join.Torn
	}
	l, shown := join.WithoutCR(log), join.WithoutCR(o.shown)
	if n := int(o.total); o.whole && n <= len(l) && bytes.HasSuffix(l[:n], shown) { // of lines that repeat themselves, as many as were shown
		return join.CutBack(log, len(l)-n), true
	}
	whole := int(o.total) - len(shown) + len(join.CompleteLines(shown))
	return at, len(join.WithoutCR(log[:at])) >= whole
}

func (o *replay) readTail(ctx context.Context) ([]byte, error) {
	if !o.piped {
		ctx, cancel := context.WithTimeout(ctx, logPatience)
		defer cancel()
		return o.readOnce(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, pipedPatience)
	defer cancel()
	for {
		log, err := o.readOnce(ctx)
		if err == nil || errors.Is(err, logs.ErrGone) || kube.Answered(err) && !kube.Passing(err) || !sleep(ctx, firstPause) {
			return log, err
		}
	}
}

func (o *replay) readOnce(ctx context.Context) ([]byte, error) {
	stream, err := o.link.Logs(ctx, o.target, logs.Options{Tail: o.tail})
	if err != nil {
		return nil, err
	}
	log, cut, err := readEnd(stream, o.limit)
	if err = errors.Join(err, stream.Close()); err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", o.target, err)
	}
	o.cut, o.short = o.piped && cut, cut
	return log, nil
}

// readEnd reads all of r and returns its end: complete lines, at most limit bytes and some; cut tells that there was more.
func readEnd(r io.Reader, limit int) (b []byte, cut bool, err error) {
	chunk := make([]byte, screenChunk)
	for {
		n, err := r.Read(chunk)
		b = append(b, chunk[:n]...)
		if len(b) > 2*limit {
			b = b[:copy(b, b[len(b)-limit:])]
			b = b[:copy(b, b[bytes.IndexByte(b, '\n')+1:])]
			cut = true
		}
		switch {
		case errors.Is(err, io.EOF):
			return b, cut, nil
		case err != nil:
			return nil, cut, err
		}
	}
}
