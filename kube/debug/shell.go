package debug

import (
	"path"
	"slices"
	"strings"
)

// Holds reports whether a container that starts so is one of private sessions ([Request.Private]): it sleeps, and attaching to it shows nothing.
func Holds(starts []string) bool {
	const script = 2 // behind sh -c
	return len(starts) > script && starts[0] == "sh" && starts[1] == "-c" && strings.HasPrefix(starts[script], holdTrap)
}

// Shell is what to run for one more shell in a container that starts so: the same shell, if it is one, else sh.
func Shell(starts []string) []string {
	shells := []string{"ash", "bash", "dash", "fish", "ksh", "zsh"}
	if len(starts) > 0 && slices.Contains(shells, path.Base(starts[0])) {
		return []string{starts[0]}
	}
	return []string{"sh"}
}
