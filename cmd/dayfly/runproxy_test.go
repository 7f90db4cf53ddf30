//go:build unix

package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// A proxy that only the environment names is named when it cannot be reached, with the variables that lead to it, and without its password.
func TestProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b := &bench{t, home(t)}
	write(t, filepath.Join(b.folder, "kubeconfig"), `{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: c, cluster: {server: "https://api.invalid:6443"}}], users: [{name: u, user: {token: t}}], contexts: [{name: here, context: {cluster: c, user: u}}]}`)
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy"} {
		cmd := b.command("run", "web", "--request-timeout", "20s", "--", "true")
		cmd.Env = append(cmd.Env, variable+"=http://ann:hunter2@"+dead)
		out, err := cmd.CombinedOutput()
		if text := string(out); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(text, "the proxy http://"+dead+" cannot be reached") ||
			!strings.Contains(text, "HTTPS_PROXY") || strings.Contains(text, "hunter2") {
			t.Errorf("%s: exit code %d: %s", variable, cmd.ProcessState.ExitCode(), text)
		}
	}
}
