package main

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// called is how dayfly was started: dayfly, or kubectl dayfly where kubectl starts it as a plugin. Commands that are shown to a person begin
// with it, so that they work as they are.
type called string

// calledAs reads it from the path of the program (https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/).
func calledAs(path string) called {
	name := strings.ToLower(filepath.Base(path))
	if strings.TrimSuffix(name, ".exe") == "kubectl-dayfly" {
		return "kubectl dayfly"
	}
	return "dayfly"
}

// commands finds our command lines in a text: the name before a command, an option, dashes or an argument in capitals.
func commands() *regexp.Regexp {
	return regexp.MustCompile(`\bdayfly ((?:run|attach|demo|presets|image|journal|play|cp|ls|capture|report)\b|-|[A-Z]{3,})`)
}

// in writes the command lines of a text as they are to be typed.
func (c called) in(text string) string {
	if c == "dayfly" {
		return text
	}
	return commands().ReplaceAllString(text, string(c)+" $1")
}

// dress has the help of a command, and of those below it, say how it was called.
func (c called) dress(cmd *cobra.Command) {
	if c == "dayfly" {
		return
	}
	if !cmd.HasParent() {
		cmd.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: string(c)}
	}
	cmd.Long, cmd.Example = c.in(cmd.Long), c.in(cmd.Example)
	for _, sub := range cmd.Commands() {
		c.dress(sub)
	}
}
