package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// what is the part of the command line that says which pods to show, as kubectl takes it.
type what struct {
	argument string // NAME, pod/NAME or TYPE/NAME
	selector string // of labels
	all      bool   // all namespaces

	near   string // the command that the argument may be a misspelling of; empty: none
	pod    string // to open
	node   string // whose tools are to be opened
	filter string // of the list
}

// podArgument takes the one argument that there may be.
func podArgument(o *options) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 2 && len(args[0]) > 0 { // kubectl's TYPE NAME
			args = []string{args[0] + "/" + args[1]}
		}
		if len(args) > 1 {
			return usageError{fmt.Errorf("expected one pod or workload, got %d arguments: %q", len(args), args)}
		}
		if len(args) == 1 {
			o.what.argument, o.what.near = args[0], nearCommand(cmd, args[0])
		}
		return nil
	}
}

// nearCommand is the command whose name a word nearly is; empty: there is none. Names of pods mostly have dashes and digits.
func nearCommand(cmd *cobra.Command, word string) string {
	const least = 3
	if len(word) < least || strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return ""
	}
	cmd.SuggestionsMinimumDistance = 1
	if len(word) > 2*least {
		cmd.SuggestionsMinimumDistance = 2
	}
	for _, name := range cmd.SuggestionsFor(word) {
		return name
	}
	return ""
}

// meant says that the argument may have been meant as a command; empty: it was not.
func (w *what) meant() string {
	if w.near == "" {
		return ""
	}
	return fmt.Sprintf("%q is taken for a pod: did you mean the command dayfly %s?", w.argument, w.near)
}

// read makes of the words what is to be opened, and finds what does not go together.
func (w *what) read() error {
	if node, ok := nodes.ParseArgument(w.argument); ok {
		if w.selector != "" || w.all {
			return usageError{fmt.Errorf("node/%s cannot be used with --selector or --all-namespaces", node)}
		}
		w.node = node
		return nil
	}
	pod, workload, err := lists.ParseArgument(w.argument)
	if err != nil {
		return usageError{err}
	}
	if err := lists.ParseSelector(w.selector); err != nil {
		return usageError{fmt.Errorf("--selector: %w", err)}
	}
	switch {
	case pod != "" && w.all:
		return usageError{fmt.Errorf("pod %q cannot be used with --all-namespaces: use -n NAMESPACE", pod)}
	case pod != "" && w.selector != "":
		return usageError{fmt.Errorf("pod %q cannot be used with --selector: use one of them", pod)}
	case workload.Name != "" && w.all:
		return usageError{errors.New(workload.String() + " cannot be used with --all-namespaces: use -n NAMESPACE")}
	}
	w.pod, w.filter = pod, workload.String()
	if w.selector != "" {
		w.filter = strings.TrimSpace(w.filter + " -l " + strings.TrimSpace(w.selector))
	}
	return nil
}

// selectors is the value of -l. Given several times, all have to match, as in the filter of the interface.
type selectors struct{ all *string }

func (s selectors) String() string { return *s.all }

func (s selectors) Type() string { return "string" }

// Set adds a selector.
func (s selectors) Set(more string) error {
	if *s.all != "" {
		more = *s.all + "," + more
	}
	*s.all = more
	return nil
}
