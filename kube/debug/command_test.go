package debug

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube"
)

// The command shown can be pasted into a shell: the shell finds in it the words that were meant.
func TestCommandIsQuoted(t *testing.T) {
	custom, err := ParseCustom("/home/o'neil/my tools/$x.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	r := request(func(r *Request) {
		r.PullPolicy, r.Custom = "IfNotPresent", custom
		r.Env = []EnvVar{{"EMPTY", ""}, {"QUOTED", `it's "so"!`}, {"DOLLAR", "$HOME `id` \\"}}
		r.Command = []string{"sh", "-c", "echo 'a b' | tee /tmp/x && true; # no\n\tsecond\\line *?[]{}~", "", "--", "naïve ☃", "\x1b[31m", "\u202e", "\xff\xfe"}
	})
	want := []string{
		"kubectl", "debug", "-it", "web", "--context=prod eu", "--namespace=shop", "--container=debugger-x2", "--image=busybox:1.37",
		"--profile=general", "--image-pull-policy=IfNotPresent",
		"--env=EMPTY=", `--env=QUOTED=it's "so"!`, "--env=DOLLAR=$HOME `id` \\",
		"--custom=/home/o'neil/my tools/$x.yaml", "--",
	}
	want = append(want, r.Command...)
	command := r.kubectl("prod eu", kube.Target{Namespace: "shop", Pod: "web"})
	if command != kube.Sanitize(command) {
		t.Errorf("%q is not safe to draw", command)
	}
	if diff := cmp.Diff(want, shellWords(t, command)); diff != "" {
		t.Errorf("words of %s (- meant, + read by the shell):\n%s", command, diff)
	}
}

// shellWords lets a shell split a command into its words.
func shellWords(t *testing.T, command string) []string {
	t.Helper()
	return wordsOf(t, []string{"bash"}, command)
}

func wordsOf(t *testing.T, shell []string, command string) []string {
	t.Helper()
	folder := t.TempDir()
	program := "#!/bin/sh\nprintf '%s\\0' kubectl \"$@\"\n"
	if err := os.WriteFile(filepath.Join(folder, "kubectl"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell[0], append(slices.Clone(shell[1:]), "-c", command)...)
	cmd.Env = []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "HOME=" + folder, "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s does not understand %s: %v", shell[0], command, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// Every shell finds the same words in a command, whatever is in them, and runs nothing else. The shells that this machine has are asked.
func TestShellsReadAlike(t *testing.T) {
	words := []string{
		"kubectl", "", "a b", "it's", `'`, `''`, `\`, `\\`, `a\`, `\'`, `'\`, `C:\dir\`, "$HOME", "$(id)", "`id`", "!!", "a!b", "~", "=ls", "%1", "%s%d", "-n",
		"{a,b}", "[a]*?", "a=~", "^x^y", "#", "&&", ";", "<(id)", "naïve ☃", "a\nb", "\na", "\ta\t", "it's\t\\", "\x1b]0;", "\u200b☃", "\xff\xfe", "\x7f", "\r",
		"\x01'; touch pwned; echo '", "\x01$(touch pwned)", "\x01\"; touch pwned; \"", "\x01!!", "-\x01", "%\x01\\n", "\x01 two  spaces", "\u202e",
	}
	trailing := append(slices.Clone(words), "line\n", "\n\n", "'\\\n")
	for _, shell := range [][]string{{"sh"}, {"bash"}, {"dash"}, {"busybox", "sh"}, {"zsh", "-f"}, {"ksh"}, {"mksh"}, {"fish", "--no-config"}} {
		if _, err := exec.LookPath(shell[0]); err != nil {
			continue
		}
		t.Run(shell[0], func(t *testing.T) {
			for _, want := range [][]string{words, trailing} {
				command := kube.ShellLine(want)
				if command != kube.Sanitize(command) {
					t.Errorf("%q is not safe to draw", command)
				}
				if diff := cmp.Diff(want, wordsOf(t, shell, command)); diff != "" {
					t.Errorf("words of %s (- meant, + read by the shell):\n%s", command, diff)
				}
			}
			if _, err := os.Stat("pwned"); err == nil {
				t.Error("it has run what was meant to be a word")
			}
		})
	}
}

// How a container is made with regard to terminal and input, and what kubectl is told of it.
func TestTerminalAndInput(t *testing.T) {
	for words, c := range map[string]struct {
		change           func(*Request)
		tty, stdin, once bool
	}{
		"-it web":      {func(*Request) {}, true, true, false},
		"-i web":       {func(r *Request) { r.NoTTY = true }, false, true, false},
		"--attach web": {func(r *Request) { r.NoTTY, r.NoStdin, r.StdinOnce = true, true, true }, false, false, false},
		"-i web ":      {func(r *Request) { r.NoTTY, r.StdinOnce = true, true }, false, true, true},
	} {
		p := planOf(t, c.change)
		made := p.Change.Container()
		if made.TTY != c.tty || made.Stdin != c.stdin || made.StdinOnce != c.once || p.TTY != c.tty {
			t.Errorf("%s: it is made with tty %v, stdin %v, stdinOnce %v; the plan says tty %v", words, made.TTY, made.Stdin, made.StdinOnce, p.TTY)
		}
		if want := "kubectl debug " + strings.TrimSpace(words) + " --"; !strings.HasPrefix(p.Command, want) {
			t.Errorf("the command is %s, want %s…", p.Command, want)
		}
	}
}
