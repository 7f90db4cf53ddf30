package kube

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// FuzzKubeconfig: whatever stands in a kubeconfig, what screens get of it is clean: the contexts, the opened cluster, and what is
// wrong with it.
func FuzzKubeconfig(f *testing.F) {
	for _, seed := range []string{
		"apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts:\n- name: a\n  context: {cluster: b, user: c, namespace: d}\nclusters:\n- name: b\n  cluster: {server: 'https://x:1'}\nusers:\n- name: c\n",
		"current-context: \"\\e[31m\"\ncontexts:\n- name: \"\\e[31m\"\n  context: {cluster: \"\\u202e\", user: \"\\x9b\"}\n",
		"contexts:\n- name: a\n- name: a\n  context: null\n", "contexts: 1", "{", "\xff", "clusters:\n- name: b\n  cluster: {server: \"\\x1b]52;c;?\\a\"}", "a: &a [*a]",
	} {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(folder, "config")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		openAll(t, file)
	})
}

// FuzzKubeconfigNames: the same of a kubeconfig that is well formed but for its names.
func FuzzKubeconfigNames(f *testing.F) {
	f.Add("prod", "cluster", "user", "shop", "https://api.example:6443")
	f.Add("\x1b]0;prod\x07", "\u202ereversed", "\u009b31m", "a\r\nb", "https://\x1b[31m/")
	f.Add("", "", "", "", "")
	f.Add("a/b", "\xff", " ", "..", "unix:///x?y#z")
	f.Add("x", "y", "z", "n", "https://user:password@host/path")
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, name, cluster, user, namespace, server string) {
		config := clientcmdapi.NewConfig()
		config.CurrentContext = name
		config.Contexts[name] = &clientcmdapi.Context{Cluster: cluster, AuthInfo: user, Namespace: namespace}
		config.Clusters[cluster] = &clientcmdapi.Cluster{Server: server}
		config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: "secret"}
		file := filepath.Join(folder, "names")
		if err := clientcmd.WriteToFile(*config, file); err != nil {
			return // YAML cannot say that
		}
		openAll(t, file)
	})
}

// FuzzKubeconfigSecrets: whatever form a secret has in a kubeconfig, right or wrong, what is wrong is told without it.
func FuzzKubeconfigSecrets(f *testing.F) {
	const secret = "hunter2"
	keys := []string{
		"token", "password", "client-key-data", "exec: {env: [{value", "exec: {args", "auth-provider: {config", "as-user-extra", "tokenFile", "client-certificate-data",
	}
	for i := range keys {
		for _, seed := range []string{"", "[", "{", "1", "!!int ", "!!binary ", "*", "&a ", "'", "\"", "|", "x: ", "- "} {
			f.Add(i, seed, "")
		}
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, i int, before, after string) {
		if i < 0 || strings.ContainsAny(before+after, "\n\r\u0085\u2028\u2029") || strings.Contains(before+after, "name") {
			return // the secret could be in another place, or a name
		}
		key := keys[i%len(keys)]
		closing := strings.Repeat("}", strings.Count(key, "{"))
		if strings.Contains(key, "[") {
			closing = "}]}"
		}
		text := "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: 'https://127.0.0.1:1'}}]\nusers:\n- name: u\n  user: {" +
			key + ": " + before + secret + after + closing + "}\n- name: u\n"
		file := filepath.Join(folder, "secrets")
		for _, text := range []string{text, strings.TrimSuffix(text, "- name: u\n")} { // with a duplicate, and without
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := (&Flags{kubeconfig: file}).Load()
			if err == nil {
				_, err = k.Open("")
			}
			if err == nil {
				continue
			}
			wantCleanProblem(t, err)
			if p := Explain(err); key != "tokenFile" && strings.Contains(p.Message+p.Hint, secret) { // a path is shown
				t.Errorf("%q is told as %q, %q", text, p.Message, p.Hint)
			}
		}
	})
}

// openAll reads a kubeconfig and opens every context that it has.
func openAll(t *testing.T, file string) {
	t.Helper()
	k, err := (&Flags{kubeconfig: file}).Load()
	if err != nil {
		wantCleanProblem(t, err)
		return
	}
	for _, c := range k.Contexts() {
		for _, text := range []string{c.Name, c.Cluster, c.User, c.Namespace} {
			apitest.WantClean(t, text)
		}
	}
	names := []string{"", "\x1bnone"}
	for name := range k.raw.Contexts {
		names = append(names, name)
	}
	for _, name := range names {
		c, err := k.Open(name)
		if err != nil {
			wantCleanProblem(t, err)
			continue
		}
		for _, text := range []string{c.Context, c.Namespace, c.Server, c.name()} {
			apitest.WantClean(t, text)
		}
	}
}

func wantCleanProblem(t *testing.T, err error) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Message == "" {
		t.Fatalf("%v (%T) is no Problem", err, err)
	}
	apitest.WantClean(t, err.Error())
	apitest.WantClean(t, p.Message)
	apitest.WantClean(t, p.Hint)
}
