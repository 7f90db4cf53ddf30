package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

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
	executor, err := c.executor(t, s)
	if err != nil {
		return c.problem(op, err)
	}
	var sizes remotecommand.TerminalSizeQueue
	if s.TTY && s.Sizes != nil {
		sizes = sizeQueue(s.Sizes)
	}
	options := remotecommand.StreamOptions{Stdin: s.In, Stdout: s.Out, Tty: s.TTY, TerminalSizeQueue: sizes}
	if !s.TTY {
		options.Stderr = s.Out
	}
	err = executor.StreamWithContext(ctx, options)
	var refused apierrors.APIStatus
	switch {
	case err == nil, ctx.Err() != nil:
		return ctx.Err()
	case apierrors.IsForbidden(err):
		return c.denied(op, t.Namespace, err)
	case errors.As(err, &refused):
		return c.problem(op, err)
	}
	return &Problem{
		What: fmt.Sprintf("%s: %s: %s", op, ErrLinkLost, Clean(rootText(err))),
		Hint: "the container may still run: attach again from the pod's containers",
		Err:  errors.Join(ErrLinkLost, err),
	}
}

func (c *Cluster) executor(t Target, s Streams) (remotecommand.Executor, error) {
	url := c.core.Post().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("attach").
		VersionedParams(&corev1.PodAttachOptions{
			Container: t.Container, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
		}, c.params).URL()
	spdy, err := remotecommand.NewSPDYExecutor(c.config, http.MethodPost, url)
	if err != nil {
		return nil, err
	}
	// WebSocket opens with GET: RFC 6455, section 4.1.
	socket, err := remotecommand.NewWebSocketExecutor(c.config, http.MethodGet, url.String())
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(socket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
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

// Logs reads a container's log: what its program has printed, by complete lines. The caller closes the reader.
func (c *Cluster) Logs(ctx context.Context, t Target, o LogOptions) (io.ReadCloser, error) {
	request := c.core.Get().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("log").
		Param("container", t.Container)
	if o.Tail > 0 {
		request.Param("tailLines", fmt.Sprint(o.Tail))
	}
	if !o.Since.IsZero() {
		request.Param("sinceTime", o.Since.UTC().Format(time.RFC3339))
	}
	if o.Previous {
		request.Param("previous", "true")
	}
	if o.Follow {
		request.Param("follow", "true")
	}
	stream, err := request.Stream(ctx)
	if err != nil {
		return nil, c.problem("read the log of "+t.String(), err)
	}
	return stream, nil
}
