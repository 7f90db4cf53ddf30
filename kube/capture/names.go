package capture

import (
	"context"
	"net/netip"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/dayfly-k8s/dayfly/kube"
)

// mostNamed is how many pods and Services of a namespace are named.
const mostNamed = 1000

// ReadNames reads whose addresses are whose in namespaces: of pods "POD.NAMESPACE", of Services "SERVICE.NAMESPACE.svc", as DNS calls them. It is of help
// only: what cannot be read has no name. What two pods share, the address of their node, has none.
func ReadNames(ctx context.Context, c *kube.Cluster, namespaces []string) map[netip.Addr]string {
	names, twice := map[netip.Addr]string{}, map[netip.Addr]bool{}
	var mu sync.Mutex
	add := func(text, name string) {
		at, err := netip.ParseAddr(text)
		if err != nil || twice[at] {
			return
		}
		if other, there := names[at]; there && other != name {
			delete(names, at)
			twice[at] = true
			return
		}
		names[at] = kube.Sanitize(name)
	}
	read := func(namespace, resource string, into runtime.Object, take func()) {
		ctx, cancel := c.Unary(ctx)
		defer cancel()
		options := &metav1.ListOptions{Limit: mostNamed, ResourceVersion: "0"}
		if c.Core().Get().Namespace(namespace).Resource(resource).VersionedParams(options, c.Params()).Do(ctx).Into(into) != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		take()
	}
	var all sync.WaitGroup
	for _, namespace := range namespaces {
		all.Go(func() {
			var pods corev1.PodList
			read(namespace, "pods", &pods, func() {
				for i := range pods.Items {
					p := &pods.Items[i]
					for _, ip := range p.Status.PodIPs {
						if !p.Spec.HostNetwork && p.Status.Phase == corev1.PodRunning {
							add(ip.IP, p.Name+"."+p.Namespace)
						}
					}
				}
			})
		})
		all.Go(func() {
			var services corev1.ServiceList
			read(namespace, "services", &services, func() {
				for i := range services.Items {
					for _, ip := range services.Items[i].Spec.ClusterIPs {
						add(ip, services.Items[i].Name+"."+namespace+".svc")
					}
				}
			})
		})
	}
	all.Wait()
	return names
}
