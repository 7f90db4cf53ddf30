package kube

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretInFile is nothing that could be recognized as a secret.
const secretInFile = "hunter2 in the file"

// Whatever is wrong with a kubeconfig, its file and the entry are named, and no value is.
func TestKubeconfigFaults(t *testing.T) {
	const rest = "\ncontexts: [{name: c, context: {cluster: k, user: ann}}]\ncurrent-context: c\n"
	cluster := "clusters: [{name: k, cluster: {server: 'https://127.0.0.1:1'}}]\n"
	for name, tt := range map[string]struct{ text, want string }{
		"two users":         {cluster + "users:\n- {name: ann, user: {token: SECRET}}\n- {name: ann, user: {password: SECRET}}" + rest, `FILE has two users with the name "ann", the first in line 3 (line 4)`},
		"two clusters":      {"clusters:\n- {name: k, cluster: {server: 'https://a:hunter2@h'}}\n- {name: k, cluster: {}}" + rest, `FILE has two clusters with the name "k", the first in line 2 (line 3)`},
		"two contexts":      {"contexts:\n- {name: c, context: {user: SECRET}}\n- {name: c}\n", `FILE has two contexts with the name "c", the first in line 2 (line 3)`},
		"number":            {cluster + "users: [{name: ann, user: {token: 20771234567}}]" + rest, `FILE has users "ann":.user.token that is not text`},
		"list":              {cluster + "users: [{name: ann, user: {token: [SECRET]}}]" + rest, `FILE has users "ann":.user.token that is not text`},
		"map":               {cluster + "users: [{name: ann, user: {password: {SECRET: SECRET}}}]" + rest, `FILE has users "ann":.user.password that is not text`},
		"not base64":        {cluster + "users: [{name: ann, user: {client-key-data: SECRET}}]" + rest, `FILE has users "ann":.user.client-key-data that is not base64`},
		"env":               {cluster + "users: [{name: ann, user: {exec: {env: {TOKEN: SECRET}}}}]" + rest, `FILE has users "ann":.user.exec.env that is not a list`},
		"env value":         {cluster + "users: [{name: ann, user: {exec: {env: [{name: TOKEN, value: 123456789}]}}}]" + rest, `FILE has users "ann":.user.exec.env.value that is not text`},
		"args":              {cluster + "users: [{name: ann, user: {exec: {args: SECRET}}}]" + rest, `FILE has users "ann":.user.exec.args that is not a list`},
		"provider":          {cluster + "users: [{name: ann, user: {auth-provider: {config: {id-token: [SECRET]}}}}]" + rest, `FILE has users "ann":.user.auth-provider.config with a value that is not text`},
		"users no list":     {cluster + "users: {ann: {token: SECRET}}" + rest, `FILE has users that is not a list`},
		"user no map":       {cluster + "users: [{name: ann, user: SECRET}]" + rest, `FILE has users "ann":.user that is not a set of keys and values`},
		"bool":              {"clusters: [{name: k, cluster: {insecure-skip-tls-verify: SECRET}}]" + rest, `FILE has clusters "k":.cluster.insecure-skip-tls-verify that is neither true nor false`},
		"anchor":            {cluster + "users: [{name: ann, user: {token: *hunter2}}]" + rest, `FILE is not valid YAML`},
		"tab":               {"users:\n- name: ann\n\tuser: {token: SECRET}", `FILE is not valid YAML near line `},
		"text":              {"SECRET", `FILE has a document that is not a set of keys and values`},
		"proxy":             {"clusters: [{name: k, cluster: {server: 'https://h', proxy-url: 'ann:hunter2@proxy'}}]" + rest, `the proxy-url of cluster "k" is not an address of a proxy`},
		"proxy with spaces": {"clusters: [{name: k, cluster: {server: 'https://h', proxy-url: 'http://ann:hunter2@proxy:1 2'}}]" + rest, `the proxy-url of cluster "k" is not an address of a proxy`},
		"server":            {"clusters: [{name: k, cluster: {server: 'https://ann:hunter2@h:x'}}]" + rest, `the server of cluster "k" is not an address of an API server`},
		"server's scheme":   {"clusters: [{name: k, cluster: {server: 'ftp://ann:hunter2@h'}}]" + rest, `the server of cluster "k" is not an address of an API server`},
		"two ways":          {cluster + "users: [{name: ann, user: {token: SECRET, password: SECRET, username: ann}}]" + rest, `context "c" cannot be used: `},
		"bad key":           {cluster + "users: [{name: ann, user: {client-key-data: aHVudGVyMg==, client-certificate-data: aHVudGVyMg==}}]" + rest, `context "c" cannot be used: `},
		"no such file":      {cluster + "users: [{name: ann, user: {client-key: /nonexistent/key, client-certificate: /nonexistent/cert}}]" + rest, `the client-certificate of user "ann" cannot be used: /nonexistent/cert does not exist`},
		"no token file":     {cluster + "users: [{name: ann, user: {tokenFile: /nonexistent/token}}]" + rest, `the tokenFile of user "ann" cannot be used: /nonexistent/token does not exist`},
		"empty token file":  {cluster + "users: [{name: ann, user: {tokenFile: " + os.DevNull + "}}]" + rest, `the tokenFile of user "ann" cannot be used: ` + os.DevNull + ` is empty`},
		"ca is a folder":    {"clusters: [{name: k, cluster: {server: 'https://h', certificate-authority: /}}]" + rest, `the certificate-authority of cluster "k" cannot be used: / cannot be read: is a directory`},
		"gcp":               {cluster + "users: [{name: ann, user: {auth-provider: {name: gcp, config: {access-token: SECRET}}}}]" + rest, `user "ann" uses the auth-provider "gcp", which Kubernetes clients no longer support`},
		"azure":             {cluster + "users: [{name: ann, user: {auth-provider: {name: azure}}}]" + rest, `user "ann" uses the auth-provider "azure", which Kubernetes clients no longer support`},
		"unknown provider":  {cluster + "users: [{name: ann, user: {auth-provider: {name: acme, config: {access-token: SECRET}}}}]" + rest, `user "ann" uses the auth-provider "acme", which Kubernetes clients no longer support`},
		"no server":         {"clusters: [{name: k, cluster: {server: ''}}]" + rest, `cluster "k" has no server`},
		"null server":       {"clusters: [{name: k, cluster: {}}]" + rest, `cluster "k" has no server`},
		"port out of range": {"clusters: [{name: k, cluster: {server: 'https://ann:hunter2@h:99999'}}]" + rest, `the server of cluster "k" is not an address of an API server`},
		"no host":           {"clusters: [{name: k, cluster: {server: 'https://'}}]" + rest, `the server of cluster "k" is not an address of an API server`},
		"oidc":              {cluster + "users: [{name: ann, user: {auth-provider: {name: oidc, config: {client-id: x, id-token: SECRET}}}}]" + rest, `user "ann" uses the auth-provider oidc without idp-issuer-url`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(tt.text, "SECRET", "'"+secretInFile+"'")), 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := load(t, file)
			if err == nil {
				_, err = k.Open("")
			}
			p := wantProblem(t, err, strings.ReplaceAll(strings.Replace(tt.want, "FILE", "the kubeconfig FILE", 1), "FILE", file))
			if all := p.Message + p.Hint; strings.Contains(all, "hunter2") || strings.Contains(all, "aHVudGVyMg") || strings.Contains(all, "123456789") || strings.Contains(all, "20771234567") || p.Hint == "" {
				t.Errorf("it is told as %q, %q", p.Message, p.Hint)
			}
		})
	}
}
