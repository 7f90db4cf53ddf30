package sessions

import "github.com/dayfly-k8s/dayfly/tui/runner"

// kindOf is what is special about a session, in a word; empty: it is attached to what its container runs.
func kindOf(j *runner.Job) string {
	switch {
	case j.Own:
		return "shell in the pod's own container"
	case j.Private:
		return "private"
	case len(j.Exec) > 0:
		return "another shell"
	}
	return ""
}

// ModeWords are what a person should know of a session while it is open: which kind it is, and whether it is recorded.
func ModeWords(now *runner.Snapshot) []string {
	var all []string
	if kind := kindOf(&now.Job); kind != "" {
		all = append(all, kind+": not in the pod's log")
	}
	if now.Recorded {
		all = append(all, "recorded")
	}
	return all
}

// label is a session in a list: its pod and container, and its kind.
func label(now *runner.Snapshot) string {
	text := now.Target.String()
	switch {
	case now.Job.Private:
		text += " · private"
	case now.OwnShell():
		text += " · shell"
	}
	if now.Recorded {
		text += " · recorded"
	}
	return text
}
