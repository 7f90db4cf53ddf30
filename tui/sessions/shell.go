package sessions

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// shell opens one more shell in the container of a row.
func (s *List) shell(row row) tea.Cmd {
	if row.own == nil {
		return s.Ask(s.AnotherShell(s.cluster, row.found.Target, row.container()))
	}
	now := row.own.Look()
	if !now.CanShell() {
		return s.Flash(row.target().Container + " is not running: a shell needs a running container")
	}
	return s.Ask(Start{now.Job.AnotherShell(now.Job.Private)})
}

// container is what was found of a container that is none of our sessions'.
func (r row) container() kube.Container {
	return kube.Container{TTY: r.found.TTY, Stdin: r.found.Stdin, Starts: r.found.Starts}
}

// Claims the key of another shell, which is the namespace's everywhere else.
func (s *List) Claims(msg tea.KeyPressMsg) bool { return key.Matches(msg, s.keys.Shell) }
