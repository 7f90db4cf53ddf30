package batch

import (
	"github.com/dayfly-k8s/dayfly/presets"
)

// question is something to be run.
type question struct {
	preset presets.Preset
	own    bool // a command that a person types
}

// name is by what it is listed.
func (q question) name() string {
	if q.own {
		return "a command"
	}
	return q.preset.Name
}

// about is what it is for.
func (q question) about() string {
	if q.own {
		return "that you type: it runs as in a shell"
	}
	return q.preset.Purpose
}

// ownTool is in what a command runs that is typed, unless another tool is chosen.
const ownTool = "busybox"

// words are a command that was typed, for a shell: built-in commands, pipes and quotes are what one types.
func words(text string) []string { return []string{"sh", "-c", text} }
