package kube

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// load reads the kubeconfig as the command line and KUBECONFIG say.
func load(t *testing.T, kubeconfig string, arguments ...string) (*Kubeconfig, error) {
	t.Helper()
	t.Setenv(clientcmd.RecommendedConfigPathEnvVar, kubeconfig)
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	var flags Flags
	set := pflag.NewFlagSet("dayfly", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Parse(arguments); err != nil {
		t.Fatal(err)
	}
	return flags.Load()
}

// mustOpen opens a context of a kubeconfig that is good.
func mustOpen(t *testing.T, kubeconfig, name string, arguments ...string) *Cluster {
	t.Helper()
	k, err := load(t, kubeconfig, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// kubeconfigFile writes a kubeconfig; the first context is the current one.
func kubeconfigFile(t *testing.T, contexts ...clientcmdapi.Context) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	for i := range contexts {
		c := &contexts[i]
		config.Contexts[c.Cluster+"-"+c.AuthInfo] = c
		config.Clusters[c.Cluster] = &clientcmdapi.Cluster{Server: "https://" + c.Cluster + ".example"}
		config.AuthInfos[c.AuthInfo] = &clientcmdapi.AuthInfo{Token: "token-of-" + c.AuthInfo}
	}
	if len(contexts) > 0 {
		config.CurrentContext = contexts[0].Cluster + "-" + contexts[0].AuthInfo
	}
	return writeConfig(t, config)
}

func writeConfig(t *testing.T, config *clientcmdapi.Config) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

// KUBECONFIG is a list: the files are merged, the first to say something wins, and missing ones do not matter.
func TestKubeconfigList(t *testing.T) {
	shop := kubeconfigFile(t, clientcmdapi.Context{Cluster: "prod", AuthInfo: "ann", Namespace: "shop"})
	others := kubeconfigFile(t,
		clientcmdapi.Context{Cluster: "lab", AuthInfo: "bob"},
		clientcmdapi.Context{Cluster: "prod", AuthInfo: "ann", Namespace: "not this one"},
	)
	list := strings.Join([]string{"/nonexistent/config", shop, others}, string(os.PathListSeparator))
	k, err := load(t, list)
	if err != nil {
		t.Fatal(err)
	}
	want := []Context{
		{Name: "lab-bob", Cluster: "lab", User: "bob"},
		{Name: "prod-ann", Cluster: "prod", User: "ann", Namespace: "shop", Current: true},
	}
	if diff := cmp.Diff(want, k.Contexts()); diff != "" {
		t.Errorf("contexts (- want, + got):\n%s", diff)
	}
	for name, want := range map[string]*Cluster{
		"":        {Context: "prod-ann", Namespace: "shop", Server: "https://prod.example"},
		"lab-bob": {Context: "lab-bob", Namespace: "default", Server: "https://lab.example"},
	} {
		c, err := k.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if c.Context != want.Context || c.Namespace != want.Namespace || c.Server != want.Server {
			t.Errorf("%q opens %s, %s, %s, want %s, %s, %s", name, c.Context, c.Namespace, c.Server, want.Context, want.Namespace, want.Server)
		}
	}
	if c := mustOpen(t, shop, "", "--kubeconfig", others); c.Context != "lab-bob" {
		t.Errorf("--kubeconfig opens %s", c.Context)
	}
}

func TestKubeconfigProblems(t *testing.T) {
	good := kubeconfigFile(t, clientcmdapi.Context{Cluster: "prod", AuthInfo: "ann"}, clientcmdapi.Context{Cluster: "lab", AuthInfo: "bob"})
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("apiVersion: v1\nclusters: [\x1b"), 0o600); err != nil {
		t.Fatal(err)
	}
	noCurrent := filepath.Join(t.TempDir(), "no-current")
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "current-context: prod-ann", `current-context: ""`, 1))
	if err := os.WriteFile(noCurrent, text, 0o600); err != nil {
		t.Fatal(err)
	}
	dangling := writeConfig(t, &clientcmdapi.Config{
		CurrentContext: "x", Contexts: map[string]*clientcmdapi.Context{"x": {Cluster: "gone", AuthInfo: "ann"}},
	})
	badCA := writeConfig(t, &clientcmdapi.Config{
		CurrentContext: "x", Contexts: map[string]*clientcmdapi.Context{"x": {Cluster: "c"}},
		Clusters: map[string]*clientcmdapi.Cluster{"c": {Server: "https://c.example", CertificateAuthorityData: []byte("no PEM")}},
	})
	tests := []struct {
		name, kubeconfig string
		arguments        []string
		context          string
		what, hint       string
	}{
		{
			name: "no file", kubeconfig: "/nonexistent/config",
			what: "no cluster is configured: /nonexistent/config does not exist", hint: "",
		},
		{
			name: "no files", kubeconfig: "/nonexistent/a" + string(os.PathListSeparator) + "/nonexistent/b",
			what: "no cluster is configured: none of /nonexistent/a, /nonexistent/b exists", hint: "",
		},
		{
			name: "named file missing", kubeconfig: good, arguments: []string{"--kubeconfig=/nonexistent/c"},
			what: "the kubeconfig /nonexistent/c does not exist", hint: "check its path",
		},
		{
			name: "malformed", kubeconfig: good + string(os.PathListSeparator) + broken,
			what: `the kubeconfig ` + broken + ` is not valid YAML`, hint: "fix that file",
		},
		{
			name: "unknown context", kubeconfig: good, context: "prod\x1b[2J",
			what: `there is no context "prod␛[2J" in the kubeconfig`, hint: "its contexts are lab-bob, prod-ann",
		},
		{
			name: "unknown --context", kubeconfig: good, arguments: []string{"--context=nosuch"},
			what: `there is no context "nosuch" in the kubeconfig`, hint: "its contexts are lab-bob, prod-ann",
		},
		{
			name: "--context of nothing", kubeconfig: "/nonexistent/config", arguments: []string{"--context=nosuch"},
			what: `there is no context "nosuch" in the kubeconfig`, hint: "the kubeconfig has no contexts at all: /nonexistent/config does not exist",
		},
		{
			name: "no current context", kubeconfig: noCurrent,
			what: "the kubeconfig has no current context", hint: "its contexts are lab-bob, prod-ann",
		},
		{
			name: "context of no cluster", kubeconfig: dangling,
			what: `context "x" cannot be used: there is no server for its cluster "gone"`, hint: "fix it in the kubeconfig",
		},
		{name: "bad certificate", kubeconfig: badCA, what: `context "x" cannot be used: `, hint: "fix it in the kubeconfig"},
		{
			name: "bad time-out", kubeconfig: good, arguments: []string{"--request-timeout=soon"},
			what: `context "prod-ann" cannot be used: `, hint: "fix it in the kubeconfig",
		},
		{
			name: "unknown user", kubeconfig: good, arguments: []string{"--user=nobody"},
			what: `context "prod-ann" cannot be used: auth info "nobody" does not exist`, hint: "fix it in the kubeconfig",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, err := load(t, tt.kubeconfig, tt.arguments...)
			if err == nil {
				_, err = k.Open(tt.context)
			}
			if p := wantProblem(t, err, tt.what); !strings.HasPrefix(p.Hint, tt.hint) {
				t.Errorf("the hint is %q, want %q", p.Hint, tt.hint)
			}
		})
	}
}

// wire is a TLS API server that keeps what it was sent: credentials go over TLS only.
type wire struct {
	*httptest.Server
	seen chan *http.Request
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{seen: make(chan *http.Request, 8)}
	w.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.seen <- r
		apitest.Answer(rw, http.StatusOK, map[string]any{"kind": "PodList", "apiVersion": "v1", "items": []any{}})
	}))
	t.Cleanup(w.Close)
	return w
}

// config is a kubeconfig with context "here" for user ann of the server.
func (w *wire) config(user *clientcmdapi.AuthInfo) *clientcmdapi.Config {
	ca := pemOf(w.Server)
	config := clientcmdapi.NewConfig()
	config.CurrentContext = "here"
	config.Clusters["c"] = &clientcmdapi.Cluster{Server: w.URL, CertificateAuthorityData: ca}
	config.AuthInfos["ann"] = user
	config.Contexts["here"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "ann", Namespace: "shop"}
	return config
}

// The flags are honoured where it counts.
func TestFlagsOnTheWire(t *testing.T) {
	w := newWire(t)
	config := w.config(&clientcmdapi.AuthInfo{Token: "of the file"})
	config.AuthInfos["bob"] = &clientcmdapi.AuthInfo{Token: "of bob"}
	config.Contexts["there"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "bob", Namespace: "lab"}
	file := writeConfig(t, config)
	tests := []struct {
		name      string
		arguments []string
		open      string
		namespace string
		header    map[string]string
	}{
		{"none", nil, "", "shop", map[string]string{"Authorization": "Bearer of the file"}},
		{"context", []string{"--context=there"}, "", "lab", map[string]string{"Authorization": "Bearer of bob"}},
		{"namespace", []string{"--namespace=x"}, "", "x", map[string]string{}},
		{"n", []string{"-n", "x"}, "", "x", map[string]string{}},
		{"token", []string{"--token=of the flag"}, "", "shop", map[string]string{"Authorization": "Bearer of the flag"}},
		{"user", []string{"--user=bob"}, "", "shop", map[string]string{"Authorization": "Bearer of bob"}},
		{
			"as", []string{"--as=carol", "--as-group=devs", "--as-uid=42"}, "", "shop",
			map[string]string{"Impersonate-User": "carol", "Impersonate-Group": "devs", "Impersonate-Uid": "42", "Authorization": "Bearer of the file"},
		},
		// What was said for one context is not said to another; but nobody gets more rights than asked for.
		{
			"another context", []string{"-n", "x", "--token=of the flag", "--as=carol"}, "there", "lab",
			map[string]string{"Authorization": "Bearer of bob", "Impersonate-User": "carol"},
		},
		{"user, another context", []string{"--user=ann"}, "there", "lab", map[string]string{"Authorization": "Bearer of bob"}},
		{"server, another context", []string{"--server=https://127.0.0.1:1"}, "there", "lab", map[string]string{}},
		{"the same context by name", []string{"-n", "x", "--token=of the flag"}, "here", "x", map[string]string{"Authorization": "Bearer of the flag"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustOpen(t, file, tt.open, tt.arguments...)
			if c.Namespace != tt.namespace {
				t.Errorf("the namespace is %q, want %q", c.Namespace, tt.namespace)
			}
			if _, err := c.Namespaces(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := apitest.Receive(t, w.seen, "the request")
			for name, want := range tt.header {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if tt.header["Impersonate-User"] == "" && r.Header.Get("Impersonate-User") != "" {
				t.Error("somebody is impersonated")
			}
		})
	}
}

// --request-timeout bounds what is answered at once, and not what goes on for hours.
func TestRequestTimeout(t *testing.T) {
	hang := httptest.NewServer(servers.During(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })))
	defer hang.Close()
	defer hang.CloseClientConnections()
	file := writeConfig(t, &clientcmdapi.Config{
		CurrentContext: "x", Contexts: map[string]*clientcmdapi.Context{"x": {Cluster: "c"}},
		Clusters: map[string]*clientcmdapi.Cluster{"c": {Server: hang.URL}},
	})
	c := mustOpen(t, file, "", "--request-timeout=30ms")
	_, err := c.Namespaces(t.Context())
	wantProblem(t, err, "list the namespaces: no answer from "+hang.URL+" in time")
	if c.config.Timeout != 0 {
		t.Errorf("streams would end after %v", c.config.Timeout)
	}
	if c := mustOpen(t, file, ""); c.timeout != 0 {
		t.Errorf("without the flag the time-out is %v", c.timeout)
	}
	ctx, cancel := mustOpen(t, file, "").Unary(t.Context())
	defer cancel()
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 30*time.Second {
		t.Errorf("without the flag a request may take until %v", deadline)
	}
}

// Credential plugins are programs: a small one is run for its token, and a failing one is explained.
func TestCredentialPlugin(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("the plugins here are shell scripts")
		return
	}
	w := newWire(t)
	plugin := func(text string) *clientcmdapi.AuthInfo {
		file := filepath.Join(t.TempDir(), "plugin")
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
			Command: file, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
		}}
	}
	good := plugin(`echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"of the plugin"}}'`)
	c := mustOpen(t, writeConfig(t, w.config(good)), "")
	if _, err := c.Namespaces(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := apitest.Receive(t, w.seen, "the request").Header.Get("Authorization"); got != "Bearer of the plugin" {
		t.Errorf("the credential is %q", got)
	}
	if !c.config.ExecProvider.StdinUnavailable {
		t.Error("a plugin would read the keyboard under the interface")
	}

	missing := plugin("")
	missing.Exec.Command = "dayfly-test-plugin-that-is-not-there"
	missing.Exec.InstallHint = "get it from example.com"
	gone := plugin("")
	gone.Exec.Command = filepath.Join(t.TempDir(), "plugin")
	asks := plugin("exit 0")
	asks.Exec.InteractiveMode = clientcmdapi.AlwaysExecInteractiveMode
	for name, tt := range map[string]struct {
		user       *clientcmdapi.AuthInfo
		what, hint string
	}{
		"failing": {plugin("exit 3"), "the credential plugin plugin failed with exit code 3", "log in first from a shell with: kubectl --context here auth whoami"},
		"mute":    {plugin("echo hello"), "the credential plugin plugin printed something that is not a credential", "run it in a shell to see what it prints"},
		"missing": {missing, "the credential plugin dayfly-test-plugin-that-is-not-there is not installed or not in PATH", "get it from example.com"},
		"gone":    {gone, "the credential plugin plugin is not installed or not in PATH", "install it, or correct its path in the kubeconfig"},
		"asks":    {asks, "the credential plugin plugin wants to ask you something, which it cannot do inside dayfly (interactiveMode: Always)", "log in first from a shell with: "},
		"127":     {plugin("exit 127"), "the credential plugin plugin failed with exit code 127", "log in first"},
		"empty":   {plugin(`echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'`), "the credential plugin plugin gave no credentials: didn't return a token", "log in first"},
	} {
		for supervised, supervise := range map[string]Supervise{"": nil, ", supervised": background.Command} {
			t.Run(name+supervised, func(t *testing.T) {
				k, err := load(t, writeConfig(t, w.config(tt.user)))
				if err != nil {
					t.Fatal(err)
				}
				k.Supervise = supervise
				c, err := k.Open("")
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Namespaces(t.Context())
				p := wantProblem(t, err, "list the namespaces: "+tt.what)
				if !strings.HasPrefix(p.Hint, tt.hint) {
					t.Errorf("the hint is %q, want %q", p.Hint, tt.hint)
				}
			})
		}
	}
}

// Outside a cluster the variables of a pod alone are no way in.
func TestNotInAPod(t *testing.T) {
	if _, err := os.Stat("/var/run/secrets/kubernetes.io/serviceaccount/token"); !errors.Is(err, fs.ErrNotExist) {
		t.Log("this is a pod")
		return
	}
	k, err := load(t, "/nonexistent/config")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	_, err = k.Open("")
	wantProblem(t, err, "no cluster is configured: /nonexistent/config does not exist")
}

// A flag that leads to another cluster is no way around the rules of its contexts.
func TestFlagsDoNotLeadAroundTheRules(t *testing.T) {
	file := kubeconfigFile(t, clientcmdapi.Context{Cluster: "lab", AuthInfo: "bob"}, clientcmdapi.Context{Cluster: "prod", AuthInfo: "ann"})
	for arguments, want := range map[string]bool{
		"":                              false,
		"--context prod-ann":            true,
		"--cluster prod":                true,
		"--server https://prod.example": true,
		"--server https://lab.example/": false,
		"--user ann":                    false,
	} {
		k, err := load(t, file, strings.Fields(arguments)...)
		if err != nil {
			t.Fatal(err)
		}
		k.Guard = func(context string) Guard { return Guard{ReadOnly: strings.HasPrefix(context, "prod-")} }
		c, err := k.Open("")
		if err != nil {
			t.Fatal(err)
		}
		if c.Guard().ReadOnly != want {
			t.Errorf("%q: read-only is %t, want %t", arguments, c.Guard().ReadOnly, want)
		}
	}
}
