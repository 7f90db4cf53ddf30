package debug

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// readLastLogs reads the last lines of the containers of a pod that have ended, by their names. What cannot be read within two seconds is left out.
func readLastLogs(ctx context.Context, c *kube.Cluster, pod *kube.Pod) map[string][]string {
	const most, patience = 5, 2 * time.Second // containers that crash side by side
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	read := map[string][]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	started := 0
	for _, one := range pod.Containers {
		if one.Kind == kube.DebugContainer || one.Exit == nil || started == most {
			continue
		}
		started++
		all.Go(func() {
			lines := lastLines(ctx, c, kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: one.Name}, one.Running)
			mu.Lock()
			defer mu.Unlock()
			read[one.Name] = lines
		})
	}
	all.Wait()
	return read
}

// lastLines are the last lines of a container; previous: of the instance before the present.
func lastLines(ctx context.Context, c *kube.Cluster, t kube.Target, previous bool) []string {
	const lines, bytes = 6, 16 << 10
	stream, err := logs.Open(ctx, c, t, logs.Options{Tail: lines, Previous: previous})
	if err != nil {
		return nil
	}
	defer func() { _ = stream.Close() }()
	text, _ := io.ReadAll(io.LimitReader(stream, bytes)) // what has come is worth telling
	var all []string
	for line := range strings.SplitSeq(strings.TrimRight(string(text), "\n"), "\n") {
		all = append(all, logs.Text(line))
	}
	return all
}
