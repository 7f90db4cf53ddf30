package kit

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// NewReasonPrompt asks why; takes is the key that goes on then, with what it does.
func NewReasonPrompt(k *Kit, title string, takes key.Binding, done func(reason string) tea.Msg) *Prompt {
	return NewPrompt(k, PromptOptions{
		Title: title + " › reason", Takes: takes, Asks: "Why? The journal records it: a ticket number or a few words",
		Check: func(string) error { return nil },
		Done:  done,
	})
}

// NewNamePrompt asks for the name of a pod, or a node, before something is done for which it has to be typed: why is a sentence without its full stop, and takes the
// key that goes on then, with what it does.
func NewNamePrompt(k *Kit, why string, about kube.Target, title string, takes key.Binding, done func(name string) tea.Msg) *Prompt {
	return NewPrompt(k, PromptOptions{
		Title: title + " › confirm", Takes: takes,
		Asks: why + ". To continue, type the " + about.Kind() + " name: " + about.Name(),
		Check: func(text string) error {
			if text != about.Name() {
				return &kube.Problem{Message: "that is not the " + about.Kind() + " name", Hint: "type " + about.Name() + ", or press esc to cancel"}
			}
			return nil
		},
		Done: done,
	})
}
