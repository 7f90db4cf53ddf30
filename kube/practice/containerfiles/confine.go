package containerfiles

import (
	"slices"
	"strings"
)

// fileScript is how the scripts of package kube/files begin: they take the root of all paths from their first argument. A test there holds it.
const fileScript = "R=$1;"

// The words of such a command: sh -c SCRIPT NAME ROOT …
const script, first = 2, 4

// Script reports whether a command is one of the scripts that list and copy files.
func Script(command []string) bool {
	return len(command) > first && slices.Equal(command[:script], []string{"sh", "-c"}) && strings.HasPrefix(command[script], fileScript)
}

// Confine makes the root of a container what a command has for the root of all files, if it is one of the scripts that list and copy them; otherwise nothing
// changes. Such a script would take this machine's root for the container's, or what it finds in /proc, which is this machine's too. It follows links by itself,
// and does not leave the root that it is told.
func Confine(command, env []string, root string) (confined, with []string) {
	if !Script(command) {
		return command, env
	}
	confined = slices.Clone(command)
	confined[first] = "@" // which the environment says
	with = slices.DeleteFunc(slices.Clone(env), func(pair string) bool { return strings.HasPrefix(pair, "TARGET_ROOT=") })
	return confined, append(with, "TARGET_ROOT="+root)
}
