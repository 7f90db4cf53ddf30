package stream

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/dayfly-k8s/dayfly/kube"
)

// protocol is one of the two by which streams can be carried.
type protocol struct {
	name     string
	executor func(*link, *rest.Config, *url.URL) (remotecommand.Executor, error)
}

// memory is what is remembered of a cluster's streams.
type memory struct {
	// spdyFirst: SPDY has reached a container here where WebSocket has not.
	spdyFirst atomic.Bool
	// noBulk: WebSocket has reached a container here where SPDY has not.
	noBulk atomic.Bool
	// vigilance is how closely links are watched.
	vigilance idlePatience
}

func remembered(c *kube.Cluster) *memory {
	return kube.Remembered(c, func() *memory { return &memory{vigilance: defaultIdlePatience()} })
}

// protocols are both, in the order in which they are tried: first the one that has worked last where the other has not, and else the one that is better for
// what is carried.
func protocols(c *kube.Cluster, bulk bool) [2]protocol {
	socket, spdy := protocol{"WebSocket", (*link).overWebSocket}, protocol{"SPDY", (*link).overSPDY}
	if m := remembered(c); m.spdyFirst.Load() || bulk && !m.noBulk.Load() {
		return [2]protocol{spdy, socket}
	}
	return [2]protocol{socket, spdy}
}

// upgrading is the opening of streams: what is tried over one protocol and then over the other.
type upgrading struct {
	cluster *kube.Cluster
	link    *link
	target  kube.Target
	at      *url.URL
	options remotecommand.StreamOptions
	bulk    bool
	opened  func() // is called when the other side has answered; may be nil
	broke   func() // is called before another attempt when this one was not answered; may be nil
}

// open opens the streams: over one protocol, and where nothing has come over that, over the other. It returns when they end. What neither
// carries is a [gatewayError].
func open(ctx context.Context, c *kube.Cluster, u *upgrading) error {
	var failed []attempt
	for _, p := range protocols(c, u.bulk) {
		done, err := u.try(ctx, p)
		if done {
			if len(failed) > 0 && u.link.proven() && !kube.Answered(failed[0].err) {
				remembered(c).spdyFirst.Store(p.name == "SPDY")
				remembered(c).noBulk.Store(p.name != "SPDY")
			}
			return err
		}
		failed = append(failed, attempt{p.name, err})
		var plain *answerError
		if u.broke != nil && err != nil && !kube.Answered(err) && !errors.As(err, &plain) {
			u.broke()
		}
	}
	return judge(failed)
}

// try opens the streams over one protocol and returns when they end. done tells that the other need not be tried: the streams were open, or
// there is no connection, or what is at its other end has said why not.
func (u *upgrading) try(ctx context.Context, p protocol) (done bool, err error) {
	dialed := u.link.begin()
	executor, err := p.executor(u.link, u.cluster.Config(), u.at)
	if err != nil {
		return true, err
	}
	trying, cancel := context.WithCancelCause(ctx)
	over := make(chan struct{})
	limited := make(chan struct{})
	go func() {
		defer close(limited)
		reason := u.limit(trying, dialed)
		if cancel(reason); reason != nil {
			u.link.drop() // a handshake that waits for its answer does not look at its context
		}
	}()
	err = executor.StreamWithContext(trying, u.gated(over))
	cancel(nil)
	close(over)
	<-limited
	if refusal := u.link.refusal(); refusal != nil {
		return true, refusal
	}
	switch {
	case ctx.Err() != nil, u.link.proven(), errors.Is(err, kube.ErrGuarded):
		return true, err
	case u.link.monitor() != nil && ownWords(err):
		return true, err
	}
	connected := u.link.drop()
	if cause := context.Cause(trying); errors.Is(cause, errUnanswered) || errors.Is(cause, errMute) {
		err = cause
	}
	return !connected, err
}

// ownWords reports whether an error has come on the streams, as that of a command that cannot be started: then the other end speaks the protocol.
// What happens to the connection client-go gives as errors of reading its first stream, or of opening it.
func ownWords(err error) bool {
	return err != nil && !broken(err) && !errors.As(err, new(silentError)) && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "error reading from error stream")
}

// limit ends an attempt for a reason: when the server does not agree to switch although the node behind it answers, and when it has agreed
// and is silent. Its end without a reason is that of ctx, or that the streams are open.
func (u *upgrading) limit(ctx context.Context, dialed <-chan *linkMonitor) error {
	var p *linkMonitor
	select {
	case <-ctx.Done():
		return nil
	case p = <-dialed:
	}
	patience := remembered(u.cluster).vigilance.upgrade
	if !comesWithin(ctx, p.up, patience/2) && ctx.Err() == nil {
		began := time.Now()
		heard, _ := probe(ctx, u.cluster, u.target, remembered(u.cluster).vigilance.answer)
		late := time.NewTimer(max(patience/2-time.Since(began), 2*time.Since(began))) // of a slow node, twice as long as it took to answer
		defer late.Stop()
		if heard == soundNode || heard == soundNever {
			select {
			case <-p.up:
			case <-ctx.Done():
			case <-late.C:
				return errUnanswered
			}
		}
		comesWithin(ctx, p.up, openPatience)
	}
	if comesWithin(ctx, p.proven, patience) {
		if u.opened != nil {
			u.opened()
		}
	} else if ctx.Err() == nil {
		return errMute
	}
	<-ctx.Done()
	return nil
}

// comesWithin waits for c, and tells whether it has been closed.
func comesWithin(ctx context.Context, c <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// gated are the streams for one attempt: what they carry to the container stays here until it is sure that the other side takes it.
func (u *upgrading) gated(over <-chan struct{}) remotecommand.StreamOptions {
	o, g := u.options, gate{u.link, over}
	if o.Stdin != nil {
		o.Stdin = gatedReader{o.Stdin, g}
	}
	if o.TerminalSizeQueue != nil {
		o.TerminalSizeQueue = gatedSizes{o.TerminalSizeQueue, g}
	}
	o.Stdout = provingWriter{o.Stdout, u.link}
	if o.Stderr != nil {
		o.Stderr = provingWriter{o.Stderr, u.link}
	}
	return o
}

// gate is closed until the other side has spoken, and for good when the attempt is over.
type gate struct {
	link *link
	over <-chan struct{}
}

func (g gate) opens() bool {
	p := g.link.monitor()
	if p == nil {
		return false
	}
	select {
	case <-p.proven:
		return true
	case <-g.over:
		return false
	}
}

type gatedReader struct {
	io.Reader
	gate gate
}

func (r gatedReader) Read(b []byte) (int, error) {
	if !r.gate.opens() {
		return 0, io.EOF
	}
	return r.Reader.Read(b)
}

type gatedSizes struct {
	remotecommand.TerminalSizeQueue
	gate gate
}

func (s gatedSizes) Next() *remotecommand.TerminalSize {
	if !s.gate.opens() {
		return nil
	}
	return s.TerminalSizeQueue.Next()
}

// provingWriter takes output, which also tells that the other side speaks the protocol.
type provingWriter struct {
	io.Writer
	link *link
}

func (w provingWriter) Write(b []byte) (int, error) {
	w.link.prove()
	return w.Writer.Write(b)
}

// judge says what two attempts that have brought nothing mean. When an API server has refused one of them, that is its word, though the other
// way to ask takes another right ("get" instead of "create", until v1.35): then it is the word of the last one.
func judge(failed []attempt) error {
	last := failed[len(failed)-1]
	var status *apierrors.StatusError
	for i := len(failed) - 1; i >= 0; i-- {
		if errors.As(failed[i].err, &status) && !stripped(failed[i].err) {
			var plain *answerError
			if errors.As(last.err, &plain) && plain.words != "" && !plain.page {
				known := status.Status()
				known.Message = plain.words
				return &apierrors.StatusError{ErrStatus: known}
			}
			return status
		}
	}
	for _, a := range failed {
		if a.err == nil { // a good end of something that has said nothing: the cluster knows whether it has ended
			return nil
		}
	}
	return &gatewayError{tried: failed}
}
