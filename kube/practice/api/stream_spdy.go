package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// streamsTimeout is how long a client may take to open its streams, as with a kubelet.
const streamsTimeout = 30 * time.Second

// openSPDY upgrades a connection to streams of SPDY and waits until the client has opened them all. When the client is
// gone it calls left.
func openSPDY(ctx context.Context, left func(), w *wire, r *http.Request, o streamOptions) (*conversation, error) {
	protocol, err := httpstream.Handshake(r, w, []string{
		remotecommand.StreamProtocolV4Name, remotecommand.StreamProtocolV3Name,
		remotecommand.StreamProtocolV2Name, remotecommand.StreamProtocolV1Name,
	})
	if err != nil {
		return nil, err
	}
	opened := make(chan httpstream.Stream)
	conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, replied <-chan struct{}) error {
		go func() { // a stream may be used only when the client has been told that it is open
			select {
			case <-replied:
			case <-ctx.Done():
				return
			}
			select {
			case opened <- s:
			case <-ctx.Done():
			}
		}()
		return nil
	})
	if conn == nil {
		return nil, errors.New("the connection is not upgraded")
	}
	go func() {
		<-conn.CloseChan()
		left()
	}()
	resizes := o.tty && (protocol == remotecommand.StreamProtocolV4Name || protocol == remotecommand.StreamProtocolV3Name)
	got, err := awaitStreams(ctx, opened, o, resizes)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	c := got.conversation(protocol, o)
	c.close = func() {
		for _, name := range []string{corev1.StreamTypeStdout, corev1.StreamTypeStderr, corev1.StreamTypeError} {
			if stream := got[name]; stream != nil {
				_ = stream.Close() // the end of a stream, before that of the connection, which cuts it off
			}
		}
		_ = conn.Close()
	}
	return c, nil
}

// spdyStreams are those that a client has opened, by their types.
type spdyStreams map[string]httpstream.Stream

func awaitStreams(ctx context.Context, opened <-chan httpstream.Stream, o streamOptions, resizes bool) (spdyStreams, error) {
	expired := time.NewTimer(streamsTimeout)
	defer expired.Stop()
	got := spdyStreams{}
	for {
		missing := got[corev1.StreamTypeError] == nil
		for name, wanted := range map[string]bool{
			corev1.StreamTypeStdin: o.stdin, corev1.StreamTypeStdout: o.stdout, corev1.StreamTypeStderr: o.stderr, corev1.StreamTypeResize: resizes,
		} {
			missing = missing || wanted && got[name] == nil
		}
		if !missing {
			return got, nil
		}
		select {
		case s := <-opened:
			got[s.Headers().Get(corev1.StreamType)] = s
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-expired.C:
			return nil, errors.New("timed out waiting for client to create streams")
		}
	}
}

func (got spdyStreams) conversation(protocol string, o streamOptions) *conversation {
	c := &conversation{tell: func(status *metav1.Status) error { return sendMessage(got[corev1.StreamTypeError], status) }}
	if protocol != remotecommand.StreamProtocolV4Name { // before it, an error was told by its text, and success by none
		c.tell = func(status *metav1.Status) error {
			if status.Status == metav1.StatusSuccess {
				return nil
			}
			_, err := io.WriteString(got[corev1.StreamTypeError], (&apierrors.StatusError{ErrStatus: *status}).Error())
			return err
		}
	}
	c.streams.TTY = o.tty
	if o.stdin {
		c.streams.Stdin = got[corev1.StreamTypeStdin]
	}
	if o.stdout {
		c.streams.Stdout = got[corev1.StreamTypeStdout]
	}
	if o.stderr {
		c.streams.Stderr = got[corev1.StreamTypeStderr]
	}
	if resize := got[corev1.StreamTypeResize]; o.tty && resize != nil {
		sizes := make(chan streams.Size, 1)
		c.streams.Resize = sizes
		go readSizes(resize, sizes)
	}
	return c
}
