// Package stream connects to programs in containers, over WebSocket or SPDY, and notices when the way there is dead.
package stream

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Attach connects s to the program of a container and returns when the program ends, when s.In ends (nil: detached),
// or when the link breaks ([kube.ErrLinkLost]). It goes over WebSocket, and over SPDY where a server or proxy between
// cannot do that. Attaching carries no exit code: [kube.Cluster.AwaitExit] has it.
//
// A link that is silent without being broken is noticed within 10 s: when the API server answers no pings while s.Out takes what
// comes, and when the node behind it gives no answer to a request for a byte of the container's log (which asks for it once, and each
// 4 s while the program is quiet; without the right to read logs that part is left out). It is also doubted when this machine has slept.
func Attach(ctx context.Context, c *kube.Cluster, t kube.Target, s Streams) error {
	op := "attach to " + t.String()
	if err := c.MayEnter(ctx, op, t); err != nil {
		return err
	}
	return AttachUnchecked(ctx, c, op, t, s)
}

// AttachUnchecked is [Attach] without the rules of what is entered.
func AttachUnchecked(ctx context.Context, c *kube.Cluster, op string, t kube.Target, s Streams) error {
	var sizes remotecommand.TerminalSizeQueue
	if s.TTY && s.Sizes != nil {
		sizes = sizeQueue(s.Sizes)
	}
	options := remotecommand.StreamOptions{Stdin: s.In, Stdout: s.Out, Tty: s.TTY, TerminalSizeQueue: sizes}
	if !s.TTY {
		options.Stderr = s.errors()
	}
	at := c.Core().Post().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("attach").
		VersionedParams(&corev1.PodAttachOptions{
			Container: t.Container, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
		}, c.Params()).URL()
	err := stream(ctx, c, t, at, options, s)
	var status apierrors.APIStatus
	var gateway *gatewayError
	switch {
	case err == nil, ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &gateway):
		return gatewayProblem(c, op, gateway)
	case apierrors.IsForbidden(err):
		return c.Denied(op, t, err)
	case errors.As(err, &status), errors.Is(err, kube.ErrGuarded), errors.Is(err, kube.ErrRefused):
		return c.Problem(op, err)
	}
	problem := kube.LinkLost(op, err)
	if ownWords(err) {
		problem.Err = errors.Join(problem.Err, errSaid)
	}
	return problem
}

// errSaid marks what the other end of the streams has said itself, as that the container has ended.
var errSaid = errors.New("said by the other end")

// Said reports whether an error of [Attach] is one that the other end has given on the streams, such as that the container has ended, and not that of
// a connection that broke.
func Said(err error) bool { return errors.Is(err, errSaid) }

// stream connects the streams to something in a container, and ends that when the link is dead. Of s only what is to be told counts.
func stream(ctx context.Context, c *kube.Cluster, t kube.Target, at *url.URL, o remotecommand.StreamOptions, s Streams) error {
	l, out := newLink(c), newMeter(o.Stdout)
	if o.Stdout = out; o.Stderr != nil {
		o.Stderr = metered{out, o.Stderr}
	}
	v := idleWatch{idlePatience: remembered(c).vigilance, link: l, out: out, probe: func(ctx context.Context) (probeResult, error) {
		return probe(ctx, c, t, remembered(c).vigilance.answer)
	}}
	ctx, end := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		silent := v.watch(ctx)
		end(silent) // first: a connection that is closed may look like a good end
		l.abandon(silent != nil)
	})
	defer watching.Wait()
	defer end(nil)
	err := open(ctx, c, &upgrading{cluster: c, link: l, target: t, at: at, options: o, bulk: s.Bulk, opened: s.Opened, broke: s.Broke})
	var silent silentError
	if err != nil && errors.As(context.Cause(ctx), &silent) {
		return silent // not what it looks like from the other end
	}
	return err
}

// newLink is a way to the API server that is not used yet.
func newLink(c *kube.Cluster) *link {
	if c.Config().Dial != nil {
		return &link{dialer: c.Config().Dial}
	}
	return &link{dialer: (&net.Dialer{Timeout: dialPatience}).DialContext}
}

// sizeQueue is the form in which client-go wants terminal sizes.
type sizeQueue <-chan kube.Size

// Next returns nil at the end, which is what stops the reader of the queue.
func (q sizeQueue) Next() *remotecommand.TerminalSize {
	size, ok := <-q
	if !ok {
		return nil
	}
	return &remotecommand.TerminalSize{Width: size.Cols, Height: size.Rows}
}
