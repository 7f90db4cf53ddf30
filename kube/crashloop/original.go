package crashloop

import (
	"slices"
	"strconv"
)

// original is what the container would run, as words of a specification, and how many of them are its entrypoint: those that arguments do not
// replace. "-" stands for an entrypoint that is not known; the words are the arguments then. A command takes the place of the image's entrypoint and
// of its CMD, arguments that of CMD alone:
// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#running-a-command-in-a-shell
func (c Container) original() (entrypoint string, words []string) {
	switch command, args := c.Spec.Command, c.Spec.Args; {
	case len(command) > 0:
		return strconv.Itoa(len(command)), slices.Concat(command, args)
	case !c.Known:
		return "-", args
	case len(args) > 0:
		return strconv.Itoa(len(c.Entrypoint)), slices.Concat(literal(c.Entrypoint), args)
	}
	return strconv.Itoa(len(c.Entrypoint)), literal(slices.Concat(c.Entrypoint, c.Cmd))
}

// shown is the original command for people, before the kubelet replaces variables in it. It is empty when the command is not known.
func (c Container) shown() []string {
	switch command, args := c.Spec.Command, c.Spec.Args; {
	case len(command) > 0:
		return slices.Concat(command, args)
	case !c.Known:
		return nil
	case len(args) > 0:
		return slices.Concat(c.Entrypoint, args)
	}
	return slices.Concat(c.Entrypoint, c.Cmd)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
