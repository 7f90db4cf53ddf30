//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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

// A plugin that waits for a person is named, and what it says is on the screen while it does; nothing of it is left when dayfly ends.
func TestPluginThatHangsUnderTheInterface(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	config := pluginConfig(t, "IfAvailable", fmt.Sprintf(`sleep 1000 & echo $$ $! >%q
printf '\033[2Jenter ABCD-EFGH\n' >&2
read -r x </dev/tty && echo "typed $x" >&2
printf 'raw' >/dev/tty
wait`, file))
	p := sitDown(t, "--kubeconfig", config)
	p.sees("Waiting for credential plugin plugin", "enter ABCD-EFGH")
	p.presses("q")
	p.ends()
	if out := p.Output(0); bytes.Contains(out, []byte("\x1b[2Jenter")) || bytes.Contains(out, []byte("typed")) || bytes.Contains(out, []byte("raw")) {
		t.Errorf("the plugin has written on the terminal: %q", out)
	}
	pids, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(time.Minute)
	for _, word := range strings.Fields(string(pids)) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		for syscall.Kill(pid, 0) == nil {
			select {
			case <-time.After(10 * time.Millisecond):
			case <-deadline:
				t.Fatalf("process %d of the plugin is left", pid)
			}
		}
	}
}
