//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// bench is a practice cluster and a home whose kubeconfig leads there.
type bench struct {
	t      *testing.T
	folder string
}

func practised(t *testing.T) *bench {
	t.Helper()
	return practisedWith(t, manifests.FS)
}

func practisedWith(t *testing.T, scenes fs.FS) *bench {
	t.Helper()
	cluster, err := practice.Start(context.Background(), practice.Options{Scenes: scenes, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	folder := home(t)
	kubeconfig, err := os.ReadFile(cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "kubeconfig"), string(kubeconfig))
	return &bench{t, folder}
}

// done is a process that has ended.
type done struct {
	code           int
	stdout, stderr string
}

func (b *bench) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = environment(b.folder)
	return cmd
}

// started starts a command; what it prints is read, and what it says is there when it has ended.
func started(t *testing.T, cmd *exec.Cmd) (stdout io.Reader, stderr *bytes.Buffer) {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr = &bytes.Buffer{}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return stdout, stderr
}

// runs runs dayfly with an input (nil: none) to its end.
func (b *bench) runs(in io.Reader, args ...string) done {
	b.t.Helper()
	cmd := b.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &errs
	err := cmd.Run()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		b.t.Fatal(err)
	}
	return done{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func (b *bench) journal() string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.folder, "state/dayfly/journal.jsonl"))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

// reportOf is the object of -o json, which must be all that is on stderr.
func reportOf(t *testing.T, stderr string) reported {
	t.Helper()
	var r reported
	decoder := json.NewDecoder(strings.NewReader(stderr))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil || strings.Count(stderr, "\n") != 1 {
		t.Fatalf("stderr is no line of JSON: %v: %s", err, stderr)
	}
	return r
}

// TestRun: what goes in and out, and the code.
func TestRun(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	for name, c := range map[string]struct {
		in   io.Reader
		args []string
		out  string
		code int
	}{
		"both outputs":    {nil, []string{"annotated", "--", "sh", "-c", "echo out; sleep 0.2; echo err >&2; exit 3"}, "out\nerr\n", 3},
		"nothing":         {nil, []string{"annotated", "--", "true"}, "", 0},
		"all bytes":       {nil, []string{"annotated", "--", "sh", "-c", `sleep 1; printf 'a\r\n\033[6n\000\377\303'`}, "a\r\n\x1b[6n\x00\xff\xc3", 0},
		"no input":        {strings.NewReader("not read"), []string{"annotated", "--", "cat"}, "", 0},
		"input":           {strings.NewReader("a\nb"), []string{"-i", "annotated", "--", "sh", "-c", "cat; echo; echo end; exit 200"}, "a\nb\nend\n", 200},
		"no terminal":     {nil, []string{"-i", "annotated", "--", "sh", "-c", "test -t 1 || echo none"}, "none\n", 0},
		"input not read":  {strings.NewReader("not read"), []string{"-i", "annotated", "--", "echo", "done"}, "done\n", 0},
		"without target":  {nil, []string{"annotated", "-c", "", "--image", "busybox:1.37", "--", "echo", "-n", "x"}, "x", 0},
		"a lot":           {nil, []string{"annotated", "--", "seq", "1", "3000"}, numbers(3000), 0},
		"as pod/NAME":     {nil, []string{"pod/annotated", "--preset", "alpine", "--profile", "general", "--", "echo", "hi"}, "hi\n", 0},
		"own command":     {strings.NewReader("echo mine; exit 7\n"), []string{"-i", "annotated", "--preset", "busybox"}, "mine\n", 7},
		"many in the way": {strings.NewReader(numbers(200000)), []string{"-i", "annotated", "--", "tail", "-n", "1"}, "200000\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := b.runs(c.in, append([]string{"run"}, c.args...)...)
			if got.stdout != c.out || got.code != c.code {
				t.Errorf("exit code %d, want %d; printed %.200q, want %.200q", got.code, c.code, got.stdout, c.out)
			}
			if !strings.HasPrefix(got.stderr, "dayfly: kubectl debug ") || strings.Count(got.stderr, "\n") != 3 {
				t.Errorf("it says %q", got.stderr)
			}
		})
	}
}

func numbers(n int) string {
	var all strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintln(&all, i)
	}
	return all.String()
}

// TestRunReports: -o json has all, and nothing else is on stderr; the journal is as the interface writes it.
func TestRunReports(t *testing.T) {
	t.Parallel()
	b := practised(t)
	ended := b.runs(nil, "run", "annotated", "-o", "json", "--reason", "OPS-7", "--", "sh", "-c", "echo x; exit 5")
	r := reportOf(t, ended.stderr)
	if ended.code != 5 || ended.stdout != "x\n" || r.ExitCode == nil || *r.ExitCode != 5 || r.BytesOut != 2 || r.Error != "" || r.Reason != "Error" {
		t.Errorf("%+v: %+v", ended, r)
	}
	if r.Context != "practice" || r.Namespace != "shop" || r.Pod != "annotated" || r.Container == "" || r.Target != "app" || r.Image != "busybox:1.37" ||
		!strings.Contains(r.ImageID, "@sha256:") || r.Profile != "general" || r.Preset != "busybox" || r.Started == nil || r.Finished == nil || r.Seconds == 0 {
		t.Errorf("the report is %+v", r)
	}
	failed := b.runs(nil, "run", "annotated", "-o", "json", "--image", "registry.example.com/nope:1", "--", "true")
	r = reportOf(t, failed.stderr)
	if failed.code != 1 || r.ExitCode != nil || !strings.Contains(r.Error, "does not start: ErrImagePull") || r.Hint == "" {
		t.Errorf("%+v: %+v", failed, r)
	}
	alone := b.runs(nil, "run", "annotated", "-o", "json", "-c", "", "--", "true")
	if r = reportOf(t, alone.stderr); alone.code != 0 || r.Target != "" || !strings.Contains(r.Leaves, r.Container) {
		t.Errorf("without a container to look at: %+v: %+v", alone, r)
	}
	refused := b.runs(nil, "run", "annotated", "-o", "json", "--context", "practice-viewer", "--", "true")
	if r = reportOf(t, refused.stderr); refused.code != 1 || r.Leaves != "" || r.Error == "" {
		t.Errorf("what was not added leaves nothing: %+v: %+v", refused, r)
	}
	book := b.journal()
	for _, action := range []string{`"action":"added"`, `"action":"started"`, `"action":"ended"`, `"exit":5`, `"reason":"OPS-7"`, `"action":"failed"`, `"why":"ErrImagePull"`} {
		if !strings.Contains(book, action) {
			t.Errorf("%s is not in the journal:\n%s", action, book)
		}
	}
}

// A program that is killed by the end of its target is told as such: in the notes, in the report and in the journal.
func TestRunEndsWithItsTarget(t *testing.T) {
	t.Parallel()
	const want = " ended with its target, whose processes it shares; app exited with code 137 (Error)"
	b := practised(t)
	own := b.runs(nil, "run", "annotated", "-c", "", "--", "sh", "-c", "kill -9 $$")
	if own.code != 137 || strings.Contains(own.stderr, "target") {
		t.Errorf("one that kills itself: exit code %d; it says %q", own.code, own.stderr)
	}
	ended := b.runs(nil, "run", "annotated", "-o", "json", "--", "sh", "-c", "kill -9 $TARGET_PID && sleep 600")
	if r := reportOf(t, ended.stderr); ended.code != 137 || r.Cause != "TargetEnded" || !strings.Contains(strings.Join(r.Notes, "\n"), want) {
		t.Errorf("exit code %d; the report is %+v", ended.code, r)
	}
	if book := b.runs(nil, "journal").stdout; !strings.Contains(book, "exit 137, ended with its target, whose processes it shares") {
		t.Errorf("the journal says:\n%s", book)
	}
}

// Mistakes, and what cannot be: nothing is changed by any of them.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/presets/broken.yaml"), "name: broken\nimge: x\n")
	for name, c := range map[string]struct {
		args, says string
		code       int
	}{
		"no pod":            {"-- ls", "missing pod name; usage: dayfly run POD -- COMMAND", 2},
		"nothing":           {"", "missing pod name", 2},
		"no dashes":         {"annotated ls", "write -- before the command: dayfly run annotated -- ls", 2},
		"a flag, no dashes": {"annotated ls -Z", "flags of the command go after --", 2},
		"no command":        {"annotated", "missing command; usage: dayfly run annotated -- COMMAND", 2},
		"preset and image":  {"annotated --preset dns --image x -- ls", "--preset cannot be used with --image", 2},
		"no such profile":   {"annotated --profile root -- ls", `there is no profile "root"`, 2},
		"no such output":    {"annotated -o yaml -- ls", `--output "yaml": use json`, 2},
		"time runs back":    {"annotated --timeout -1s -- ls", "--timeout -1s: use a positive duration", 2},
		"half a terminal":   {"annotated -t -- ls", "-t requires -i", 2},
		"no terminal":       {"annotated -it -- ls", "stdin and stdout are not a terminal", 2},
		"another pod":       {"annotated --confirm web -- ls", "--confirm web does not match pod annotated", 2},
		"unknown pod":       {"nosuch -- ls", "there is no pod nosuch in namespace shop of context practice", 1},
		"unknown container": {"annotated -c nosuch -- ls", `pod annotated has no container "nosuch" to look at`, 1},
		"unknown preset":    {"annotated --preset nosuch -- ls", `there is no preset "nosuch"`, 1},
		"broken preset":     {"annotated --preset broken -- ls", `unknown key "imge"`, 1},
		"no image":          {"annotated --image Busybox:1 -- ls", "image names are lower case: busybox:1", 1},
		"a pod that is done": {
			"done -- ls", "pod done has completed", 1,
		},
		"unknown context": {"annotated --context nosuch -- ls", `there is no context "nosuch"`, 1},
		"no rights":       {"annotated --context practice-viewer -- ls", "patch pods/ephemeralcontainers, create pods/attach are not allowed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := b.runs(nil, append([]string{"run"}, strings.Fields(c.args)...)...)
			if got.code != c.code || got.stdout != "" || !strings.Contains(got.stderr, c.says) || strings.Count(before(got.stderr, "apiVersion:"), "\n") > 3 {
				t.Errorf("exit code %d, want %d; printed %q and %q, want %q", got.code, c.code, got.stdout, got.stderr, c.says)
			}
		})
	}
	t.Cleanup(func() {
		if list := b.runs(nil, "attach", "annotated", "-o", "json"); list.code != 0 || strings.TrimSpace(list.stdout) != "[]" {
			t.Errorf("there are debug containers: %+v", list)
		}
	})
}

// before is the part of a text before a word.
func before(text, word string) string {
	part, _, _ := strings.Cut(text, word)
	return part
}

// TestRunUnderRules of config.yaml.
func TestRunUnderRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules, args, says string
		code              int
	}{
		"read-only":       {"readOnly: true", "", "read-only: nothing is changed in context practice", 1},
		"protected":       {"protected: true", "", "add --confirm annotated to proceed", 1},
		"confirmed":       {"protected: true", "--confirm|annotated", "", 0},
		"no reason":       {"askReason: true", "--reason=  |", "add --reason TEXT", 1},
		"a reason":        {"askReason: true", "--reason|OPS-7", "", 0},
		"a refused image": {"images: [corp/*]", "", "busybox:1.37", 1},
		"a broken rule":   {"protectd: true", "", "read-only", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "guard: {"+c.rules+"}\n")
			args := append([]string{"run", "annotated", "-q"}, strings.FieldsFunc(c.args, func(r rune) bool { return r == '|' })...)
			got := b.runs(nil, append(args, "--", "echo", "done")...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) || (got.stdout == "done\n") != (c.code == 0) {
				t.Errorf("exit code %d, want %d; printed %q and %q, want %q", got.code, c.code, got.stdout, got.stderr, c.says)
			}
			if c.code != 0 && !strings.Contains(b.journal(), `"action":"refused"`) {
				t.Errorf("the journal is %s", b.journal())
			}
		})
	}
}

// TestRunIsLeft: the program runs on, how to attach is told, and the code says what it was.
func TestRunIsLeft(t *testing.T) {
	t.Parallel()
	b := practised(t)
	t.Cleanup(func() { // when all have been left
		if journal := b.journal(); strings.Count(journal, `"action":"detached"`) != 4 {
			t.Errorf("the journal is %s", journal)
		}
	})
	for name, c := range map[string]struct {
		how  func(*exec.Cmd)
		args []string
		code int
	}{
		"SIGINT":  {func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGINT) }, nil, 130},
		"SIGTERM": {func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGTERM) }, []string{"-i"}, 143},
		"timeout": {func(*exec.Cmd) {}, []string{"--timeout", "2s"}, 124},
		"quietly": {func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGTERM) }, []string{"-q"}, 143},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := b.command(append(append([]string{"run", "annotated"}, c.args...), "--", "sh", "-c", "echo ready; sleep 1000")...)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			in, _ := cmd.StdinPipe()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if said, err := io.ReadAll(io.LimitReader(out, 6)); string(said) != "ready\n" {
				t.Fatalf("printed %q, %v", said, err)
			}
			c.how(cmd)
			_ = cmd.Wait()
			_ = in.Close()
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(errs.String(), " may still be running. To attach: dayfly attach annotated debugger-") {
				t.Errorf("exit code %d, want %d: %s", code, c.code, &errs)
			}
		})
	}
}

// TestRunUnderNohup: a signal that is ignored where it was started is no reason to leave.
func TestRunUnderNohup(t *testing.T) {
	t.Parallel()
	b := practised(t)
	cmd := exec.Command("sh", "-c", `trap "" HUP; exec "$0" run annotated -q -i -- sh -c "echo ready; cat; exit 6"`, os.Args[0])
	cmd.Env = environment(b.folder)
	in, _ := cmd.StdinPipe()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(io.LimitReader(out, 6)); string(said) != "ready\n" {
		t.Fatalf("printed %q, %v", said, err)
	}
	_ = cmd.Process.Signal(syscall.SIGHUP)
	_, _ = io.WriteString(in, "still here")
	_ = in.Close()
	if rest, err := io.ReadAll(out); string(rest) != "still here" {
		t.Errorf("printed %q, %v", rest, err)
	}
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 6 {
		t.Errorf("exit code %d", cmd.ProcessState.ExitCode())
	}
}

// A reader that goes away ends it as other programs: head has what it wanted.
func TestRunIntoABrokenPipe(t *testing.T) {
	t.Parallel()
	b := practised(t)
	cmd := b.command("run", "annotated", "--", "sh", "-c", "echo ready; while sleep 0.1; do echo more; done")
	var errs bytes.Buffer
	var once sync.Once
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer once.Do(func() { _ = reader.Close() })
	cmd.Stdout, cmd.Stderr = writer, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	if _, err := io.ReadFull(reader, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	once.Do(func() { _ = reader.Close() })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		t.Fatal("it does not end")
	}
	if code := cmd.ProcessState.ExitCode(); code != 128+int(syscall.SIGPIPE) || !strings.Contains(errs.String(), "may still be running") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}

// TestRunOnATerminal: with -it the program has the terminal, as in a session.
func TestRunOnATerminal(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := sitDownAt(t, b.folder, os.Args[0], "run", "annotated", "-it", "--", "sh")
	p.isInside()
	if said := p.tells("test -t 0 && echo $((6*7))"); said != "42" {
		t.Errorf("the shell says %q", said)
	}
	p.must(p.Resize(90, 20))
	for p.tells("stty size") != "20 90" {
		if t.Failed() {
			return
		}
	}
	p.types("exit 9\r")
	if code, err := p.Wait(patience); err != nil || code != 9 {
		t.Errorf("exit code %d, %v", code, err)
	}
	for _, left := range p.Leftovers() {
		t.Errorf("left in the terminal: %s", left)
	}
}

// TestRunIsDetachedFrom tells how to go on, and the clipboard of whoever has the terminal is kept from the program where that is configured.
func TestRunIsDetachedFrom(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "sessions: {clipboard: false}\n")
	p := sitDownAt(t, b.folder, os.Args[0], "run", "annotated", "-it", "--", "sh")
	p.isInside()
	if said := p.tells(`printf '\033]52;c;QQ==\007'; echo $((6*7))`); said != "42" {
		t.Errorf("the shell says %q", said)
	}
	p.types("\x1d")
	p.seesBelow("may still be running. To attach: dayfly attach annotated debugger-")
	p.seesBelow("the program tried to write to your clipboard")
	if code, err := p.Wait(patience); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
}
