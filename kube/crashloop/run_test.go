//go:build linux

package crashloop_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// hostile are arguments that a shell must not read.
func hostile() []string {
	return []string{
		"it's", `"quoted"`, "two\nlines\n", "$(touch pwned)", "`touch pwned`", "$HOME", "$$", "$(HOME)", "$$(HOME)", "", " ", "☃ ünï", `back\slash`, "-n", "*",
		"a;b&c|d", "\x1b[31m", "'", "''\\''", "%s",
	}
}

func command(words ...string) crashloop.Container {
	return crashloop.Container{Spec: corev1.Container{Command: words}}
}

// script is a container that runs a script of the machine's sh.
func script(text string) crashloop.Container {
	return command("/bin/sh", "-c", text, "script")
}

const printAll = `for a; do printf '<%s>\n' "$a"; done`

func printed(words []string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString("<" + w + ">\n")
	}
	return b.String()
}

// The words of the pod are those that the kubelet makes of them, and the image's are as they are.
func TestRunOriginalKeepsEveryWord(t *testing.T) {
	t.Parallel()
	expanded := make([]string, len(hostile()))
	for i, w := range hostile() {
		expanded[i] = expand(w, map[string]string{"HOME": "/"})
	}
	inBoxes(t, func(t *testing.T, box string) {
		for name, test := range map[string]struct {
			c    crashloop.Container
			args []string
			want []string
		}{
			"command and args": {
				crashloop.Container{Spec: corev1.Container{Command: []string{"/bin/sh", "-c", printAll, "script"}, Args: hostile()}, Cmd: []string{"unused"}, Known: true},
				nil, expanded,
			},
			"image": {crashloop.Container{Entrypoint: []string{"/bin/sh", "-c", printAll, "script"}, Cmd: hostile(), Known: true}, nil, hostile()},
			"entrypoint and args": {
				crashloop.Container{
					Spec: corev1.Container{Args: hostile()}, Entrypoint: []string{"/bin/sh", "-c", printAll, "$(HOME)"}, Cmd: []string{"unused"}, Known: true,
				}, nil, expanded,
			},
			"other arguments": {
				crashloop.Container{Entrypoint: []string{"/bin/sh", "-c", printAll, "script"}, Cmd: []string{"unused"}, Known: true},
				append([]string{"--"}, hostile()...), hostile(),
			},
			"other command": {command("false"), append([]string{"--command", "--", "/bin/sh", "-c", printAll, "x"}, hostile()...), hostile()},
			"no entrypoint": {
				crashloop.Container{Cmd: []string{"false"}, Known: true}, append([]string{"--", "/bin/sh", "-c", printAll, "x"}, hostile()...), hostile(),
			},
			"not known": {
				crashloop.Container{Spec: corev1.Container{Args: []string{"unused"}}}, append([]string{"--", "/bin/sh", "-c", printAll, "x"}, hostile()...), hostile(),
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := play(t, box, test.c)
				out, code := p.command("run-original", test.args...)
				if want := printed(test.want) + "run-original: exit code 0 after "; code != 0 || !strings.HasPrefix(out, want) {
					t.Errorf("code %d:\n%s\nwant\n%s", code, out, want)
				}
				if _, err := os.Stat(filepath.Join(p.image, "pwned")); err == nil {
					t.Error("a word was run as a command")
				}
			})
		}
	})
}

// The printed command is one that a shell runs to the same end.
func TestRunOriginalPrintsTheCommand(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, crashloop.Container{Entrypoint: []string{"/bin/sh", "-c", printAll, "script"}, Cmd: hostile(), Known: true})
		line, code := p.command("run-original", "-n")
		if code != 0 || !strings.HasPrefix(line, "/bin/sh -c 'for a; do ") {
			t.Errorf("code %d: %s", code, line)
		}
		if out, _ := p.run(p.env, []string{"/bin/sh", "-c", line}, ""); out != printed(hostile()) {
			t.Errorf("the printed command prints\n%s", out)
		}
		if line, _ := p.command("run-original", "-e", "A=b c", "-n", "--", "x"); line != "env 'A=b c' /bin/sh -c "+"'for a; do printf '\\''<%s>\\n'\\'' \"$a\"; done' script x\n" {
			t.Errorf("with a variable it is %s", line)
		}
	})
}

// The program has the variables of the container, those with dots too, its directory, and no input, as without a session.
func TestRunOriginalIsAsTheKubeletWould(t *testing.T) {
	t.Parallel()
	const show = `/usr/bin/env | /usr/bin/sort; pwd; cat; echo end`
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, script(show), "ENV=prod", "MANY=two\nlines 'quoted'", "PS1=mine")
		want, _ := p.run(p.env, []string{"/bin/sh", "-c", show}, "")
		out, code := p.command("run-original")
		if got, _, _ := strings.Cut(out, "run-original:"); got != want || code != 0 {
			t.Errorf("code %d:\n%s\nwant\n%s", code, got, want)
		}
		out, _ = p.command("run-original", "-e", "HOME=/other", "-e", "MANY=", "-i")
		for _, line := range []string{"HOME=/other\n", "MANY=\n", "typed\nend\n"} {
			if !strings.Contains(out, line) {
				t.Errorf("with -e and -i it has no %q:\n%s", line, out)
			}
		}
		stdin := script(show)
		stdin.Spec.Stdin = true
		if out, _ := play(t, box, stdin).command("run-original"); !strings.Contains(out, "typed\nend\n") {
			t.Errorf("a container with an input has none:\n%s", out)
		}
	})
}

// A shell loses variables whose names it does not know: the program has them, and may get others.
func TestRunOriginalKeepsEveryVariable(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, command("/usr/bin/env"), "a-b=c", "ENV=prod")
		out, _ := p.command("run-original", "-e", "xpack.security.enabled=false", "-e", "a-b=d")
		for _, line := range []string{"discovery.type=single-node\n", "xpack.security.enabled=false\n", "a-b=d\n", "ENV=prod\n"} {
			if !strings.Contains(out, line) {
				t.Errorf("it has no %q:\n%s", line, out)
			}
		}
		if strings.Contains(out, "TERM=") {
			t.Errorf("it has the session's TERM:\n%s", out)
		}
	})
}

// What cannot be run says what is wrong with it.
func TestRunOriginalCannotRun(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, command("unused"))
		for name, test := range map[string]struct {
			text string // of the file "program" in the image
			mode os.FileMode
			run  string
			code int
			want string
		}{
			"no such program":  {"", 0, "nothing", 127, "command not found: there is no program nothing in PATH (IMAGE:/usr/bin:/bin)."},
			"no such file":     {"", 0, "/nowhere/program", 127, "command not found: there is no file /nowhere/program."},
			"a directory":      {"", 0, "/usr", 126, "not executable: /usr is a directory."},
			"not executable":   {"#!/bin/sh\n", 0o644, "./program", 126, "permission denied: user UID may not execute ./program (-rw-r--r--)."},
			"no format":        {"echo no\n", 0o755, "program", 126, "not executable (exec format error): IMAGE/program has no #! line and is no program for Linux."},
			"empty":            {"\n", 0o755, "./program", 126, "not executable (exec format error): ./program has no #! line"},
			"quite empty":      {"", 0o755, "./program", 126, "not executable: ./program is empty."},
			"no interpreter":   {"#! /opt/no/bash -e\n", 0o755, "./program", 127, "interpreter not found: line 1 of ./program asks for /opt/no/bash, which this image does not have."},
			"Windows line end": {"#!/bin/sh\r\necho hi\r\n", 0o755, "./program", 127, "interpreter not found: line 1 of ./program ends in a carriage return, as on Windows."},
			"env":              {"#!/usr/bin/env python9\n", 0o755, "./program", 127, "interpreter not found: line 1 of ./program asks for python9, which is not in PATH (IMAGE:/usr/bin:/bin)."},
			"no loader":        {elfHeader(62, "/lib/ld-none-x86_64.so.1"), 0o755, "./program", 127, "loader not found: ./program asks for /lib/ld-none-x86_64.so.1, which this image does not have."},
			"other machine":    {elfHeader(22, ""), 0o755, "./program", 126, "wrong architecture (exec format error): ./program is made for s390x, and this node is "},
			"hostile":          {"", 0, "\x1b]0;x\a", 127, "command not found: there is no program ?]0;x? in PATH"},
			"a script's":       {"#!/bin/sh\nexit 127\n", 0o755, "./program", 127, "command not found: not the program itself, but what it, its loader or its script asked for."},
		} {
			t.Run(name, func(t *testing.T) {
				_ = os.Remove(filepath.Join(p.image, "program"))
				if test.mode != 0 {
					p.write("program", test.text, test.mode)
				}
				if name == "no loader" && uname(t) != "x86_64" {
					test.code, test.want = 126, "wrong architecture"
				}
				want := strings.NewReplacer("IMAGE", p.image, "UID", user()).Replace(test.want)
				if out, code := p.command("run-original", "--command", "--", test.run); code != test.code || !strings.Contains(out, want) {
					t.Errorf("code %d: %s\nwant code %d: %s", code, out, test.code, want)
				}
			})
		}
	})
}

// What has run says what its code means.
func TestRunOriginalExitCodes(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, command("unused"))
		for text, test := range map[string]struct {
			code int
			want string
		}{
			"exit 0":              {0, "success."},
			"exit 3":              {3, "the program's own code."},
			"no-such-command-x":   {127, "command not found: not the program itself"},
			"kill -TERM $$":       {143, "ended by SIGTERM."},
			"kill -SEGV $$":       {139, "segmentation fault (SIGSEGV)."},
			"kill -ABRT $$":       {134, "it aborted itself (SIGABRT)."},
			"kill -INT $$; false": {130, "interrupted by SIGINT (Ctrl-C)."},
			"kill -USR1 $$":       {138, "ended by signal 10 (SIGUSR1)."},
			"kill -KILL $$":       {137, "killed by SIGKILL, probably out of memory; the counter of that cannot be read."},
			"mkdir -p cgroup; echo oom_kill 2 >cgroup/memory.events; exec ./out-of-memory": {137, "out of memory: killed by the kernel (SIGKILL) at a memory limit."},
			"exec ./killed":        {137, "killed by SIGKILL; not out of memory, as the kernel counts."},
			"exec ./out-of-memory": {137, "out of memory: killed by the kernel (SIGKILL) at a memory limit."},
		} {
			t.Run(text, func(t *testing.T) {
				if err := os.RemoveAll(filepath.Join(p.image, "cgroup")); err != nil {
					t.Fatal(err)
				}
				switch {
				case strings.Contains(text, "mkdir"): // a cgroup of version 2
					p.write("cgroup/memory.events", "low 0\noom 0\noom_kill 1\noom_group_kill 0\n", 0o644)
					p.write("out-of-memory", "#!/bin/sh\nkill -KILL $$\n", 0o755)
				case strings.Contains(text, "./"): // of version 1
					p.write("cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", 0o644)
					p.write("killed", "#!/bin/sh\nkill -KILL $$\n", 0o755)
					p.write("out-of-memory", "#!/bin/sh\necho oom_kill 1 >cgroup/memory/memory.oom_control\nkill -KILL $$\n", 0o755)
				}
				if out, code := p.command("run-original", "--command", "--", "/bin/sh", "-c", text); code != test.code || !strings.Contains(out, test.want) {
					t.Errorf("code %d: %s\nwant code %d: %s", code, out, test.code, test.want)
				}
			})
		}
	})
}

// Where the kernel ends a container as a whole when it is out of memory, the session goes too: that is said before.
func TestRunOriginalWarnsOfTheLimit(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, command("/bin/sh", "-c", "exit 0"))
		for _, test := range []struct{ group, limit string }{{"1", "134217728"}, {"1", "max"}, {"0", "134217728"}} {
			p.write("cgroup/memory.oom.group", test.group+"\n", 0o644)
			p.write("cgroup/memory.max", test.limit+"\n", 0o644)
			const words = "If it exceeds the container's memory limit, the kernel ends this session with it.\n"
			if out, _ := p.command("run-original"); strings.Contains(out, words) != (test.group == "1" && test.limit != "max") {
				t.Errorf("%+v: %s", test, out)
			}
		}
	})
}

// What a person asks wrongly is answered, and nothing is run.
func TestRunOriginalAnswers(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		known := play(t, box, script("echo ran"))
		unknown := play(t, box, crashloop.Container{Spec: corev1.Container{Args: []string{"--flag", "a b"}}})
		for _, test := range []struct {
			p    *played
			args []string
			code int
			want string
		}{
			{known, []string{"--help"}, 0, "Usage: run-original "},
			{known, []string{"-e", "NAME"}, 2, "run-original: -e needs NAME=VALUE. See run-original --help.\n"},
			{known, []string{"-e", "=x"}, 2, "-e needs NAME=VALUE"},
			{known, []string{"-e"}, 2, "-e needs NAME=VALUE"},
			{known, []string{"--verbose"}, 2, "unknown word --verbose; words for the program stand behind --"},
			{known, []string{"--command"}, 2, "--command needs -- and a program"},
			{unknown, nil, 2, "The command is not known: the pod has none, and the image's entrypoint could not be read.\n" +
				"Give it: run-original -- /path/to/program --flag 'a b'\n"},
			{unknown, []string{"-e", "A=b"}, 2, "The command is not known"},
		} {
			out, code := test.p.command("run-original", test.args...)
			if code != test.code || !strings.Contains(out, test.want) || strings.Contains(out, "ran\n") {
				t.Errorf("%q: code %d: %s\nwant code %d: %s", test.args, code, out, test.code, test.want)
			}
		}
	})
}

// strace is the session's, or there is none.
func TestRunOriginalUnderStrace(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		p := prepare(t, command("./program", "a b"))
		p.env[0] = "PATH=" + p.image
		if out, code := p.install(box); code != 0 {
			t.Fatal(out)
		}
		_ = os.Remove(filepath.Join(p.dir, "bin", "strace"))
		p.start()
		p.write("program", "#!/bin/sh\necho \"ran $*\"\n", 0o755)
		if out, code := p.command("run-original", "--strace"); code != 2 || !strings.Contains(out, "strace is in neither image") {
			t.Errorf("without strace: code %d: %s", code, out)
		}
		p.write("strace", "#!/bin/sh\necho \"strace $*\"\nshift 2\nexec \"$@\"\n", 0o755)
		if out, code := p.command("run-original", "--strace"); code != 0 || !strings.Contains(out, "strace -f -- ./program a b\nran a b\n") {
			t.Errorf("code %d: %s", code, out)
		}
	})
}

// The container ends at once when it is told to, by whatever signal the image names for that, and leaves no process behind.
func TestIdleEnds(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH} {
			p := play(t, box, command("app"))
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("%s: %v", signal, err)
			}
		}
	})
}
