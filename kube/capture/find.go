package capture

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

// ours is what the names of dayfly's debug containers begin with.
const ours = "debugger-"

// Find looks for a running debug container of dayfly in a pod that has tcpdump and may use it; zero: there is none.
func Find(ctx context.Context, c *kube.Cluster, pod *kube.Pod) kube.Target {
	if pod == nil {
		return kube.Target{}
	}
	var found kube.Target
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, d := range pod.Containers {
		if d.Kind != kube.DebugContainer || !d.Running || !strings.HasPrefix(d.Name, ours) {
			continue
		}
		all.Go(func() {
			at := kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: d.Name}
			code, err := stream.Exec(ctx, c, at, []string{"sh", "-c", "exec tcpdump -i any -d 2>&1"}, stream.Streams{Out: io.Discard}) // -d opens the interface
			if err != nil || code != 0 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if found.Container == "" || d.Name < found.Container {
				found = at
			}
		})
	}
	all.Wait()
	return found
}
