package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	kubecapture "github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/capture"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// newCaptureAsk offers to capture packets of pods.
func (a *App) newCaptureAsk(o kit.OpenCapture) kit.Screen {
	return capture.NewAsk(a.ctx, a.Kit, capture.Options{
		Cluster: o.Cluster, Pods: o.Pods, Presets: func() []presets.Preset { return a.presets }, Registries: a.registries, Registry: a.registry,
		NodeNamespace: a.settingsOf(o.Cluster).NodeNamespace, Runner: a.Runner, NewName: a.NewName, Typed: &a.typedFilters,
	})
}

// beginCapture begins a capture, and shows it.
func (a *App) beginCapture(msg capture.Begin) tea.Cmd {
	file, err := capturerun.Create(a.stateFolder, a.Now(), msg.About)
	if err != nil {
		return a.Flash(kube.Explain(err).Message)
	}
	msg.Run.File = file
	live, err := capturerun.Start(a.ctx, msg.Run)
	if err != nil {
		return a.Flash(kube.Explain(err).Message)
	}
	a.under.add(func() { live.Stop(kubecapture.Person) }, live.Done())
	return a.pushOn(capture.NewLive(a.ctx, a.Kit, live, msg.Where))
}
