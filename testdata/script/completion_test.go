package script

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// TestCompletionInShells: a person who presses tab in bash, zsh or fish gets the name of a pod of the cluster, and the flags and words of commands.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	const pod = "tabbed-by-a-person"
	if err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sleep", "3600"}}}}); err != nil {
		t.Fatal(err)
	}
	for shell, test := range map[string]struct {
		args  []string
		loads string
	}{
		"bash": {[]string{"--norc", "--noprofile", "-i"}, "source /usr/share/bash-completion/bash_completion; source <(dayfly completion bash)"},
		"zsh":  {[]string{"-f", "-i"}, "autoload -Uz compinit; compinit -u -D; source <(dayfly completion zsh)"},
		"fish": {[]string{"--no-config", "-i"}, "dayfly completion fish | source"},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Fatalf("%v: apt-get install bash-completion zsh fish", err)
			}
			home, bin := t.TempDir(), t.TempDir()
			if err := os.Symlink(here.binary, filepath.Join(bin, "dayfly")); err != nil {
				t.Fatal(err)
			}
			env := append(os.Environ(), "KUBECONFIG="+here.kubeconfig, "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "XDG_STATE_HOME="+home, "TERM=xterm-256color", "LANG=C.UTF-8", "PS1=% ",
				"PATH="+bin+":"+os.Getenv("PATH"))
			at, err := terminal.Start(terminal.Program{Path: path, Args: test.args, Env: env, Cols: 120, Rows: 30})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = at.Close() })
			line := func(text string) {
				t.Helper()
				if err := at.Type(text); err != nil {
					t.Fatal(err)
				}
			}
			sees := func(text string) {
				t.Helper()
				if err := at.WaitFor(time.Minute, text, func(s terminal.Screen) bool { return strings.Contains(s.Words(), text) }); err != nil {
					t.Fatal(err)
				}
			}
			line(test.loads + "; echo it is loa''ded\r")
			sees("it is loaded")
			line("dayfly attach tabb\t")
			sees("dayfly attach " + pod)
			line("\x15dayfly compl\t")
			sees("dayfly completion ")
			line("\x15dayfly run --from-n\t")
			sees("dayfly run --from-node")
		})
	}
}
