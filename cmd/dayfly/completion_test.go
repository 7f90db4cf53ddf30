//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completions are what dayfly has for a command line whose last word is being typed, without what they are.
func (b *bench) completions(args ...string) []string {
	b.t.Helper()
	got := b.runs(nil, append([]string{"__complete"}, args...)...)
	if got.code != 0 {
		b.t.Errorf("%q: exit code %d, says %s", args, got.code, got.stderr)
	}
	var names []string
	for line := range strings.Lines(got.stdout) {
		if name, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); name != "" && !strings.HasPrefix(name, ":") {
			names = append(names, name)
		}
	}
	return names
}

// TestCompletion: names are those that there are now, and completing writes nothing down.
func TestCompletion(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for line, want := range map[string][]string{
		"exec ann": {"annotated"}, "ann": {"annotated"}, "run ann": {"annotated"}, "run annotated non": {"nonroot"}, "report ann": {"annotated"}, "attach ann": {"annotated"},
		"exec annotated -c ": {"proxy", "app"}, "run annotated --container pro": {"proxy"}, "exec none -c ": nil, "exec -c ": nil,
		"deploy/we": {"deploy/web"}, "run svc/we": {"svc/web"}, "exec deploy/we": nil, "nothing/we": nil, "run node/n-": {"node/n-1", "node/n-2"},
		"-n sho": {"shop"}, "exec --namespace sho": {"shop"}, "--context practice-": {"practice-viewer"}, "-n none exec ann": nil,
		"run --preset jvm-": {"jvm-heap", "jvm-stacks"}, "run --profile net": {"netadmin"}, "--theme colour-safe-": {"colour-safe-light"},
		"help quar": {"quarantine"}, "completion ba": {"bash"}, "completion bash ": nil, "capture annotated ann": nil, "cp ann": {"annotated:"}, "ls ann": {"annotated:"},
		"run annotated -- ann": nil, "exec annotated ": nil, "complet": {"completion"},
	} {
		words := strings.Split(line, " ")
		got := b.completions(words...)
		if strings.HasPrefix(line, "run node/") { // the scene may have more
			got = got[:min(len(got), 2)]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is completed by %q, want %q", line, got, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(b.folder, "state", "*")); len(left) > 0 {
		t.Errorf("it has written %q", left)
	}
}

// TestCompletionIsSilent: where nothing can be known, nothing is said, and nothing is asked.
func TestCompletionIsSilent(t *testing.T) {
	t.Parallel()
	b := practised(t)
	asked := filepath.Join(t.TempDir(), "asked")
	plugin := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(plugin, []byte("#!/bin/sh\necho prompt: >&2\nif read -r answer; then echo typed >"+asked+"; fi\n: </dev/tty && echo terminal >"+asked+"\nexec sleep 1000\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken")
	config := `{"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
		"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
		"users": [{"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "` + plugin + `", "interactiveMode": "IfAvailable"}}}]}`
	write(t, broken, "{")
	prompting := filepath.Join(t.TempDir(), "prompting")
	write(t, prompting, config)
	for _, kubeconfig := range []string{broken, prompting, "/nowhere/config"} {
		got := b.runs(strings.NewReader("typed\n"), "__complete", "--kubeconfig", kubeconfig, "exec", "")
		if got.code != 0 || strings.TrimSpace(got.stdout) != ":4" || strings.Contains(got.stderr, "prompt:") {
			t.Errorf("%s: exit code %d, prints %q, says %q", filepath.Base(kubeconfig), got.code, got.stdout, got.stderr)
		}
	}
	if text, err := os.ReadFile(asked); err == nil {
		t.Errorf("the plugin has read from the %s", text)
	}
}

// TestCompletionInBash: the script completes in a real bash.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	b := practised(t)
	folder := t.TempDir()
	script := b.runs(nil, "completion", "bash")
	if script.code != 0 {
		t.Fatal(script.stderr)
	}
	write(t, filepath.Join(folder, "script"), script.stdout)
	inner := b.command()
	program := "#!/bin/sh\nexec " + strings.Join(inner.Args[:1], " ") + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(folder, "dayfly"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	// What the script wants of the package bash-completion, for words without colons.
	const shim = `compopt() { :; }; _get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
		source "$1"; COMP_WORDS=(dayfly exec ann); COMP_CWORD=2; COMP_LINE="dayfly exec ann"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; __start_dayfly; echo "${COMPREPLY[*]}"`
	cmd := exec.CommandContext(t.Context(), "bash", "--norc", "-c", shim, "bash", filepath.Join(folder, "script"))
	cmd.Env = slices.Concat(inner.Env, []string{"PATH=" + folder + ":" + os.Getenv("PATH")})
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "annotated" {
		t.Errorf("%v: %s", err, out)
	}
	for _, shell := range []string{"zsh", "fish", "powershell", "kubectl"} {
		if got := b.runs(nil, "completion", shell); got.code != 0 || !strings.Contains(got.stdout, "__complete") {
			t.Errorf("%s: exit code %d, prints %.60q", shell, got.code, got.stdout)
		}
	}
	if got := b.runs(nil, "completion", "tcsh"); got.code != 2 || !strings.Contains(got.stderr, "name one shell") {
		t.Errorf("tcsh: exit code %d, says %s", got.code, got.stderr)
	}
}
