package kube

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/kuberc"
)

// Open prepares a cluster for the named context; the empty name means [Kubeconfig.Current]. It does not connect: the
// first request does. Flags that choose a namespace, a server or a user count for the current context only: a namespace
// of one cluster means little in the next, and a token of one must not be sent to another. --as stays, since without it
// a person would have more rights than asked for.
func (k *Kubeconfig) Open(name string) (*Cluster, error) {
	overrides := k.overrides
	if name != "" && name != k.Current() {
		overrides.Context, overrides.ClusterInfo = clientcmdapi.Context{}, clientcmdapi.Cluster{}
		as := overrides.AuthInfo
		overrides.AuthInfo = clientcmdapi.AuthInfo{
			Impersonate: as.Impersonate, ImpersonateUID: as.ImpersonateUID, ImpersonateGroups: as.ImpersonateGroups,
		}
	}
	name = cmp.Or(name, k.Current())
	if err := k.check(name); err != nil {
		return nil, err
	}
	chosen := k.selected(name, overrides)
	if problem := chosen.check(); problem != nil {
		return nil, problem
	}
	overrides.CurrentContext = name
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(k.rules, &overrides)
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, k.unusable(name, err)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, k.unusable(name, err)
	}
	plugin := pluginOf(config, k.Supervise)
	if plugin != nil {
		err := plugin.prepare(config)
		if denied := (&kuberc.DeniedError{}); errors.As(err, &denied) {
			return nil, &Problem{
				Message: fmt.Sprintf("context %q cannot be used: %s", Sanitize(name), Sanitize(concealed(err.Error()))), Hint: "allow it in " + Sanitize(denied.File) + ", or use another context",
				Help: []Help{SwitchContext}, Err: err,
			}
		}
		if err != nil {
			return nil, k.unusable(name, err)
		}
	}
	c, err := New(name, namespace, config, k.guardOf(name, overrides, config))
	if err != nil {
		return nil, err
	}
	c.userHint, c.spoken, c.plugin = k.user(name, overrides), k.Spoken, plugin
	if c.spoken != nil {
		c.credentials.forget = func() { _ = c.spoken.Take() } // what a plugin that has succeeded said is over
	}
	c.noCredentials = chosen.lacksCredentials()
	if k.Now != nil {
		c.now = k.Now
	}
	return c, nil
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
	guard = guard.In(Sanitize(name))
	config.Wrap(withoutWebPages)
	guarded(config, guard)
	config.APIPath = "/api"
	config.GroupVersion = &corev1.SchemeGroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	queue := &credentialQueue{}
	core, err := restClient(config, limit, queue)
	if err != nil {
		return nil, &Problem{
			Message: fmt.Sprintf("context %q cannot be used: %s", Sanitize(name), Sanitize(concealed(err.Error()))),
			Hint:    "fix it in the kubeconfig",
			Help:    []Help{SwitchContext},
			Err:     err,
		}
	}
	return &Cluster{
		Context: Sanitize(name), Namespace: Sanitize(namespace), Server: Sanitize(concealed(config.Host)),
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
