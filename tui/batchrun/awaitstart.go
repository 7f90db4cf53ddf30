package batchrun

import (
	"context"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// awaitStart waits until a container has started or ctx ends, and returns why it does not start.
func awaitStart(ctx context.Context, c *kube.Cluster, at kube.Target) *kube.Problem {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for news := range c.WatchPod(ctx, at.Namespace, at.Pod) {
		if news.Gone {
			return gone()
		}
		if news.Pod == nil { // the watch goes on by itself
			continue
		}
		container, there := news.Pod.Container(at.Container)
		reason, waits := strings.CutPrefix(container.State, "waiting: ")
		switch {
		case !there:
			return gone()
		case container.Running, container.Ended():
			return nil
		case waits && slices.Contains(kube.TerminalWaitReasons(), reason):
			return &kube.Problem{Message: at.Container + " does not start: " + reason + kube.Colon(container.Message), Err: kube.StartError(reason)}
		}
	}
	return nil
}

func gone() *kube.Problem {
	return &kube.Problem{Message: "the pod was deleted before its exit code was known"}
}
