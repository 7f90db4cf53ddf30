package selectors

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Endpoints are the pods that a Service sends traffic to.
type Endpoints struct {
	Known bool     // they could be read
	Ready []string // the names of those that get traffic now, in order
}

// Besides is how many others there are than a pod.
func (e Endpoints) Besides(pod string) int {
	return len(slices.DeleteFunc(slices.Clone(e.Ready), func(name string) bool { return name == pod }))
}

// Has reports whether a pod gets traffic now.
func (e Endpoints) Has(pod string) bool { return slices.Contains(e.Ready, pod) }

// ReadEndpoints reads the pods that a Service sends traffic to from its EndpointSlices. It only reads.
func ReadEndpoints(ctx context.Context, c *kube.Cluster, namespace, service string) Endpoints {
	const most = "500" // slices of a hundred endpoints each, as Kubernetes makes them
	body, err := kube.BodyOf(c.Core().Get().MaxRetries(kube.NoRetries).AbsPath("/apis/discovery.k8s.io/v1/namespaces", namespace, "endpointslices").
		SetHeader("Accept", "application/json").Param("labelSelector", "kubernetes.io/service-name="+service).Param("limit", most).Do(ctx))
	var list struct {
		Kind  string
		Items []struct {
			Endpoints []struct {
				Conditions struct{ Ready *bool }
				TargetRef  struct{ Kind, Name string }
			}
		}
	}
	if err != nil || json.Unmarshal(body, &list) != nil || list.Kind != "EndpointSliceList" {
		return Endpoints{}
	}
	found := Endpoints{Known: true}
	for _, slice := range list.Items {
		for _, e := range slice.Endpoints {
			ready := e.Conditions.Ready == nil || *e.Conditions.Ready // nobody says: it is taken for ready, as the API has it
			if ready && e.TargetRef.Kind == "Pod" {
				found.Ready = append(found.Ready, kube.Sanitize(e.TargetRef.Name))
			}
		}
	}
	slices.Sort(found.Ready)
	found.Ready = slices.Compact(found.Ready)
	return found
}

// EndpointsOf reads those of the Services that select a pod, by name. It only reads.
func EndpointsOf(ctx context.Context, c *kube.Cluster, pod *corev1.Pod, services []Service) map[string]Endpoints {
	found := map[string]Endpoints{}
	var mu sync.Mutex // holds found
	var all sync.WaitGroup
	for _, s := range services {
		if !s.Selects(pod.Labels) {
			continue
		}
		all.Go(func() {
			e := ReadEndpoints(ctx, c, pod.Namespace, s.Name)
			mu.Lock()
			defer mu.Unlock()
			found[s.Name] = e
		})
	}
	all.Wait()
	return found
}
