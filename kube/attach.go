package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
)

// ErrLinkLost means that the streams broke while the program may well be running: it can be attached again.
var ErrLinkLost = errors.New("the link to the container is lost")

// Attach connects s to the program of a container and returns when the program ends, when s.In ends (nil: detached),
// or when the link breaks ([ErrLinkLost]). It goes over WebSocket, and over SPDY where a server or proxy between
// cannot do that. Attaching carries no exit code: [Cluster.AwaitExit] has it.
func (c *Cluster) Attach(ctx context.Context, t Target, s Streams) error {
	op := "attach to " + t.String()
	var sizes remotecommand.TerminalSizeQueue
	if s.TTY && s.Sizes != nil {
		sizes = sizeQueue(s.Sizes)
	}
	options := remotecommand.StreamOptions{Stdin: s.In, Stdout: s.Out, Tty: s.TTY, TerminalSizeQueue: sizes}
	if !s.TTY {
		options.Stderr = s.Out
	}
	url := c.core.Post().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("attach").
		VersionedParams(&corev1.PodAttachOptions{
			Container: t.Container, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
		}, c.params).URL()
	err := c.stream(ctx, url, options)
	var status apierrors.APIStatus
	switch {
	case err == nil, ctx.Err() != nil:
		return ctx.Err()
	case apierrors.IsForbidden(err):
		return c.denied(op, t, err)
	case errors.As(err, &status), errors.Is(err, ErrGuarded):
		return c.problem(op, err)
	}
	return &Problem{
		What: fmt.Sprintf("%s: %s: %s", op, ErrLinkLost, Clean(rootText(err))),
		Hint: "the container may still run: attach again from the pod's containers",
		Err:  errors.Join(ErrLinkLost, err),
	}
}

// stream opens the streams: over WebSocket, and over SPDY where that is not understood.
func (c *Cluster) stream(ctx context.Context, url *url.URL, o remotecommand.StreamOptions) error {
	// WebSocket opens with GET: RFC 6455, section 4.1.
	socket, err := remotecommand.NewWebSocketExecutor(c.config, http.MethodGet, url.String())
	if err != nil {
		return err
	}
	first := socket.StreamWithContext(ctx, o)
	if !httpstream.IsUpgradeFailure(first) && !httpstream.IsHTTPSProxyError(first) {
		return first
	}
	// Also when the API server has refused it: until v1.35 it takes another right, "get" instead of "create".
	spdy, err := remotecommand.NewSPDYExecutor(c.config, http.MethodPost, url)
	if err != nil {
		return err
	}
	return refused(first, spdy.StreamWithContext(ctx, o))
}

// refused gives a second refusal the status that client-go drops when it answers a SPDY upgrade: the one of the first.
func refused(first, second error) error {
	var upgrade *httpstream.UpgradeFailureError
	var status *apierrors.StatusError
	if second == nil || !errors.As(first, &upgrade) || !errors.As(upgrade.Cause, &status) {
		return second
	}
	message, ok := strings.CutPrefix(second.Error(), "unable to upgrade connection: ")
	if !ok {
		return second // it came further than the first
	}
	known := status.Status()
	known.Message = message
	return &apierrors.StatusError{ErrStatus: known}
}

// sizeQueue is the form in which client-go wants terminal sizes.
type sizeQueue <-chan Size

// Next returns nil at the end, which is what stops the reader of the queue.
func (q sizeQueue) Next() *remotecommand.TerminalSize {
	size, ok := <-q
	if !ok {
		return nil
	}
	return &remotecommand.TerminalSize{Width: size.Cols, Height: size.Rows}
}
