package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// attachTo asks for a session with a debug container that runs. Where only a sleep runs, because it is for private sessions, the session is a
// shell of its own.
func attachTo(cluster *kube.Cluster, t kube.Target, c kube.Container) attachMsg {
	m := attachMsg{cluster: cluster, target: t, tty: c.TTY, shell: kube.Shell(c.Starts), readOnly: !c.TTY || !c.Stdin, again: true}
	if kube.Holds(c.Starts) {
		return m.another(true)
	}
	return m
}

// another asks for one more shell in the same container.
func (m attachMsg) another(private bool) attachMsg {
	m.exec, m.private, m.run, m.again, m.readOnly = m.shell, private, nil, true, false
	if len(m.exec) == 0 {
		m.exec = kube.Shell(nil)
	}
	return m
}

// shellOf is what one more shell in the container of a session runs: what the session runs itself if it does, else the container's shell.
func (m attachMsg) shellOf() []string {
	switch {
	case len(m.exec) > 0:
		return m.exec
	case m.plan != nil && len(m.plan.Exec) > 0:
		return m.plan.Exec
	case len(m.shell) > 0:
		return m.shell
	case m.plan != nil && !m.plan.Request.ArgumentsOnly:
		return kube.Shell(m.plan.Request.Command)
	}
	return kube.Shell(nil)
}

// again is the wish to go on with a session.
func (r *ownSession) again() attachMsg {
	return attachMsg{
		cluster: r.cluster, target: r.Target(), plan: r.plan, tty: r.tty, about: r.about, exec: r.exec, private: r.private, shell: r.shell,
		run: r, again: true,
	}
}

// shellIn asks for one more shell in a container. What a session of ours knows of it counts: its plan, its life time, what its shell is.
func (s *sessions) shellIn(m attachMsg, private bool) attachMsg {
	for _, r := range s.list {
		if r.isIn(m.cluster, m.target) && (r.plan != nil || len(r.exec) > 0) {
			return r.again().another(private)
		}
	}
	return m.another(private)
}

// goOn asks for a session with a debug container that runs: for one with a shell of ours in it, if it is for private sessions.
func (s *sessions) goOn(cluster *kube.Cluster, t kube.Target, c kube.Container) tea.Msg {
	m := attachTo(cluster, t, c)
	if len(m.exec) == 0 {
		return m
	}
	for _, r := range s.live() {
		if r.isIn(cluster, t) {
			return openSessionMsg{r}
		}
	}
	return s.shellIn(m, true)
}

// wasAttached tells whether there has been a link to the program.
func wasAttached(l session.Life) bool {
	return !l.At[session.Live].IsZero() || !l.At[session.Detached].IsZero()
}

// besideMsg is what was beside a session in its pod when it began.
type besideMsg struct {
	run        *ownSession
	containers []kube.Container
}

// lookBeside reads what is beside a session that no plan was made for.
func (r *ownSession) lookBeside(ctx context.Context) tea.Cmd {
	if r.beside != nil || r.cluster == nil {
		return nil
	}
	return func() tea.Msg {
		pod, err := r.cluster.Pod(ctx, r.Target().Namespace, r.Target().Pod)
		if err != nil {
			return nil // then nothing is said of them at the end
		}
		return besideMsg{r, pod.Containers}
	}
}

// containerMsg is what has become of the container of a session that ran a shell of its own in it.
type containerMsg struct {
	run    *ownSession
	ending kube.Ending
}

// askContainer asks for that.
func (r *ownSession) askContainer(ctx context.Context) tea.Cmd {
	if len(r.exec) == 0 || r.cluster == nil {
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, exitPatience/4)
		defer cancel()
		ending, _ := r.cluster.AwaitExit(ctx, r.Target()) // what is not known is asked again when it matters
		return containerMsg{r, ending}
	}
}

// learn notes what has become of a container, for all sessions with it.
func (s *sessions) learn(cluster *kube.Cluster, t kube.Target, gone bool) {
	for _, r := range s.list {
		if r.isIn(cluster, t) {
			r.gone = gone
		}
	}
}

// isIn tells whether a session is with a container.
func (r *ownSession) isIn(cluster *kube.Cluster, t kube.Target) bool {
	return r.Target() == t && r.cluster != nil && cluster != nil && r.cluster.Context == cluster.Context
}

// hasShell tells whether one more shell can be opened in the container of a session.
func (r *ownSession) hasShell() bool {
	now := r.Look()
	return !r.gone && (r.sleeps() || !now.State.Over() && !now.Left && now.State >= session.Starting)
}

// noteLoss tells the loss of a shell of its own, which cannot be attached to again.
func (a *App) noteLoss(r *ownSession) tea.Cmd {
	if a.looksAt(r) {
		return nil
	}
	return a.Kit.Flash("the link to " + r.Target().Container + " was lost, and its shell with it: n in the list of sessions opens another")
}

// shell opens one more shell in the container of a row.
func (s *sessionsScreen) shell(row sessionRow) tea.Cmd {
	switch {
	case row.own == nil:
		return s.Ask(s.sessions.shellIn(row.attach(s.cluster), kube.Holds(row.found.Starts)))
	case !row.own.hasShell():
		return s.Flash(row.target().Container + " does not run: a shell can be opened only in a container that does")
	}
	return s.Ask(row.own.again().another(row.own.private))
}

// attach is the wish to attach to a container that was found.
func (r sessionRow) attach(cluster *kube.Cluster) attachMsg {
	d := r.found
	return attachTo(cluster, d.Target, kube.Container{TTY: d.TTY, Stdin: d.Stdin, Starts: d.Starts})
}

// Claims the key of another shell, which is the namespace's everywhere else.
func (s *sessionsScreen) Claims(msg tea.KeyPressMsg) bool { return key.Matches(msg, s.keys.Shell) }
