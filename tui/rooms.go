package tui

import (
	"cmp"
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/dump"
	"github.com/dayfly-k8s/dayfly/tui/fileopen"
	"github.com/dayfly-k8s/dayfly/tui/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/nodes"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podchange"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/report"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// room is the screen that is asked for; nil: none is.
func (a *App) room(msg tea.Msg) kit.Screen {
	switch msg := msg.(type) {
	case kit.OpenPod:
		return a.newContainers(msg.Cluster, msg.Pod)
	case kit.OpenLogs:
		return a.newLogs(msg)
	case kit.Inspect:
		return a.newInspect(msg)
	case kit.Compare:
		return a.newCompare(msg)
	case kit.OpenReport:
		return a.newReport(msg)
	case kit.Quarantine:
		return a.newQuarantine(msg)
	case kit.Evict:
		return a.newEviction(msg)
	case kit.OpenNodePods:
		return a.newNodePods(msg)
	case kit.InspectNode:
		return a.newNodeInspect(msg)
	case kit.OpenFiles:
		return a.newFiles(msg)
	case kit.OpenTools:
		return a.newTools(msg)
	case kit.OpenMany:
		return a.newAsk(msg)
	case kit.OpenCapture:
		return a.newCaptureAsk(msg)
	case kit.OpenNodeTools:
		return a.newNodeTools(msg)
	}
	return nil
}

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

func (a *App) newCompare(o kit.Compare) kit.Screen {
	return pod.NewComparison(a.ctx, a.Kit, o.Cluster, o.Pod)
}

func (a *App) newReport(o kit.OpenReport) kit.Screen {
	return report.New(a.ctx, a.Kit, report.Options{Cluster: o.Cluster, Pod: o.Pod, State: a.stateFolder, Home: a.Home})
}

func (a *App) newFiles(o kit.OpenFiles) kit.Screen {
	s := files.New(a.ctx, a.Kit, files.Options{
		Options: fileopen.Options{
			Cluster: o.Cluster, Pod: o.Pod, Container: o.Container, Runner: a.Runner, Presets: func() []presets.Preset { return a.presets }, Registries: a.registries,
			NewName: func() string { return a.NewName() },
		},
		Folder: a.folder, Home: a.Home, State: a.stateFolder,
	})
	a.under.add(s.Close, s.Ended())
	return s
}

func (a *App) newDump(o tools.Start) kit.Screen {
	s := dump.New(a.ctx, a.Kit, dump.Options{Runner: a.Runner, Job: o.Job, Brings: *o.Brings, State: a.stateFolder, Home: a.Home})
	a.under.add(s.Close, s.Ended())
	return s
}

func (a *App) newTools(o kit.OpenTools) kit.Screen {
	return tools.New(a.ctx, a.Kit, o, a.toolsOptions())
}

func (a *App) newNodeTools(o kit.OpenNodeTools) kit.Screen {
	return tools.NewForNode(a.ctx, a.Kit, o, a.toolsOptions())
}

func (a *App) newQuarantine(o kit.Quarantine) kit.Screen {
	return podchange.NewQuarantine(a.ctx, a.Kit, o, a.Runner.Record)
}

func (a *App) newEviction(o kit.Evict) kit.Screen {
	return podchange.NewEviction(a.ctx, a.Kit, o, a.Runner.Record)
}

func (a *App) newSessionList() kit.Screen {
	return sessions.NewList(a.ctx, a.Desk, a.cluster, a.namespace)
}

// newLeftovers shows what debugging has left: all of it, or only what this person has made; marked is marked.
func (a *App) newLeftovers(mine, oneNamespace bool, marked []inventory.Item) kit.Screen {
	engine, folder := a.Runner, a.stateFolder
	return leftovers.New(a.ctx, a.Kit, leftovers.Options{
		Cluster: a.cluster, Namespace: cmp.Or(a.namespace, a.cluster.Namespace), CleanUp: engine.CleanUp, Only: mine, OneNamespace: oneNamespace, Marked: marked,
		Owner: func(cluster *kube.Cluster, item *inventory.Item) string {
			if s := engine.Maker(cluster, item); s != nil {
				return fmt.Sprintf("of session %d here", s.Look().Number)
			}
			return ""
		},
		Mine: func(ctx context.Context, cluster *kube.Cluster) func(inventory.Item) bool {
			is, _ := runner.Mine(ctx, cluster, folder) // marks do where the journal cannot be read
			return is
		},
	})
}
