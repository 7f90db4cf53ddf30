package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// newReasonPrompt asks why.
func newReasonPrompt(k *kit, title string, done func(reason string) tea.Msg) *prompt {
	return newPrompt(k, prompt{
		title: title + " › why", takes: k.keys.Launch, asks: "Why? The journal records it: a ticket number or a few words",
		check: func(string) error { return nil },
		done:  done,
	})
}

// newNamePrompt asks for the name of a pod.
func newNamePrompt(k *kit, context, pod, title string, done func(name string) tea.Msg) *prompt {
	return newPrompt(k, prompt{
		title: title + " › really", takes: k.keys.Launch,
		asks: "context " + context + " is protected. To continue, type the pod name: " + pod,
		check: func(text string) error {
			if text != pod {
				return &kube.Problem{What: "that is not the pod name", Hint: "type " + pod + ", or press esc to cancel"}
			}
			return nil
		},
		done: done,
	})
}
