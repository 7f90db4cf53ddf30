package kube

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// Cluster is one opened kubeconfig context.
type Cluster struct {
	Context   string // name of the context; empty in a pod without a kubeconfig
	Namespace string // the namespace the context starts in
	Server    string // URL of the API server

	identity *identity    // who we are to the API server
	userHint string       // and to the kubeconfig
	spoken   PluginOutput // nil: nobody listens
	plugin   *plugin      // nil: the credentials do not come from a program
	// noCredentials says why requests have no credentials; empty when they have some.
	noCredentials string
	// credentialLimit is how long credentials are waited for.
	credentialLimit time.Duration
	credentials     *credentialQueue

	config *rest.Config
	core   *rest.RESTClient
	params runtime.ParameterCodec
	guard  Guard
	// timeout bounds one request that is not a stream; zero means none (--request-timeout).
	timeout time.Duration
	// now is the clock that ages are counted back from.
	now func() time.Time
	// patience is how long to wait before asking again a server that failed n times in a row.
	patience func(n int) time.Duration

	rights Answers[accessKey, Access]
	// remembered is what packages that use a cluster keep of it: see [Remembered].
	remembered sync.Map
}

// Remembered is what a package keeps of a cluster for as long as it is open, such as what it has found out about it: one value of each type,
// which the first who asks for it makes.
func Remembered[T any](c *Cluster, begin func() *T) *T {
	if kept, ok := c.remembered.Load(reflect.TypeFor[T]()); ok {
		return kept.(*T) //nolint:forcetypeassert // it is kept under its type
	}
	kept, _ := c.remembered.LoadOrStore(reflect.TypeFor[T](), begin())
	return kept.(*T) //nolint:forcetypeassert // it is kept under its type
}

// RouteLogs sends what client-go and its libraries log to l, and what net/http does, which knows package log only. Without it they write on
// stderr, across the screen.
func RouteLogs(l *slog.Logger) {
	klog.SetSlogLogger(l)
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(l.Handler(), slog.LevelInfo).Writer())
}

// name is the context in a sentence.
func (c *Cluster) name() string {
	if c.Context == "" {
		return "the pod's service account"
	}
	return fmt.Sprintf("%q", c.Context)
}

// Guard is what is not to be done in this cluster.
func (c *Cluster) Guard() Guard { return c.guard }

// Unary bounds a request that is not a stream by --request-timeout, or by half a minute: an API server that has
// not answered by then is told as such.
func (c *Cluster) Unary(ctx context.Context) (context.Context, context.CancelFunc) {
	const usual = 30 * time.Second
	switch {
	case c.timeout > 0:
		return context.WithTimeout(ctx, c.timeout)
	case c.plugin != nil:
		return c.unaryAfterCredentials(ctx, usual)
	}
	return context.WithTimeout(ctx, usual)
}

// unaryAfterCredentials bounds a request by a time-out that begins when the request has its credentials. Its cause is
// [context.DeadlineExceeded].
func (c *Cluster) unaryAfterCredentials(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.credentialLimit+timeout, func() { stop(context.DeadlineExceeded) })
	ctx = context.WithValue(ctx, unaryKey{}, func() { timer.Reset(timeout) })
	return ctx, func() {
		timer.Stop()
		stop(nil)
	}
}

// What the packages under kube need of a cluster, beside what everybody may see. Screens have no use for it: they see no API type.

// Core is the client of the core API, for requests that are not streams.
func (c *Cluster) Core() *rest.RESTClient { return c.core }

// Params encode the options of requests.
func (c *Cluster) Params() runtime.ParameterCodec { return c.params }

// Config is how the API server is reached. It must not be changed.
func (c *Cluster) Config() *rest.Config { return c.config }

// Now is the time that ages are counted back from.
func (c *Cluster) Now() time.Time { return c.now() }

// Patience is how long to wait before asking again a server that failed n+1 times in a row.
func (c *Cluster) Patience(n int) time.Duration { return c.patience(n) }

// SetPatience sets [Cluster.Patience]: tests do not wait as long as a person would. It is for before the first request.
func (c *Cluster) SetPatience(patience func(n int) time.Duration) { c.patience = patience }

// BodyOf is the body of a result. Unlike Result.Raw it has the server's own sentence in its error.
func BodyOf(result rest.Result) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

// identity is what the API server has said about who we are to it.
type identity struct {
	mu    sync.Mutex
	known bool
	user  string
	err   error
}

func (i *identity) get() (user string, err error, known bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.user, i.err, i.known
}

func (i *identity) keep(user string, err error) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.known, i.user, i.err = true, user, err
	return user, err
}
