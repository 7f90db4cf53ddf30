package kubelet

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// machinePath is where programs of this machine are found, whatever the person's own PATH is.
const machinePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// shell finds this machine's program for a shell that an image has, and the name under which to run it. Images have shells
// that a bare machine has not; and their sh, busybox's as a rule, edits lines and draws its prompt anew for a client that
// attaches late, which dash cannot, but bash under the name of sh can.
func shell(argv []string) (program []string, name string) {
	switch base := filepath.Base(argv[0]); {
	case !slices.Contains(shells(), base) || base != "sh" && base != "bash" && installed(base):
		return argv, ""
	case installed("bash") && base == "sh":
		return append([]string{"bash"}, argv[1:]...), argv[0]
	case installed("bash"): // without the settings of this machine, which would show its name in the prompt
		return append([]string{"bash", "--norc"}, argv[1:]...), argv[0]
	}
	return append([]string{"sh"}, argv[1:]...), argv[0]
}

func shells() []string { return []string{"sh", "bash", "ash", "dash", "zsh"} }

// isShell reports whether a person is going to type.
func isShell(argv []string) bool {
	return slices.Contains(shells(), filepath.Base(argv[0])) && !slices.Contains(argv, "-c")
}

// installed reports whether process.Host will find a program.
func installed(name string) bool {
	if strings.Contains(name, "/") {
		_, err := exec.LookPath(name)
		return err == nil
	}
	for _, dir := range filepath.SplitList(machinePath) {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}
