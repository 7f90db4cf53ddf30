//go:build unix

package main

import (
	"bytes"
	"testing"
)

// A credential plugin does not get to the terminal on which the interface is, and one that has to is told why not.
func TestPluginsUnderTheInterface(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ mode, says string }{
		"takes what there is": {"IfAvailable", "it says: nobody at the keys; log in first"},
		"insists on a person": {"Always", "wants to ask you something"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := pluginConfig(t, c.mode, `if read -r x; then echo "typed $x" >&2; else printf 'nobody\033[2J at the\nkeys' >&2; fi; exit 3`)
			p := sitDown(t, "--kubeconfig", config)
			p.sees("the credential plugin plugin", c.says)
			p.presses("q")
			p.ends()
			if bytes.Contains(p.Output(0), []byte("nobody\x1b[2J")) {
				t.Error("what the plugin has written is on the terminal as it is")
			}
		})
	}
}
