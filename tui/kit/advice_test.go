package kit

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
)

// A key is named only on a screen where it does what is suggested.
func TestAdviceNamesKeysThatWork(t *testing.T) {
	keys := NewKeyMap()
	off := keys.Context
	off.SetEnabled(false)
	other := key.NewBinding(key.WithKeys("c"), key.WithHelp("c", "compose"))
	for _, now := range [][]key.Binding{nil, {off}, {other}} {
		for _, help := range kube.AllHelp() {
			if words := say(wordsOf(help), keys.helping(help), now); strings.Contains(words, "press") {
				t.Errorf("help %d is %q although no key does it", help, words)
			}
		}
	}
	if got, want := say(wordsOf(kube.SwitchContext), keys.helping(kube.SwitchContext), []key.Binding{keys.Namespace, keys.Context}), "press c to choose another context"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	for _, help := range kube.AllHelp() {
		words, doing := wordsOf(help), keys.helping(help)
		if words.press == "" && words.keyless == "" {
			t.Errorf("help %d has no words", help)
		}
		for _, b := range doing {
			if got := say(wordsOf(help), doing, []key.Binding{b}); !strings.HasPrefix(got, "press ") {
				t.Errorf("help %d is %q where its key works", help, got)
			}
		}
	}
}
