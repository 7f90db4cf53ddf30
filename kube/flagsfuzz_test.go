package kube

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
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
			wantClean(t, text)
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
			wantClean(t, text)
		}
	}
}

func wantCleanProblem(t *testing.T, err error) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.What == "" {
		t.Fatalf("%v (%T) is no Problem", err, err)
	}
	wantClean(t, err.Error())
	wantClean(t, p.What)
	wantClean(t, p.Hint)
}
