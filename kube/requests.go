package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What the cluster is asked of itself and of what is in it, where one request is all.

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
	return Health{Version: Sanitize("v" + version.Major + "." + version.Minor), Took: time.Since(start)}, nil
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
			names = append(names, Sanitize(name))
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
		Message: fmt.Sprintf("there is no namespace %q in this cluster", Sanitize(name)),
		Help:    []Help{SwitchNamespace, AllNamespaces},
		Err:     err,
	}
}

// MemoryUsed is the memory that the pod's containers use, in bytes, by the metrics API. It is 0 when the cluster has none, it may not
// be asked, or does not answer: many clusters are without.
func (c *Cluster) MemoryUsed(ctx context.Context, pod *Pod) int64 {
	body, err := BodyOf(c.core.Get().MaxRetries(0).
		AbsPath("/apis/metrics.k8s.io/v1beta1/namespaces", pod.Namespace, "pods", pod.Name).Do(ctx))
	if err != nil {
		return 0
	}
	var metrics struct {
		Containers []struct {
			Usage struct{ Memory resource.Quantity }
		}
	}
	if json.Unmarshal(body, &metrics) != nil {
		return 0
	}
	var sum int64
	for i := range metrics.Containers {
		sum += max(metrics.Containers[i].Usage.Memory.Value(), 0)
	}
	return max(sum, 0) // what overflows is no memory that a pod can have
}
