//go:build unix

package kube

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/background"
)

// pluginUser is a user whose credentials come from a shell script.
func pluginUser(t *testing.T, name, script string, args ...string) *clientcmdapi.AuthInfo {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
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
	if got := apitest.Receive(t, w.seen, "the request").Header.Get("Authorization"); got != "Bearer of the plugin" {
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
	for deadline := time.After(apitest.Stuck); ; {
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
	for news := range c.WatchPod(t.Context(), "shop", "web") {
		if news.Trouble != nil {
			wantProblem(t, news.Trouble, "watch pod web: the credential plugin slow did not answer within 1s and was stopped")
			return
		}
	}
	t.Fatal("the list ends without an error")
}

// Without a time-out of the person there is one all the same, and a login in a browser or with a code fits into it.
func TestCredentialsHaveALimit(t *testing.T) {
	w := newWire(t)
	c := supervised(t, w.config(pluginUser(t, "slow", `sleep 1000`)))
	if c.plugin.limit != 2*time.Minute || c.credentialLimit != 2*time.Minute || !strings.Contains(strings.Join(c.config.ExecProvider.Args, " "), "2m0s") {
		t.Errorf("the plugin may take %v", c.plugin.limit)
	}
}

// The time of a request begins when it has its credentials.
func TestRequestsWaitForCredentials(t *testing.T) {
	for name, tt := range map[string]struct {
		credentials, want time.Duration // after which they come; 0: never
	}{
		"at once": {time.Millisecond, 30*time.Second + time.Millisecond}, "late": {100 * time.Second, 130 * time.Second}, "never": {0, 150 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &Cluster{plugin: &plugin{}, credentialLimit: pluginLimit}
				ctx, cancel := c.Unary(t.Context())
				defer cancel()
				began := time.Now()
				if tt.credentials > 0 {
					time.AfterFunc(tt.credentials, func() { ctx.Value(unaryKey{}).(func())() })
				}
				<-ctx.Done()
				if took := time.Since(began); took != tt.want || !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
					t.Errorf("it ends after %v, %v; want %v", took, context.Cause(ctx), tt.want)
				}
			})
		})
	}
}

// spoken is what plugins have written.
type spoken struct{ file string }

func (s spoken) Text() string {
	text, _ := os.ReadFile(s.file)
	return string(text)
}

func (s spoken) Take() string {
	text := s.Text()
	_ = os.Truncate(s.file, 0)
	return text
}

// Who has to log in elsewhere sees the code for it while the plugin waits, and nothing of it afterwards.
func TestPluginThatWaitsForAPerson(t *testing.T) {
	w := newWire(t)
	folder := t.TempDir()
	says, done := spoken{filepath.Join(folder, "says")}, filepath.Join(folder, "done")
	config := w.config(pluginUser(t, "kubelogin", `printf '\033[1mOpen https://login.example/device\033[m\n\n  and enter ABCD-EFGH\n' >>"`+says.file+`"
while ! [ -e "`+done+`" ]; do sleep 0.1; done
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"of the plugin"}}'`))
	k, err := load(t, writeConfig(t, config))
	if err != nil {
		t.Fatal(err)
	}
	k.Supervise, k.Spoken = background.Command, says
	c, err := k.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if wait, waits := c.WaitsForCredentials(); waits {
		t.Errorf("before there is a request: %+v", wait)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := c.Namespaces(t.Context())
		ended <- err
	}()
	want := []string{"Open https://login.example/device", "and enter ABCD-EFGH"}
	for deadline := time.After(apitest.Stuck); ; {
		if wait, waits := c.WaitsForCredentials(); waits && len(wait.Says) == 2 {
			if wait.Plugin != "kubelogin" || !slices.Equal(wait.Says, want) {
				t.Errorf("it waits for %+v", wait)
			}
			break
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case err := <-ended:
			t.Fatalf("it has ended: %v", err)
		case <-deadline:
			t.Fatal("nobody waits for credentials")
		}
	}
	if err := os.WriteFile(done, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := apitest.Receive(t, ended, "the namespaces"); err != nil {
		t.Error(err)
	}
	if wait, waits := c.WaitsForCredentials(); waits || says.Text() != "" {
		t.Errorf("afterwards: %+v, %q", wait, says.Text())
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

// What the person's kubectl would not start is not started, and it is said by which file.
func TestPluginThatIsDenied(t *testing.T) {
	w := newWire(t)
	started := filepath.Join(t.TempDir(), "started")
	kuberc := filepath.Join(t.TempDir(), "kuberc")
	t.Setenv("KUBERC", kuberc)
	config := writeConfig(t, w.config(pluginUser(t, "login", "touch "+started)))
	for text, want := range map[string]string{
		"credentialPluginPolicy: DenyAll": `context "here" cannot be used: credential plugin login is not started: credentialPluginPolicy is DenyAll in ` + kuberc,
		"credentialPluginPolicy: [":       `context "here" cannot be used: credential plugin login is not started: what ` + kuberc + " allows cannot be read",
	} {
		if err := os.WriteFile(kuberc, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := load(t, config)
		if err == nil {
			_, err = k.Open("")
		}
		if err == nil || !strings.HasPrefix(Explain(err).Message, want) || !strings.Contains(Explain(err).Hint, "allow it in "+kuberc) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("it was started")
	}
	if err := os.WriteFile(kuberc, []byte("kind: Preference\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := supervised(t, w.config(pluginUser(t, "login", "touch "+started+"; exit 1"))).Namespaces(t.Context()); err == nil {
		t.Error("it has given nothing")
	}
	if _, err := os.Stat(started); err != nil {
		t.Errorf("it was not started: %v", err)
	}
}
