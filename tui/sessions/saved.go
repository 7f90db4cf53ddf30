package sessions

import (
	"errors"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// savedMsg says where the output that was kept of a session is.
type savedMsg struct {
	session *runner.Session
	file    string
	err     error
}

// saveKept writes what is kept of the output of a session as a recording.
func saveKept(r *runner.Session) tea.Cmd {
	return func() tea.Msg {
		file, err := r.Save()
		return savedMsg{r, file, err}
	}
}

// shortPath is a file as a person writes it.
func (k *Desk) shortPath(file string) string {
	if rest, ok := strings.CutPrefix(file, k.Home+string(filepath.Separator)); ok && k.Home != "" {
		return filepath.Join("~", rest)
	}
	return kube.Sanitize(file)
}

// played is where a recording is, and how it is shown again.
func (k *Desk) played(file string) string {
	return k.shortPath(file) + "\ndayfly play " + kube.Sanitize(strings.TrimSuffix(filepath.Base(file), ".cast"))
}

// recordingWords say where a session is recorded, or why it is not; empty: it is not.
func (k *Desk) recordingWords(now *runner.Snapshot) string {
	var p *kube.Problem
	switch {
	case errors.As(now.RecordingErr, &p):
		return p.Message
	case now.Recording == "":
		return ""
	}
	return k.played(now.Recording)
}
