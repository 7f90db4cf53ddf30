package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
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

// New makes a client of our own small scheme instead of the generated clientset: that one registers every
// API group there is, which costs some 20 MB of binary and the start-up time to match.
func New(name, namespace string, config *rest.Config, guard Guard) (*Cluster, error) {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("register the core API: %w", err)
	}
	limit := waitFor(config)
	config = rest.CopyConfig(config)
	timeout := config.Timeout
	config.Timeout = 0 // it would end watches and sessions too; unary applies it
	config.QPS = -1    // the API server has fair queuing of its own
	config.UserAgent = "dayfly"
	config.WarningHandler = rest.NoWarnings{}
	guard = guard.In(Clean(name))
	config.Wrap(withoutWebPages)
	guarded(config, guard)
	config.APIPath = "/api"
	config.GroupVersion = &corev1.SchemeGroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	queue := &credentialQueue{}
	core, err := restClient(config, limit, queue)
	if err != nil {
		return nil, &Problem{
			What: fmt.Sprintf("context %q cannot be used: %s", Clean(name), Clean(concealed(err.Error()))),
			Hint: "fix it in the kubeconfig",
			Help: []Help{SwitchContext},
			Err:  err,
		}
	}
	return &Cluster{
		Context: Clean(name), Namespace: Clean(namespace), Server: Clean(concealed(config.Host)),
		credentialLimit: limit, credentials: queue,
		config: config, core: core, params: runtime.NewParameterCodec(scheme), identity: &identity{}, guard: guard, timeout: timeout,
		now: time.Now, patience: patience,
	}, nil
}

// restClient makes the client of requests that are not streams. Where credentials have to be fetched, no request waits for them longer
// than limit.
func restClient(config *rest.Config, limit time.Duration, queue *credentialQueue) (*rest.RESTClient, error) {
	if config.ExecProvider == nil && config.AuthProvider == nil {
		return rest.RESTClientFor(config)
	}
	config.Wrap(markCredentials)
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	client.Transport = &credentialWait{next: client.Transport, limit: limit, queue: queue}
	return rest.RESTClientForConfigAndClient(config, client)
}

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

// Health is what a ping of the API server tells.
type Health struct {
	Version string        // "v1.34"
	Took    time.Duration // there and back
}

// Ping asks the API server for its version.
func (c *Cluster) Ping(ctx context.Context) (Health, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	start := time.Now()
	body, err := BodyOf(c.core.Get().AbsPath("/version").Do(ctx))
	if err != nil {
		return Health{}, c.Problem("reach the cluster", err)
	}
	var version struct{ Major, Minor string }
	if err := json.Unmarshal(body, &version); err != nil || version.Major == "" {
		return Health{}, c.Problem("reach the cluster", errors.Join(errNotAPI, err))
	}
	return Health{Version: Clean("v" + version.Major + "." + version.Minor), Took: time.Since(start)}, nil
}

// BodyOf is the body of a result. Unlike Result.Raw it has the server's own sentence in its error.
func BodyOf(result rest.Result) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

// Namespaces lists the names of the namespaces there are, but for hidden ones ([Guard]).
func (c *Cluster) Namespaces(ctx context.Context) ([]string, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var list metav1.PartialObjectMetadataList
	body, err := BodyOf(c.core.Get().Resource("namespaces").
		SetHeader("Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json").
		Do(ctx))
	if err != nil {
		return nil, c.Problem("list the namespaces", err)
	}
	if err := json.Unmarshal(body, &list); err != nil || !strings.HasSuffix(list.Kind, "List") {
		return nil, c.Problem("list the namespaces", errors.Join(errNotAPI, err))
	}
	names := make([]string, 0, len(list.Items))
	for i := range list.Items {
		if name := list.Items[i].Name; !c.guard.Hides(name) {
			names = append(names, Clean(name))
		}
	}
	slices.Sort(names)
	return names, nil
}

// CheckNamespace tells whether a namespace exists: the error is a [*Problem] when it is known not to. An empty list of pods
// does not tell. Without the right to ask there is no error. A hidden one is a Problem too.
func (c *Cluster) CheckNamespace(ctx context.Context, name string) error {
	if problem := c.guard.CheckShown(name); problem != nil {
		return problem
	}
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	err := c.core.Get().Resource("namespaces").Name(name).Do(ctx).Error()
	if !IsNotFound(err) {
		return nil // other errors are the list's to tell
	}
	return &Problem{
		What: fmt.Sprintf("there is no namespace %q in this cluster", Clean(name)),
		Help: []Help{SwitchNamespace, AllNamespaces},
		Err:  err,
	}
}
