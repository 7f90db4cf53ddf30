package nodepod_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// shell is one that images have as sh.
type shell struct {
	words []string
	// own reports whether it prefers programs of its own to those in PATH, as some builds of busybox do. Then the script gets other names for them.
	own bool
}

// shells are those of this machine.
func shells(t *testing.T) map[string]shell {
	t.Helper()
	found := map[string]shell{}
	for name, words := range map[string][]string{
		"sh": {"sh"}, "dash": {"dash"}, "bash": {"bash"}, "bash as sh": {"bash", "--posix"}, "busybox ash": {"busybox", "ash"},
	} {
		program, err := exec.LookPath(words[0])
		if err != nil || name == "sh" && isDash(program) {
			continue
		}
		s := shell{words: append([]string{program}, words[1:]...)}
		probe := exec.CommandContext(t.Context(), program, append(slices.Clone(words[1:]), "-c", "command -v nsenter")...)
		probe.Env = []string{"PATH=/nowhere"}
		s.own = probe.Run() == nil
		found[name] = s
	}
	if len(found) == 0 {
		t.Fatal("there is no shell to try it with")
	}
	return found
}

// isDash reports whether a program is dash, which is tried by its own name.
func isDash(program string) bool {
	at, err := filepath.EvalSymlinks(program)
	return err == nil && filepath.Base(at) == "dash"
}

// call is how a program was called: its name and its arguments.
type call []string

// outcome is what comes of a script.
type outcome struct {
	calls    []call
	pid      string // of the process that nsenter has joined, in the tree; empty: none
	code     int
	stderr   string
	variable map[string]string // of the command
}

// command is what the person's command was called with; nil: it was not called.
func (o outcome) command() call {
	for _, c := range o.calls {
		if c[0] == "show" {
			return c
		}
	}
	return nil
}

// of are the calls of a program.
func (o outcome) of(program string) []call {
	return slices.DeleteFunc(slices.Clone(o.calls), func(c call) bool { return c[0] != program })
}

// stage is where a script runs: programs that tell how they are called, and nothing else in PATH but those named.
type stage struct {
	t        *testing.T
	shell    shell
	bin, out string
	env      []string // more of it
}

func newStage(t *testing.T, s shell, without ...string) *stage {
	t.Helper()
	g := &stage{t: t, shell: s, bin: t.TempDir(), out: t.TempDir()}
	recorder, err := filepath.Abs(filepath.Join("testdata", "recorder"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nsenter", "unshare", "mount", "setsid"} {
		if !slices.Contains(without, name) {
			g.link(recorder, g.name(name))
		}
	}
	g.link(recorder, "show")
	if grep, err := exec.LookPath("grep"); err == nil && !slices.Contains(without, "grep") {
		g.link(grep, g.name("grep"))
	}
	g.link(s.words[0], "sh")
	return g
}

// name is what the script calls a program here.
func (g *stage) name(program string) string {
	if g.shell.own {
		return "stub-" + program
	}
	return program
}

func (g *stage) link(program, name string) {
	g.t.Helper()
	if err := os.Symlink(program, filepath.Join(g.bin, name)); err != nil {
		g.t.Fatal(err)
	}
}

// own are the words of a script for programs that a shell may have itself.
func own() []string { return []string{"nsenter", "unshare", "setsid", "mount", "grep"} }

// words are the command that joins, with a tree in the place of /proc.
func (g *stage) words(j nodepod.Joining, proc string, command ...string) []string {
	words := j.Command(command)
	words[4] = proc
	const etc = `>"/etc/$F"` // of this machine, if it stayed
	if strings.Count(words[2], etc) != 1 || strings.Count(words[2], "/etc/") != 2 {
		g.t.Fatalf("the script writes to /etc otherwise than it did:\n%s", words[2])
	}
	words[2] = strings.Replace(words[2], etc, `>"`+g.out+`/$F"`, 1)
	if g.shell.own {
		for _, program := range own() {
			words[2] = strings.ReplaceAll(words[2], program, "stub-"+program)
		}
	}
	return slices.Concat(g.shell.words, words[1:])
}

// run runs it with a tree.
func (g *stage) run(j nodepod.Joining, proc string, command ...string) outcome {
	g.t.Helper()
	words := g.words(j, proc, command...)
	cmd := exec.CommandContext(g.t.Context(), words[0], words[1:]...)
	return g.outcome(cmd)
}

func (g *stage) outcome(cmd *exec.Cmd) outcome {
	g.t.Helper()
	var told strings.Builder
	cmd.Stderr = &told
	cmd.Env = append([]string{"PATH=" + g.bin, "OUT=" + g.out, "LINE=old", "PID=4", "START=1", "RANK=0"}, g.env...)
	err := cmd.Run()
	o := outcome{variable: map[string]string{}}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.code = exit.ExitCode()
	case err != nil:
		g.t.Fatal(err)
	}
	o.stderr = strings.ReplaceAll(told.String(), "stub-", "")
	for text := range strings.SplitSeq(g.read("calls"), "\036\x00") {
		if text != "" {
			o.calls = append(o.calls, strings.Split(strings.TrimSuffix(text, "\x00"), "\x00"))
		}
	}
	if joined := strings.TrimSpace(g.read("joined")); joined != "" {
		o.pid = filepath.Base(joined)
	}
	for pair := range strings.SplitSeq(g.read("variables"), "\x00") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			o.variable[name] = value
		}
	}
	return o
}

func (g *stage) read(name string) string {
	text, err := os.ReadFile(filepath.Join(g.out, name))
	if err != nil && !os.IsNotExist(err) {
		g.t.Fatal(err)
	}
	return string(text)
}
