package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// entry is a shell in a container of a pod's own that a person wants, of which the rules have been asked for.
type entry struct {
	from kit.Screen // where it was wanted: a shell is not opened for somebody who has gone on
	job  runner.Job // without its shell
}

// shellFoundMsg is the answer of the container.
type shellFoundMsg struct {
	entry
	err error
}

// enter looks for a shell in a container, after what the rules of the context want to be said.
func (a *App) enter(msg kit.EnterContainer) tea.Cmd {
	at := kube.Target{Namespace: msg.Pod.Namespace, Pod: msg.Pod.Name, Container: msg.Container}
	return a.lookForShell(entry{a.top(), runner.Enter(msg.Cluster, at, "", nil)})
}

// allowedMsg is an entry of which all has been said that the rules want.
type allowedMsg struct{ entry }

func (a *App) lookForShell(e entry) tea.Cmd {
	if cmd, may := a.mayOpen(e.job, func(j runner.Job) tea.Msg {
		e.job = j
		return allowedMsg{e}
	}); !may {
		return cmd
	}
	ctx := a.ctx
	look := func() tea.Msg {
		c, t := e.job.Cluster, e.job.Target
		pod, err := c.Pod(ctx, t.Namespace, t.Pod)
		if err != nil {
			return shellFoundMsg{e, err}
		}
		e.job, err = e.job.In(ctx, pod)
		return shellFoundMsg{e, err}
	}
	return tea.Batch(a.Flash("looking for a shell in "+e.job.Target.String()+" …"), look)
}

// entered opens the shell that was found.
func (a *App) entered(msg shellFoundMsg) tea.Cmd {
	if msg.err != nil {
		p := a.Advised(a.top(), kube.Explain(msg.err))
		return a.Flash(p.Message + kube.Colon(p.Hint))
	}
	if a.top() != msg.from {
		return a.Flash("no shell was opened in " + msg.job.Target.String() + ": you had gone on")
	}
	return a.route(sessions.Start{Job: msg.job})
}
