// Package called knows how dayfly was started, for the commands that a person is shown.
package called

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// Name is how dayfly was started: dayfly, or kubectl dayfly where kubectl starts it as a plugin. Commands that are shown to a person begin
// with it, so that they work as they are.
type Name string

// As reads it from the path of the program (https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/).
func As(path string) Name {
	name := strings.ToLower(filepath.Base(path))
	if strings.TrimSuffix(name, ".exe") == "kubectl-dayfly" {
		return "kubectl dayfly"
	}
	return "dayfly"
}

// commands finds our command lines in a text: the name before a command, an option, dashes or an argument in capitals.
func commands() *regexp.Regexp {
	return regexp.MustCompile(`\bdayfly ((?:run|attach|exec|demo|presets|image|journal|play|cp|ls|capture|report|nodes|leftovers|completion|doctor|version|config)\b|-|[A-Z]{3,})`)
}

// In writes the command lines of a text as they are to be typed.
func (c Name) In(text string) string {
	if c == "dayfly" {
		return text
	}
	return commands().ReplaceAllString(text, string(c)+" $1")
}

// Dress has the help of a command, and of those below it, say how it was called.
func (c Name) Dress(cmd *cobra.Command) {
	if c == "dayfly" {
		return
	}
	if !cmd.HasParent() {
		cmd.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: string(c)}
	}
	cmd.Long, cmd.Example = c.In(cmd.Long), c.In(cmd.Example)
	for _, sub := range cmd.Commands() {
		c.Dress(sub)
	}
}
