package kuberc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPolicy(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"good", "bad"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	good, elsewhere := filepath.Join(folder, "good"), filepath.Join(t.TempDir(), "good")
	if err := os.WriteFile(elsewhere, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]map[string]string{ // of a command: why it is denied; empty: it is not
		"": {"bad": ""},
		"apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\naliases: [{name: a, command: get}]\n": {"bad": ""},
		"credentialPluginPolicy: AllowAll": {"bad": ""},
		"credentialPluginPolicy: DenyAll":  {"good": "credentialPluginPolicy is DenyAll in"},
		"credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: good}]": {
			"good": "", good: "", "bad": "it is not in credentialPluginAllowlist", elsewhere: "it is not in", "none": "it is not in",
		},
		"credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: " + good + "}]": {"good": "", "bad": "it is not in"},
		"credentialPluginPolicy: Allowlist":                                                    {"good": "it is not in"},
		"credentialPluginPolicy: denyall":                                                      {"good": `"denyall" is none of AllowAll, DenyAll and Allowlist`},
		"credentialPluginAllowlist: [{command: good}]":                                         {"good": "needs credentialPluginPolicy: Allowlist"},
		"credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{}]":                   {"good": "needs one command"},
		"credentialPluginPolicy: [":                                                            {"good": "cannot be read"},
	} {
		file := filepath.Join(t.TempDir(), "kuberc")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p := Read(func(name string) string { return map[string]string{"KUBERC": file}[name] })
		for command, why := range want {
			err := p.Check(command)
			if why == "" && err != nil || why != "" && (err == nil || !strings.Contains(err.Error(), why)) {
				t.Errorf("%q, %s: %v, want %q", text, command, err, why)
			}
		}
	}
}

// Where the file is, and how it is turned off, is as kubectl has it.
func TestWhereItIs(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	denied := func(env map[string]string) bool {
		return Read(func(name string) string { return env[name] }).Check("x") != nil
	}
	if denied(nil) {
		t.Error("without a file it is denied")
	}
	if !denied(map[string]string{"KUBERC": filepath.Join(home, "none")}) {
		t.Error("a file that is asked for and is not there allows it")
	}
	if err := os.MkdirAll(filepath.Join(home, ".kube"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".kube", "kuberc"), []byte("credentialPluginPolicy: DenyAll"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !denied(nil) {
		t.Error("the file of the person does not count")
	}
	for _, off := range []map[string]string{{"KUBERC": "off"}, {"KUBECTL_KUBERC": "false"}} {
		if denied(off) {
			t.Errorf("%v: it counts all the same", off)
		}
	}
}
