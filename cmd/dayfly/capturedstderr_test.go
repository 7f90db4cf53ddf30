package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// pluginConfig is a kubeconfig of a cluster whose credentials come from a program. There is no server: nobody wants them.
func pluginConfig(t *testing.T, mode, script string) (file string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the plugins here are shell scripts")
	}
	folder := t.TempDir()
	plugin := filepath.Join(folder, "plugin")
	file = filepath.Join(folder, "config")
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
"users": [{"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": %q, "interactiveMode": %q}}}]}`, plugin, mode)
	if err := os.WriteFile(plugin, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func pluginContext(t *testing.T, script string, heard kube.PluginOutput) *kube.Cluster {
	t.Helper()
	t.Setenv("KUBECONFIG", pluginConfig(t, "IfAvailable", script))
	kubeconfig, err := (&kube.Flags{}).Load()
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig.Spoken = heard
	c, err := kubeconfig.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What a credential plugin says is a hint, cleaned, and does not get to the terminal; nor does it read from there.
func TestPluginsAreOverheard(t *testing.T) {
	its := os.Stderr
	screen, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = screen // what would be the terminal
	t.Cleanup(func() {
		os.Stderr = its
		_ = screen.Close()
	})
	heard := captureStderr()
	c := pluginContext(t, `if read -r x; then echo read >&2; fi; printf 'session expired\nrun: \033[31mcorp login\033[m\n' >&2; exit 3`, heard)
	for range 2 { // the second time it is not said twice
		_, err := c.Namespaces(t.Context())
		p := kube.Explain(err)
		if !strings.Contains(p.Message, "exit code 3") || !strings.HasPrefix(p.Hint, "it says: session expired run: corp login;") ||
			!strings.HasSuffix(p.Hint, "; log in first from a shell with: kubectl --context c auth whoami") ||
			strings.Contains(p.Hint, "\x1b") || strings.Count(p.Hint, "corp login") != 1 || strings.Contains(p.Hint, "it says: read") {
			t.Errorf("it is told as %q, %q", p.Message, p.Hint)
		}
	}
	long := pluginContext(t, `head -c 9000 /dev/zero | tr '\0' a >&2; echo the end >&2; exit 3`, heard)
	_, err = long.Namespaces(t.Context())
	if hint := kube.Explain(err).Hint; !strings.HasPrefix(hint, "it says: …aaa") || !strings.Contains(hint, "the end; ") || len(hint) > 500 {
		t.Errorf("much is told as %q", hint)
	}
	mute := pluginContext(t, "exit 3", heard)
	_, err = mute.Namespaces(t.Context())
	if hint := kube.Explain(err).Hint; !strings.HasPrefix(hint, "log in first") {
		t.Errorf("nothing is told as %q", hint)
	}
	if shown, err := os.ReadFile(screen.Name()); err != nil || len(shown) > 0 {
		t.Errorf("on the terminal is %q, %v", shown, err)
	}
}
