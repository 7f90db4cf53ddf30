//go:build unix

package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A proxy that only the environment names is named when it cannot be reached, with the variables that lead to it, and without its password.
func TestProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	const dead = "127.0.0.1:1" // no port of a listener that has gone: another test may get that
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

// What NO_PROXY names is reached without the proxy: by requests, watches and streams. Go never asks a proxy for localhost and 127.0.0.0/8, so the
// API server's address is 0.0.0.0, which leads there, too.
func TestNoProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	b := practised(t)
	kubeconfig := filepath.Join(b.folder, "kubeconfig")
	text, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	write(t, kubeconfig, strings.ReplaceAll(string(text), "https://127.0.0.1:", "https://0.0.0.0:"))
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	proxy, asked := refusing(t)
	for _, c := range []struct {
		without string // the proxy
		direct  bool
	}{
		{"NO_PROXY=0.0.0.0", true}, {"no_proxy=example.com,0.0.0.0", true}, {"NO_PROXY=0.0.0.0/8", true}, {"NO_PROXY=*", true},
		{"NO_PROXY=example.com", false}, {"NO_PROXY=", false},
	} {
		before := asked.Load()
		cmd := b.command("run", "annotated", "--tls-server-name", "localhost", "--request-timeout", "20s", "--", "echo", "direct")
		cmd.Env = append(cmd.Env, "HTTPS_PROXY=http://"+proxy, c.without)
		out, err := cmd.CombinedOutput()
		through := asked.Load() > before
		if direct := err == nil && strings.Contains(string(out), "direct\n") && !through; direct != c.direct || direct == through {
			t.Errorf("%s: the proxy was asked: %v; %v: %s", c.without, through, err, out)
		}
	}
}

// refusing is a proxy that lets nobody through, and how many have asked it.
func refusing(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	asked = new(atomic.Int64)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_, _ = conn.Write([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	return l.Addr().String(), asked
}
