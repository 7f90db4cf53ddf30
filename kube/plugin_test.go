//go:build unix

package kube

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/background"
)

// pluginUser is a user whose credentials come from a shell script.
func pluginUser(t *testing.T, name, script string, args ...string) *clientcmdapi.AuthInfo {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
		Command: file, Args: args, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
		ProvideClusterInfo: true,
		Env:                []clientcmdapi.ExecEnvVar{{Name: "OURS", Value: "of the kubeconfig"}},
	}}
}

// supervised opens the context of a kubeconfig as the command does.
func supervised(t *testing.T, config *clientcmdapi.Config, arguments ...string) *Cluster {
	t.Helper()
	k, err := load(t, writeConfig(t, config), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	k.Supervise = background.Command
	c, err := k.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A supervised plugin gets what client-go gives it: arguments, environment and information about the cluster.
func TestPluginIsGivenWhatItNeeds(t *testing.T) {
	w := newWire(t)
	script := `case "$KUBERNETES_EXEC_INFO" in *` + w.URL + `*) ;; *) exit 4;; esac
[ "$OURS" = "of the kubeconfig" ] && [ "$1" = "an argument" ] || exit 5
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"of the plugin"}}'`
	c := supervised(t, w.config(pluginUser(t, "plugin", script, "an argument")))
	if _, err := c.Namespaces(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, w.seen, "the request").Header.Get("Authorization"); got != "Bearer of the plugin" {
		t.Errorf("the credential is %q", got)
	}
}

// A plugin that never answers is named when the time of the request is over, and is gone then.
func TestPluginThatNeverAnswers(t *testing.T) {
	w := newWire(t)
	ended := filepath.Join(t.TempDir(), "ended")
	c := supervised(t, w.config(pluginUser(t, "aws", `trap "echo >`+ended+`; exit" TERM; sleep 1000 & wait`, "eks", "get-token", "--profile", "prod eu")), "--request-timeout=1s")
	_, err := c.Namespaces(t.Context())
	p := wantProblem(t, err, "list the namespaces: the credential plugin aws did not answer within 1s and was stopped")
	if want := "it may be waiting for you: log in first from a shell with: aws sso login --profile 'prod eu'; or give it more time"; p.Hint != want {
		t.Errorf("the hint is %q", p.Hint)
	}
	for deadline := time.After(stuck); ; {
		if _, err := os.Stat(ended); err == nil {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatal("the plugin still runs")
		}
	}
}

// A list has no time-out of its own, and is told all the same.
func TestListWithAPluginThatNeverAnswers(t *testing.T) {
	w := newWire(t)
	c := supervised(t, w.config(pluginUser(t, "slow", `sleep 1000`)), "--request-timeout=1s")
	for update := range c.WatchPods(t.Context(), PodQuery{Namespace: "shop"}) {
		if update.Trouble != nil {
			wantProblem(t, update.Trouble, "list pods in shop: the credential plugin slow did not answer within 1s and was stopped")
			return
		}
	}
	t.Fatal("the list ends without an error")
}

// Without a time-out of the person there is one all the same.
func TestCredentialsHaveALimit(t *testing.T) {
	w := newWire(t)
	c := supervised(t, w.config(pluginUser(t, "slow", `sleep 1000`)))
	if c.plugin.limit != credentialLimit || !strings.Contains(strings.Join(c.config.ExecProvider.Args, " "), credentialLimit.String()) {
		t.Errorf("the plugin may take %v", c.plugin.limit)
	}
}

func TestLoginCommand(t *testing.T) {
	for _, tt := range []struct {
		command string
		args    []string
		want    string
	}{
		{"aws", nil, "aws sso login"},
		{"/usr/bin/aws", []string{"--profile", "x"}, "aws sso login --profile x"},
		{"gke-gcloud-auth-plugin.exe", nil, "gcloud auth login"},
		{"kubelogin", []string{"get-token", "--server-id", "x"}, "az login"},
		{"kubelogin", []string{"get-token", "--oidc-issuer-url=x"}, "kubectl --context 'a b' auth whoami"},
		{"our-login", nil, "kubectl --context 'a b' auth whoami"},
	} {
		c := &Cluster{Context: "a b", plugin: &plugin{config: &clientcmdapi.ExecConfig{Command: tt.command, Args: tt.args}}}
		if got := c.loginCommand(); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.command, tt.args, got, tt.want)
		}
	}
}
