//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/testdata/proxy"
	"github.com/dayfly-k8s/dayfly/tui"
)

// gone wants no pod of a name.
func (b *bench) gone(pod string) {
	b.t.Helper()
	if pod == "" {
		b.t.Fatal("there was none")
	}
	// Its grace is a second, in which it is there still.
	for {
		at := b.runs(nil, "run", pod, "--container", "", "--", "true")
		if strings.Contains(at.stderr, "there is no pod "+pod) {
			return
		}
		if at.code == 0 {
			b.t.Fatalf("%s is there: %s", pod, at.stderr)
		}
	}
}

// copied waits for a copy of a pod, and returns its name.
func (b *bench) copied(pod string) string {
	b.t.Helper()
	for {
		list := b.lists()
		if i := strings.Index(list, `"`+pod+"-debug-"); i >= 0 {
			name, _, _ := strings.Cut(list[i+1:], `"`)
			return name
		}
	}
}

// A command runs in a copy of a pod that takes no debug container, or hardly; its code and its output come home, and the copy is deleted.
func TestRunInACopy(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for _, pod := range []string{"crasher", "done", "annotated"} {
		got := b.runs(nil, "run", pod, "--copy", "-o", "json", "--", "sh", "-c", "echo hello; exit 3")
		r := reportOf(t, got.stderr)
		if got.code != 3 || got.stdout != "hello\n" || r.ExitCode == nil || *r.ExitCode != 3 || r.Pod != pod || !strings.HasPrefix(r.Copy, pod+"-debug-") || r.Leaves != "" {
			t.Errorf("%s: exit code %d, %q: %+v", pod, got.code, got.stdout, r)
		}
		if !strings.Contains(r.Command, "--copy-to="+r.Copy+" --share-processes") {
			t.Errorf("the command is %s", r.Command)
		}
		b.gone(r.Copy)
		if journal := b.journal(); !strings.Contains(journal, `"copyOf":"`+pod+`"`) {
			t.Errorf("the journal is %s", journal)
		}
	}
	named := b.runs(nil, "run", "crasher", "--copy", "--copy-name", "my-copy", "-o", "json", "--", "true")
	if r := reportOf(t, named.stderr); named.code != 0 || r.Copy != "my-copy" {
		t.Errorf("exit code %d: %+v", named.code, r)
	}
	if taken := b.runs(nil, "run", "crasher", "--copy", "--copy-name", "done", "--", "true"); taken.code != 1 || !strings.Contains(taken.stderr, "there is a pod of that name already\n  do the same again without a name of your own") {
		t.Errorf("exit code %d: %s", taken.code, taken.stderr)
	}
	said := b.runs(strings.NewReader("through\n"), "run", "done", "--copy", "-i", "--", "cat")
	if said.code != 0 || said.stdout != "through\n" || !strings.Contains(said.stderr, "the copy of done, runs until it is deleted") || !strings.Contains(said.stderr, " was deleted\n") {
		t.Errorf("exit code %d, %q: %s", said.code, said.stdout, said.stderr)
	}
}

// --limits is about a copy, and gives its tool limits.
func TestRunWithLimits(t *testing.T) {
	for _, limits := range []bool{false, true} {
		o := runOptions{copied: true, copy: copyFlags{limits: limits}}
		if got := o.asks(debug.Request{}, tui.SessionSettings{}); got.Copy.Limited != limits || got.Way != debug.Copy {
			t.Errorf("with limits %t: %+v", limits, got)
		}
	}
	cmd := newRunCommand()
	cmd.SetArgs([]string{"web", "--limits", "--", "true"})
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "--limits is about a pod of the command's own: add --copy or --from-node") {
		t.Errorf("without --copy: %v", err)
	}
}

// Where no Job may be created, although reviews say otherwise, the command runs all the same, in a copy with a deadline of its own.
func TestRunInACopyWithoutAJob(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{
		Method: http.MethodPost, Path: "/jobs?", How: proxy.Forbidden, Always: true,
		Why: `jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "shop"`,
	})
	got := behind(t, p).runs(nil, "run", "annotated", "--copy", "-o", "json", "--", "sh", "-c", "echo hello; exit 3")
	r := reportOf(t, got.stderr)
	if got.code != 3 || got.stdout != "hello\n" || r.Leaves != "" {
		t.Fatalf("exit code %d, %q: %+v", got.code, got.stdout, r)
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, `cannot create resource "jobs" in API group "batch"`) || !strings.Contains(notes, "the copy ends by its own deadline instead (activeDeadlineSeconds)") {
		t.Errorf("the notes are %q", r.Notes)
	}
	b.gone(r.Copy)
}

// Also who leaves early leaves no copy.
func TestRunInACopyIsLeft(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for name, c := range map[string]struct {
		args []string
		how  func(*exec.Cmd)
		code int
	}{
		"timeout": {[]string{"--timeout", "3s"}, func(*exec.Cmd) {}, 124},
		"SIGINT":  {nil, func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGINT) }, 130},
	} {
		cmd := b.command(append(append([]string{"run", "crasher", "--copy"}, c.args...), "--", "sh", "-c", "echo ready; sleep 1000")...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if said, err := io.ReadAll(io.LimitReader(out, 6)); string(said) != "ready\n" {
			t.Fatalf("%s: printed %q, %v: %s", name, said, err, &errs)
		}
		c.how(cmd)
		_ = cmd.Wait()
		_, rest, _ := strings.Cut(errs.String(), "--copy-to=")
		pod, _, _ := strings.Cut(rest, " ")
		if code := cmd.ProcessState.ExitCode(); code != c.code || pod == "" || !strings.Contains(errs.String(), "pod "+pod+" was deleted") || strings.Contains(errs.String(), "To attach") {
			t.Errorf("%s: exit code %d: %s", name, code, &errs)
		}
		b.gone(pod)
	}
}

// Also who detaches leaves no copy: nobody could come back to it.
func TestRunInACopyIsDetachedFrom(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := sitDownAt(t, b.folder, os.Args[0], "run", "done", "--copy", "-i", "-t", "--", "sh", "-c", "echo rea''dy; sleep 1000")
	p.seesBelow("detaches, and deletes pod done-debug-", "ready")
	p.presses("ctrl+]")
	p.leaves(0)
	said := p.Screen().String()
	_, rest, _ := strings.Cut(strings.ReplaceAll(said, "\n", ""), "and deletes pod ")
	pod := rest[:strings.IndexFunc(rest+" ", func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') })]
	if !strings.Contains(strings.ReplaceAll(said, "\n", ""), " was deleted") || strings.Contains(said, "To attach") {
		t.Errorf("it says\n%s", said)
	}
	b.gone(strings.TrimSuffix(pod, "ready"))
}

// A copy that is deleted under its command is not taken for the pod.
func TestRunWhoseCopyIsDeleted(t *testing.T) {
	t.Parallel()
	b := practised(t)
	cmd := b.command("run", "annotated", "--copy", "--", "sh", "-c", "echo begins; exec sleep 600")
	stdout, errs := started(t, cmd)
	begins := make([]byte, len("begins\n"))
	if _, err := io.ReadFull(stdout, begins); err != nil {
		t.Fatal(err)
	}
	pod := b.copied("annotated")
	b.deletes(pod)
	_, _ = io.Copy(io.Discard, stdout)
	_ = cmd.Wait()
	said := errs.String()
	if code := cmd.ProcessState.ExitCode(); code == 0 || !strings.Contains(said, "pod "+pod+" was deleted") || strings.Contains(said, "pod annotated was deleted") ||
		strings.Contains(said, "pod replaces it") {
		t.Errorf("exit code %d; it says %q", code, said)
	}
}

// Who leaves while the cluster has not answered yet leaves no copy either.
func TestRunInACopyIsLeftUnanswered(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{Method: http.MethodPost, Path: "/pods?fieldManager=dayfly", How: proxy.Unanswered})
	cmd := behind(t, p).command("run", "annotated", "--copy", "--", "sleep", "1000")
	_, errs := started(t, cmd)
	pod := b.copied("annotated")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(errs.String(), "pod "+pod+" was deleted") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	b.gone(pod)
}

// A second signal, and a third, do not keep it from deleting the copy, which takes a while.
func TestRunInACopyIsSignalledTwice(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{Method: http.MethodDelete, Path: "/pods/", How: proxy.Delay})
	cmd := behind(t, p).command("run", "annotated", "--copy", "--", "sh", "-c", "echo begins; exec sleep 1000")
	stdout, errs := started(t, cmd)
	if _, err := io.ReadFull(stdout, make([]byte, len("begins\n"))); err != nil {
		t.Fatal(err)
	}
	pod := b.copied("annotated")
	for cmd.Process.Signal(syscall.SIGINT) == nil && !p.Struck() { // until it deletes
		runtime.Gosched()
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, stdout)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(errs.String(), "pod "+pod+" was deleted") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	b.gone(pod)
}

// A command runs in the place of a container's program, in the container's own image or another; all else of the container is there.
func TestRunInPlaceOf(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for _, c := range []struct {
		args   []string
		code   int
		stdout string
		said   string
	}{
		{[]string{"--", "/web", "-crash"}, 3, "boom: cannot reach db", ""},
		{[]string{"--image", "busybox:1.37", "--", "sh", "-c", "echo in its place; exit 4"}, 4, "in its place\n", ""},
		{[]string{"--", "sh", "-c", "true"}, 1, "", `app does not start: StartError: `},
	} {
		got := b.runs(nil, append([]string{"run", "crasher", "--copy", "--in-place-of", "app", "-o", "json"}, c.args...)...)
		r := reportOf(t, got.stderr)
		if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || !strings.Contains(r.Error, c.said) || r.Container != "app" || r.Leaves != "" || !strings.Contains(r.Command, " --container=app ") {
			t.Errorf("%q: exit code %d, %q: %+v", c.args, got.code, got.stdout, r)
		}
		b.gone(r.Copy)
	}
	if got := b.runs(nil, "run", "crasher", "--copy", "--in-place-of", "nope", "--", "true"); got.code != 1 || !strings.Contains(got.stderr, "whose place could be taken\n  it has app") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if got := b.runs(nil, "run", "crasher", "--in-place-of", "app", "--", "true"); got.code != 2 || !strings.Contains(got.stderr, "--in-place-of is about a copy of the pod: add --copy") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}

// A pod is replaced by its copy only with its name confirmed; without, nothing is created.
func TestRunReplace(t *testing.T) {
	t.Parallel()
	b := practised(t)
	refused := b.runs(nil, "run", "done", "--copy", "--replace", "--", "true")
	if refused.code != 1 || !strings.Contains(refused.stderr, "pod done will be deleted: confirm the pod name") || !strings.Contains(refused.stderr, "add --confirm done to proceed") {
		t.Errorf("exit code %d: %s", refused.code, refused.stderr)
	}
	if list := b.lists(); strings.Contains(list, "done-debug-") {
		t.Errorf("there is a copy: %s", list)
	}
	got := b.runs(nil, "run", "done", "--copy", "--replace", "--confirm", "done", "--", "sh", "-c", "echo hello")
	if got.code != 0 || got.stdout != "hello\n" || !strings.Contains(got.stderr, "pod done is deleted once the copy has been created") {
		t.Errorf("exit code %d, %q: %s", got.code, got.stdout, got.stderr)
	}
	b.gone("done")
	if journal := b.journal(); !strings.Contains(journal, `"action":"deleted"`) || !strings.Contains(journal, `"pod":"done"`) {
		t.Errorf("the journal is %s", journal)
	}
}

// Flags that do not go together are refused before anything is read.
func TestRunInPlaceOfContradicts(t *testing.T) {
	t.Parallel()
	b := &bench{t, home(t)}
	for want, args := range map[string][]string{
		"--limits is about a container of the tool's own": {"--limits"},
		"say once what app runs":                          {"--image", "busybox", "--set-image", "app=busybox:1"},
		"-c cannot be used with --in-place-of app":        {"-c", "sidecar"},
	} {
		if got := b.runs(nil, append(append([]string{"run", "web", "--copy", "--in-place-of", "app"}, args...), "--", "true")...); got.code != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%q: exit code %d: %s", args, got.code, got.stderr)
		}
	}
}
