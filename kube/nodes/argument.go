package nodes

import (
	"slices"
	"strings"
)

// ParseArgument reads node/NAME, as kubectl takes it; false: it is something else.
func ParseArgument(argument string) (node string, ok bool) {
	kind, name, found := strings.Cut(argument, "/")
	return name, found && name != "" && slices.Contains([]string{"node", "nodes", "no"}, kind)
}
