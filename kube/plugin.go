package kube

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/kuberc"
)

// How long credentials are waited for without --request-timeout: those of a plugin as long as a person takes to log in with a browser, or
// with a code on another device; an identity provider asks nobody.
const (
	pluginLimit   = 2 * time.Minute
	providerLimit = 30 * time.Second
)

// Supervise rewrites the command line of a program so that it runs without a terminal and is ended after limit, and with
// this process.
type Supervise func(limit time.Duration, program string, args ...string) (path string, arguments []string, err error)

// PluginOutput is what credential plugins write to standard error. Its methods may be called from any goroutine.
type PluginOutput interface {
	Text() string // so far
	Take() string // the same, and forgets it
}

// plugin is the credential plugin of a context, as the kubeconfig has it.
type plugin struct {
	config    *clientcmdapi.ExecConfig
	limit     time.Duration
	supervise Supervise // nil: client-go runs the plugin itself
}

// pluginOf is the credential plugin of a configuration; nil when there is none.
func pluginOf(config *rest.Config, supervise Supervise) *plugin {
	if config.ExecProvider == nil {
		return nil
	}
	return &plugin{config: config.ExecProvider, limit: waitFor(config), supervise: supervise}
}

// waitFor is how long the credentials of a configuration are waited for.
func waitFor(config *rest.Config) time.Duration {
	switch {
	case config.Timeout > 0:
		return config.Timeout
	case config.ExecProvider != nil:
		return pluginLimit
	}
	return providerLimit
}

// prepare changes a configuration so that its credential plugin runs without the keyboard, which belongs to the interface or to the
// program that dayfly runs, and under supervision. What kubectl would not start is not started.
func (p *plugin) prepare(config *rest.Config) error {
	if err := kuberc.Read(os.Getenv).Check(p.config.Command); err != nil {
		return err
	}
	prepared := p.config.DeepCopy()
	prepared.StdinUnavailable = true
	config.ExecProvider = prepared
	// The policy names programs: a supervisor is none of them.
	if p.supervise == nil || prepared.PluginPolicy.PolicyType != "" {
		return nil
	}
	path, args, err := p.supervise(p.limit, filepath.Clean(prepared.Command), prepared.Args...)
	if err != nil {
		return err
	}
	prepared.Command, prepared.Args = path, args
	return nil
}

// name is the plugin's, without its folder.
func (p *plugin) name() string { return Sanitize(concealed(filepath.Base(p.config.Command))) }

// credentialError is an error on the way to credentials: no request has been sent.
type credentialError struct {
	err  error
	late bool
}

func (e *credentialError) Error() string { return e.err.Error() }

func (e *credentialError) Unwrap() error { return e.err }

// credentialWait is the outermost transport of a cluster whose credentials have to be fetched. client-go fetches them without
// a context: here a request stops waiting for them when its own time is over, or the limit.
type credentialWait struct {
	next  http.RoundTripper
	limit time.Duration
	queue *credentialQueue
}

// credentialQueue counts the requests that wait for credentials. Its methods may be called from any goroutine.
type credentialQueue struct {
	mu      sync.Mutex
	waiting int
	since   time.Time // when the first of them began to wait
	forget  func()    // is called when there are credentials; may be nil
}

func (q *credentialQueue) enter() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == 0 {
		q.since = time.Now()
	}
	q.waiting++
}

func (q *credentialQueue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting--
}

// age is how long requests have been waiting; zero: none is.
func (q *credentialQueue) age() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == 0 {
		return 0
	}
	return time.Since(q.since)
}

// credentialPass is a request's way past what fetches its credentials.
type credentialPass struct {
	passed atomic.Bool // it has its credentials
	queue  *credentialQueue
	once   sync.Once
}

func (p *credentialPass) pass() {
	p.passed.Store(true)
	p.leave()
	if p.queue.forget != nil {
		p.queue.forget()
	}
}

func (p *credentialPass) leave() { p.once.Do(p.queue.leave) }

// credentialsKey is the context key of a request's *[credentialPass].
type credentialsKey struct{}

// unaryKey is the context key of a function that begins the time of a request: once it has its credentials.
type unaryKey struct{}

// RoundTrip sends a request when there are credentials for it.
func (w *credentialWait) RoundTrip(r *http.Request) (*http.Response, error) {
	type result struct {
		response *http.Response
		err      error
	}
	w.queue.enter()
	pass := &credentialPass{queue: w.queue}
	defer pass.leave()
	r = r.WithContext(context.WithValue(r.Context(), credentialsKey{}, pass))
	done := make(chan result, 1)
	go func() {
		response, err := w.next.RoundTrip(r) //nolint:bodyclose // whoever takes it does, or leave
		done <- result{response, err}
	}()
	leave := func(err error) (*http.Response, error) {
		go func() {
			if late := <-done; late.response != nil {
				_ = late.response.Body.Close()
			}
		}()
		return nil, err
	}
	timer := time.NewTimer(w.limit)
	defer timer.Stop()
	for {
		select {
		case got := <-done:
			if got.err != nil && !pass.passed.Load() && r.Context().Err() == nil {
				got.err = &credentialError{err: got.err}
			}
			return got.response, got.err
		case <-r.Context().Done():
			err := context.Cause(r.Context())
			if !pass.passed.Load() && errors.Is(err, context.DeadlineExceeded) {
				err = &credentialError{err: err, late: true}
			}
			return leave(err)
		case <-timer.C:
			if !pass.passed.Load() {
				return leave(&credentialError{err: context.DeadlineExceeded, late: true})
			}
		}
	}
}

// markCredentials sets the mark of [credentialWait]. client-go puts the transports that fetch credentials around it.
func markCredentials(next http.RoundTripper) http.RoundTripper {
	return roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if pass, ok := r.Context().Value(credentialsKey{}).(*credentialPass); ok {
			pass.pass()
		}
		if begin, ok := r.Context().Value(unaryKey{}).(func()); ok {
			begin()
		}
		return next.RoundTrip(r)
	})
}

type roundTripFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
