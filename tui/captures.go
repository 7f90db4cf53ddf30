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

// captures are those that were begun since dayfly was started. They end with their screens.
type captures struct {
	all    []*capturerun.Live
	typed  []string // filters that were typed for them, the latest first
	ending bool     // dayfly waits for their ends, to end itself
}

// capturesOverMsg tells that no capture goes on any more, and dayfly may end.
type capturesOverMsg struct{}

// running are the captures that are not over.
func (c *captures) running() []*capturerun.Live {
	var some []*capturerun.Live
	for _, l := range c.all {
		if !l.Look().Over {
			some = append(some, l)
		}
	}
	return some
}

// newCaptureAsk offers to capture packets of pods.
func (a *App) newCaptureAsk(o kit.OpenCapture) kit.Screen {
	return capture.NewAsk(a.ctx, a.Kit, capture.Options{
		Cluster: o.Cluster, Pods: o.Pods, Presets: func() []presets.Preset { return a.presets }, Registries: a.registries, Registry: a.registry,
		NodeNamespace: a.settingsOf(o.Cluster).NodeNamespace, Runner: a.Runner, NewName: a.NewName, Typed: &a.captures.typed,
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
	a.captures.all = append(a.captures.all, live)
	return a.pushOn(capture.NewLive(a.ctx, a.Kit, live, msg.Where))
}

// endCaptures ends what is captured before dayfly ends: files are made whole, and what was added is ended. nil: there is nothing to wait for, or a person does
// not want to.
func (a *App) endCaptures() tea.Cmd {
	running := a.captures.running()
	if len(running) == 0 || a.captures.ending {
		return nil
	}
	a.captures.ending = true
	for _, l := range running {
		l.Stop(kubecapture.Person)
	}
	a.Flash("ending the capture, and what was added for it; again leaves at once")
	ctx := a.ctx
	return func() tea.Msg {
		for _, l := range running {
			select {
			case <-l.Done():
			case <-ctx.Done():
			}
		}
		return capturesOverMsg{}
	}
}
