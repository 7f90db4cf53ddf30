// Package scratch is a temporary place on a Kubernetes cluster: a namespace with a random name, made for one run of tests and removed
// with everything in it. It works on any cluster on which the current context of KUBECONFIG may do that.
package scratch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// ErrNoCluster is when KUBECONFIG names none.
var ErrNoCluster = errors.New("KUBECONFIG is not set: it chooses the cluster that is worked on (make cluster makes one)")

// Namespace is the place. Its methods may be called from any goroutine.
type Namespace struct {
	Name string

	raw    *clientcmdapi.Config
	core   *rest.RESTClient
	params runtime.ParameterCodec
}

// New makes a namespace. The caller must Delete it.
func New(ctx context.Context) (*Namespace, error) {
	if os.Getenv(clientcmd.RecommendedConfigPathEnvVar) == "" {
		return nil, ErrNoCluster
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{})
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("use the kubeconfig's context %q: %w", raw.CurrentContext, err)
	}
	n := &Namespace{Name: "dayfly-e2e-" + strings.ToLower(rand.Text()[:6]), raw: &raw}
	if n.core, n.params, err = client(config); err != nil {
		return nil, err
	}
	if err := n.make(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", config.Host, err)
	}
	return n, nil
}

func (n *Namespace) make(ctx context.Context) error {
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: n.Name}}
	if err := n.core.Post().Resource("namespaces").Body(object).Do(ctx).Error(); err != nil {
		return fmt.Errorf("make namespace %s: %w", n.Name, err)
	}
	return nil
}

// client is a client of the core API only: the generated one has every API there is.
func client(config *rest.Config) (*rest.RESTClient, runtime.ParameterCodec, error) {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, nil, fmt.Errorf("register the core API: %w", err)
	}
	config = rest.CopyConfig(config)
	config.QPS = -1
	config.WarningHandler = rest.NoWarnings{} // that a level of Pod Security is broken, say, which is what a test is about
	config.APIPath = "/api"
	config.GroupVersion = &corev1.SchemeGroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	core, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, nil, fmt.Errorf("make a client: %w", err)
	}
	return core, runtime.NewParameterCodec(scheme), nil
}

// Delete removes the namespace and waits, for a minute at most, until it is gone.
func (n *Namespace) Delete(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	now := int64(0)
	options := &metav1.DeleteOptions{GracePeriodSeconds: &now}
	// The pods first and at once: the namespace's controller grants them their time.
	err := n.core.Delete().Namespace(n.Name).Resource("pods").Body(options).Do(ctx).Error()
	if err == nil {
		err = n.core.Delete().Resource("namespaces").Name(n.Name).Body(options).Do(ctx).Error()
	}
	if err != nil {
		return fmt.Errorf("remove namespace %s: %w", n.Name, err)
	}
	for {
		var left corev1.Namespace
		err := n.core.Get().Resource("namespaces").Name(n.Name).Do(ctx).Into(&left)
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return fmt.Errorf("wait for the end of namespace %s: %w", n.Name, err)
		}
		if err := n.await(ctx, object{"namespaces", "", byName, n.Name}, left.ResourceVersion, isDeleted); err != nil {
			return fmt.Errorf("namespace %s is still there: %w", n.Name, err)
		}
	}
}
