package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// newReasonPrompt asks why.
func newReasonPrompt(k *kit, title string, done func(reason string) tea.Msg) *prompt {
	return newPrompt(k, PromptOptions{
		Title: title + " › why", Takes: k.keys.Launch, Asks: "Why? The journal records it: a ticket number or a few words",
		Check: func(string) error { return nil },
		Done:  done,
	})
}

// newNamePrompt asks for the name of a pod.
func newNamePrompt(k *kit, context, pod, title string, done func(name string) tea.Msg) *prompt {
	return newPrompt(k, PromptOptions{
		Title: title + " › really", Takes: k.keys.Launch,
		Asks: "context " + context + " is protected. To continue, type the pod name: " + pod,
		Check: func(text string) error {
			if text != pod {
				return &kube.Problem{What: "that is not the pod name", Hint: "type " + pod + ", or press esc to cancel"}
			}
			return nil
		},
		Done: done,
	})
}
