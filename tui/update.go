package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

func newApp(ctx context.Context, k *services, o Options, s terminalHost) *App {
	a := &App{
		services: k, ctx: ctx, kubeconfig: o.Kubeconfig, cluster: o.Cluster, namespace: o.Namespace,
		themes: newThemeState(o), host: s, reloaded: o.Kit.Reloaded,
	}
	k.Runner = runner.New(ctx, runner.Options{
		Journal: k.journal, Announce: k.announce, State: k.stateFolder, Settings: k.runnerSettings, Now: k.Now,
	})
	a.repaint()
	if o.Nodes || o.Node != "" {
		a.stack = []kit.Screen{a.newNodes()}
		if o.Node != "" {
			a.stack = append(a.stack, a.newNodeTools(kit.OpenNodeTools{Cluster: o.Cluster, Node: o.Node}))
		}
		return a.begun(o)
	}
	pods := a.newPods(o.Filter)
	a.stack = []kit.Screen{pods}
	if o.Pod != "" {
		pods.Want(o.Pod) //nolint:contextcheck // the screen has it
		pod := kube.PodKey{Namespace: o.Namespace, Name: o.Pod}
		a.stack = append(a.stack, a.newContainers(o.Cluster, pod))
	}
	if o.Attach.Name != "" {
		job := runner.Join(o.Cluster, kube.Target{Namespace: o.Namespace, Pod: o.Pod, Container: o.Attach.Name}, o.Attach)
		a.first = func() tea.Msg { return sessions.Start{Job: job} }
	}
	if o.Leftovers {
		a.stack = append(a.stack, a.newLeftovers(o.OnlyMine, o.OneNamespace, nil))
	}
	if o.Sessions {
		a.stack = append(a.stack, a.newSessionList())
	}
	return a.begun(o)
}

// begun is App with its screens.
func (a *App) begun(o Options) *App {
	a.guide = o.Guide
	a.enableHide()
	a.tellMistakes()
	return a
}

// Init starts the screens and the clocks.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{a.tick(), a.ping(), a.awaitPresets(), a.awaitSessions, a.lookEarlier()}
	for _, s := range a.stack {
		cmds = append(cmds, s.Init())
	}
	return a.guarded(tea.Batch(append(cmds, a.first)...))
}

// Update routes a message and then does what screens have asked for because of it.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer a.letGo()
	cmds := []tea.Cmd{a.route(msg)}
	cmds = append(cmds, a.dispatch()...)
	cmds = append(cmds, a.actAhead()...)
	if len(a.Runner.Sessions()) > 0 {
		a.keys.NextSession.SetEnabled(true)
		a.keys.PrevSession.SetEnabled(true)
	}
	return a, a.guarded(tea.Batch(cmds...))
}

// route gives keys and pastes to the top screen, what is App's to App, all else to every screen.
func (a *App) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.PasteMsg:
		if a.takes(msg) || a.tooSmall() {
			return nil
		}
		if cmd, held := a.hold(msg); held {
			return cmd
		}
		return a.top().Update(msg)
	case tea.MouseMsg:
		return a.mouse(msg)
	}
	if cmd, mine := a.own(msg); mine {
		return cmd
	}
	if cmd, mine := a.navigate(msg); mine {
		return cmd
	}
	var cmds []tea.Cmd
	for _, s := range a.stack {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

// own takes what concerns the terminal, the clock and the sessions.
func (a *App) own(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		if a.painter != nil {
			a.painter.Redraw()
		}
	case tea.BackgroundColorMsg:
		a.themes.light = !msg.IsDark()
		a.repaint()
	case tea.ModeReportMsg:
		if a.painter != nil && msg.Mode == ansi.ModeSynchronizedOutput && (msg.Value == ansi.ModeReset || msg.Value.IsSet()) {
			a.painter.Synchronize()
		}
	case tea.ColorProfileMsg:
		a.themes.depth = kit.DepthOf(msg.Profile)
		a.repaint()
	case kit.Tick:
		cmds := []tea.Cmd{a.tick(), a.earlierAgain()}
		if a.link.due(a.Now()) {
			cmds = append(cmds, a.ping())
		}
		for _, s := range a.stack {
			cmds = append(cmds, s.Update(msg))
		}
		return tea.Batch(cmds...), true
	case pingMsg:
		if msg.cluster == a.cluster {
			a.link.take(a.Now(), msg)
		}
	case drainMsg:
		msg.reply <- a.drained()
	case sessions.Start:
		return a.start(msg), true
	case sessions.Play:
		return a.play(msg), true
	case playedMsg:
		return a.played(msg), true
	case sessions.News:
		cmds := []tea.Cmd{a.observe()}
		for _, s := range a.stack {
			cmds = append(cmds, s.Update(msg))
		}
		return tea.Batch(cmds...), true
	case presetsMsg:
		return a.reload(msg), true
	case editedMsg:
		return a.edited(msg), true
	case suspendMsg:
		return a.suspend(), true
	case resumedMsg:
		return a.resumed(msg), true
	case quitMsg:
		return tea.Quit, true
	default:
		return nil, false
	}
	return nil, true
}

// press gives a key to the session that is about to begin, to App's own commands, or to the top screen.
func (a *App) press(msg tea.KeyPressMsg) tea.Cmd {
	if a.takes(msg) {
		return nil
	}
	top := a.top()
	switch s, ok := top.(kit.Settler); {
	case ok && s.Settling():
		return nil
	case key.Matches(msg, a.keys.Suspend) && !a.launching():
		return a.suspend()
	case a.tooSmall():
		if msg.Text == "q" || msg.String() == "ctrl+c" {
			return tea.Quit
		}
		return nil
	}
	if msg.Code == tea.KeyEscape && msg.Mod == tea.ModAlt {
		msg.Mod = 0 // esc pressed twice, faster than the terminal could tell
	}
	if cmd, held := a.hold(msg); held {
		return cmd
	}
	if t, ok := top.(kit.Typist); ok && t.Typing() {
		if !a.launching() && msg.String() == "ctrl+c" {
			return a.quit()
		}
		return top.Update(msg)
	}
	return a.command(top, msg)
}

// command does what a key means everywhere, unless it is the screen's own.
func (a *App) command(top kit.Screen, msg tea.KeyPressMsg) tea.Cmd {
	if c, ok := top.(kit.Claimant); ok && c.Claims(msg) {
		return top.Update(msg)
	}
	taken := key.Matches(msg, a.keys.Theme, a.keys.Sessions, a.keys.Batches) && key.Matches(msg, top.Keys()...)
	if !taken { // the tools have another use for it
		if cmd, mine := a.everywhere(top, msg); mine {
			return cmd
		}
	}
	if key.Matches(msg, a.keys.Back) && len(a.stack) > 1 && !holdsBack(top) {
		return a.leaveTop()
	}
	return top.Update(msg)
}

// holdsBack tells a screen that wants to see the key that leaves it.
func holdsBack(s kit.Screen) bool {
	b, ok := s.(kit.BackHolder)
	return ok && b.HoldsBack()
}

func newThemeState(o Options) *themeState {
	w := &themeState{set: o.Themes, chosen: themes.Auto, read: o.ReadThemes}
	if _, err := w.set.Find(o.Theme); err == nil {
		w.chosen = o.Theme
	}
	return w
}
