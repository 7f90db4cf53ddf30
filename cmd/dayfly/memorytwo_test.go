//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/memory"
)

// Two dayflys that are open at the same time both keep what was chosen in them.
func TestTwoAtOnceKeepTheirChoices(t *testing.T) {
	folder := home(t)
	write(t, filepath.Join(folder, "kubeconfig"), `{apiVersion: v1, kind: Config, current-context: here, clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}],
contexts: [{name: here, context: {cluster: c, namespace: shop}}, {name: there, context: {cluster: c, namespace: shop}}]}`)
	one := sitDownAt(t, folder, os.Args[0])
	other := sitDownAt(t, folder, os.Args[0], "--context", "there")
	one.sees("shop › pods")
	other.sees("shop › pods")
	one.presses("o", "q")
	one.ends()
	other.presses("!", "q")
	other.ends()
	got, err := memory.Recall(filepath.Join(folder, "state", "dayfly", "view.json"))
	if err != nil || got.Contexts["here"].Order == "" || !got.Contexts["there"].OnlySick {
		t.Errorf("kept is %+v, %v", got, err)
	}
}

// A state folder that cannot be written to is told once, at the end, and is no error.
func TestChoicesThatCannotBeSaved(t *testing.T) {
	folder := home(t)
	write(t, filepath.Join(folder, "state", "dayfly", "view.json", "in-the-way"), "")
	p := sitDownAt(t, folder, os.Args[0])
	p.sees("shop › pods")
	p.presses("o", "q")
	p.ends()
	p.seesBelow("dayfly: your view and theme were not saved to")
}
