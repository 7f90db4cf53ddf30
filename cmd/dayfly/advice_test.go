package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/kube"
)

// A command suggests no flag that it does not have, and no key.
func TestAdviceNamesFlagsOfTheCommand(t *testing.T) {
	root := newCommand()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		for _, help := range kube.AllHelp() {
			words := helpWords(help, cmd.Flags())
			for word := range strings.FieldsSeq(words) {
				if name, ok := strings.CutPrefix(word, "--"); ok && cmd.Flags().Lookup(name) == nil {
					t.Errorf("%s suggests %q for help %d", cmd.CommandPath(), words, help)
				}
			}
			if strings.Contains(words, "press") {
				t.Errorf("%s suggests %q for help %d", cmd.CommandPath(), words, help)
			}
		}
	}
}

func TestAdvice(t *testing.T) {
	run := newRunCommand().Flags()
	for want, p := range map[string]*kube.Problem{
		"log in again; try again": {Hint: "log in again", Help: []kube.Help{kube.Retry}},
		"is it up? Try again, or choose another context with --context": {Hint: "is it up?", Help: []kube.Help{kube.Retry, kube.SwitchContext}},
		"choose another tool with --preset or --image":                  {Help: []kube.Help{kube.ChooseTool}},
		"": {Help: []kube.Help{kube.ClearFilter}},
	} {
		if got := advice(p, run); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
