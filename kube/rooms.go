package kube

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// What the packages under kube need of a cluster and a pod, beside what everybody may see. Screens have no use for it: they see no API type.

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

// Object is the pod as the API server has sent it; nil: nothing is known of it but its row. It must not be changed.
func (p *Pod) Object() *corev1.Pod { return p.object }
