package tui

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/nodes"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

func (a *App) newPods(filter string) *podlist.Screen {
	return podlist.New(a.ctx, a.Kit, podlist.Options{
		Cluster: a.cluster, Namespace: a.namespace, Filter: filter, Memory: &a.memory,
	})
}

func (a *App) newNodes() kit.Screen { return nodes.New(a.ctx, a.Kit, a.cluster) }

// newNodePods shows the pods of one node, of all namespaces.
func (a *App) newNodePods(o kit.OpenNodePods) kit.Screen {
	return podlist.New(a.ctx, a.Kit, podlist.Options{Cluster: o.Cluster, Node: o.Node, Memory: &a.memory})
}

func (a *App) newNodeInspect(o kit.InspectNode) kit.Screen {
	return nodes.NewInspection(a.ctx, a.Kit, o.Cluster, o.Node)
}

func (a *App) newContainers(cluster *kube.Cluster, key kube.PodKey) kit.Screen {
	return pod.New(a.ctx, a.Kit, cluster, key)
}

func (a *App) newLogs(o kit.OpenLogs) kit.Screen { return logs.New(a.ctx, a.Kit, o) }

func (a *App) newInspect(o kit.Inspect) kit.Screen {
	return pod.NewInspection(a.ctx, a.Kit, o.Cluster, o.Pod)
}

func (a *App) newTools(o kit.OpenTools) kit.Screen {
	return tools.New(a.ctx, a.Kit, o, a.toolsOptions())
}

func (a *App) newNodeTools(o kit.OpenNodeTools) kit.Screen {
	return tools.NewForNode(a.ctx, a.Kit, o, a.toolsOptions())
}

func (a *App) newSessionList() kit.Screen {
	return sessions.NewList(a.ctx, a.Desk, a.cluster, a.namespace)
}
