package kube

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	command := r.kubectl("prod eu", Target{Namespace: "shop", Pod: "web"})
	if command != Clean(command) {
		t.Errorf("%q is not safe to draw", command)
	}
	if diff := cmp.Diff(want, shellWords(t, command)); diff != "" {
		t.Errorf("words of %s (- meant, + read by the shell):\n%s", command, diff)
	}
}

// shellWords lets a shell that knows dollar quotes split a command into its words.
func shellWords(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "bash", "-c", `printf '%s\0' `+command).Output()
	if err != nil {
		t.Fatalf("bash does not understand %s: %v", command, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func TestShellQuote(t *testing.T) {
	for word, want := range map[string]string{
		"":                 `''`,
		"sh":               `sh`,
		"--image=a/b:1@x%": `--image=a/b:1@x%`,
		"a b":              `'a b'`,
		"it's":             `'it'\''s'`,
		"$(id)":            `'$(id)'`,
		"~":                `'~'`,
		"a\nb":             `$'a\nb'`,
		"it's\t\\":         `$'it\'s\t\\'`,
		"\x1b]0;":          `$'\033]0;'`,
		"☃":                `'☃'`,
		"\u200b☃":          `$'\342\200\213☃'`,
	} {
		if got := shellQuote(word); got != want {
			t.Errorf("%q is quoted as %s, want %s", word, got, want)
		}
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
		made := p.deed.adds()
		if made.TTY != c.tty || made.Stdin != c.stdin || made.StdinOnce != c.once || p.TTY != c.tty {
			t.Errorf("%s: it is made with tty %v, stdin %v, stdinOnce %v; the plan says tty %v", words, made.TTY, made.Stdin, made.StdinOnce, p.TTY)
		}
		if want := "kubectl debug " + strings.TrimSpace(words) + " --"; !strings.HasPrefix(p.Command, want) {
			t.Errorf("the command is %s, want %s…", p.Command, want)
		}
	}
}
