package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// batchOverMsg tells that a batch has ended.
type batchOverMsg struct{ work *batch.Work }

// newAsk offers what to run in many pods, or on many nodes.
func (a *App) newAsk(o kit.OpenMany) kit.Screen {
	usual := a.usualMode(o.Cluster)
	return batch.NewAsk(a.ctx, a.Kit, batch.Options{
		Cluster: o.Cluster, Pods: o.Pods, Nodes: o.Nodes, Presets: func() []presets.Preset { return a.presets }, Registries: a.registries, Registry: a.registry,
		Usual:  batch.Usual{Life: usual.Life.After, OwnPod: usual.OwnPod, NodeNamespace: a.settingsOf(o.Cluster).NodeNamespace},
		Runner: a.Runner, NewID: func() string { return a.newBatch() }, Typed: &a.batches.typed,
	})
}

// beginBatch carries a batch out, and shows it.
func (a *App) beginBatch(msg batch.Begin) tea.Cmd {
	w := &batch.Work{About: msg.About, Live: batchrun.Start(a.ctx, msg.Run)}
	a.batches.all = append(a.batches.all, w)
	a.batches.left = false
	a.keys.Batches.SetEnabled(true)
	ctx := a.ctx
	return tea.Batch(a.showInstead(a.newMatrix(w)), func() tea.Msg {
		select {
		case <-w.Live.Done():
			return batchOverMsg{w}
		case <-ctx.Done():
			return nil
		}
	})
}

func (a *App) newMatrix(w *batch.Work) kit.Screen {
	return batch.NewMatrix(a.ctx, a.Kit, w, ".", a.cluster.Context)
}

// showBatch shows the batch that was begun last, or from one the one before it.
func (a *App) showBatch() tea.Cmd {
	all := a.batches.all
	if len(all) == 0 {
		return a.Flash("no batch was run yet: mark pods with space, then press d")
	}
	for i := len(all) - 1; i >= 0; i-- {
		if s, ok := a.top().(batchShower); ok && s.ShowsBatch(all[i]) {
			if len(all) == 1 {
				return nil
			}
			return a.replaceTop(a.newMatrix(all[(i+len(all)-1)%len(all)]))
		}
	}
	last := all[len(all)-1]
	for i := len(a.stack) - 1; i > 0; i-- {
		if s, ok := a.stack[i].(batchShower); ok && s.ShowsBatch(last) {
			for len(a.stack)-1 > i {
				a.popTop()
			}
			return nil
		}
	}
	return a.pushOn(a.newMatrix(last))
}

// batchOver tells of a batch that has ended while nobody looked.
func (a *App) batchOver(w *batch.Work) {
	if s, ok := a.top().(batchShower); ok && s.ShowsBatch(w) {
		return
	}
	a.Flash(fmt.Sprintf("%s: %s. %s shows it", w.What, w.Words(), a.keys.Batches.Help().Key))
}
