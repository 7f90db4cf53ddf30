//go:build unix

package main

import (
	"encoding/json"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/batchreport"
)

// TestRunManyUsage: what does not go together is a mistake on the command line, before anything is asked.
func TestRunManyUsage(t *testing.T) {
	t.Parallel()
	folder := home(t)
	for args, want := range map[string]string{
		"-l app=web":                                   "missing command",
		"-l app=web --way exec":                        "missing command",
		"-l app,,=web -- true":                         "--selector",
		"-A web -- true":                               "--all-namespaces cannot be used with a name",
		"-A deploy/web -- true":                        "--all-namespaces cannot be used with a name",
		"deploy/web web-0 -- true":                     "must be the only one before --",
		"-l app=web web-0 -- true":                     "--selector cannot be used with names",
		"--nodes web-0 -- true":                        "--nodes is about nodes",
		"--nodes -A -- true":                           "in no namespace",
		"--nodes --way exec -- true":                   "--way exec is about pods",
		"-l app=web --way shell -- true":               `--way "shell": use pod, exec, copy or node`,
		"-l app=web --copy -- true":                    "--copy is about one pod: of many, use --way copy",
		"-l app=web --from-node -- true":               "--from-node is about one pod: of many, use --way node",
		"-l app=web --way copy --replace -- true":      "--replace is about one pod",
		"-l app=web --same-node -- true":               "--same-node is about a copy",
		"-l app=web --way copy --batch x -- true":      "--batch is about a debug container",
		"-l app=web --as-target -- true":               "add --way node",
		"-l app=web --way node --not-joined x -- true": "--not-joined x: use net, pid, ipc or uts",
		"--nodes --way node -- true":                   "--way node is about pods",
		"-l app=web --node-namespace x -- true":        "add --nodes or --way node",
		"-l app=web -i -- true":                        "--stdin is about one pod",
		"-l app=web --way exec --preset x -- true":     "--preset is about a debug container",
		"-l app=web --max 0 -- true":                   "use a positive number",
		"-l app=web --stop-on-failures 2 -- true":      "use a share such as 20%",
		"-l app=web --confirm web-0 -- true":           "confirm their number",
		"-l app=web -o yaml -- true":                   "use json or ndjson",
		"-l app=web --fold --prefix -- true":           "use one of",
		"-l app=web --mask a[ -- true":                 `pattern "a[" at column 2: missing closing ]`,
		"web-0 -o ndjson --mask a* -- true":            "it finds what is empty",
		"-l app=web --profile x -- true":               "--profile",
	} {
		got := (&bench{t, folder}).runs(nil, append([]string{"run"}, strings.Fields(args)...)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, want) || got.stdout != "" {
			t.Errorf("%s: exit code %d, it says %q", args, got.code, got.stderr)
		}
	}
}

// sorted are the lines of a text in their order.
func sorted(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// TestRunMany: debug containers in pods of one name each; lines, codes, and what is said before and after.
func TestRunMany(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
	got := b.runs(nil, "run", "annotated", "notready", "done", "nope", "-c", "", "--", "sh", "-c", "echo one; printf two")
	if want := "annotated | one\nannotated | two\nnotready  | one\nnotready  | two\n"; got.code != 0 || sorted(got.stdout) != want {
		t.Errorf("exit code %d, printed %q, said %q", got.code, got.stdout, got.stderr)
	}
	for _, want := range []string{
		"dayfly: runs in 2 of 4 pods, on ", "; 2 skipped\n", "dayfly: 2 pods are changed for good", "dayfly: skipped, has completed: shop/done\n",
		"dayfly: skipped, is not there: shop/nope\n", "dayfly: 2 of 2 succeeded\n",
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("it does not say %q: %s", want, got.stderr)
		}
	}
	if book := b.journal(); strings.Count(book, `"action":"added"`) != 2 || strings.Count(book, `"action":"ended"`) != 2 {
		t.Errorf("the journal has %s", book)
	}
	failed := b.runs(nil, "run", "annotated", "notready", "-c", "", "--", "sh", "-c", "exit 5")
	if failed.code != exitSome || failed.stdout != "" || !strings.Contains(failed.stderr, "shop/notready: exit 5\n") || !strings.Contains(failed.stderr, "0 of 2 succeeded, 2 with exit code 5\n") {
		t.Errorf("%+v", failed)
	}
}

// TestRunManyFolded: equal outputs once, the others as a diff; executed, so that nothing is changed.
func TestRunManyFolded(t *testing.T) {
	t.Parallel()
	b := practised(t)
	got := b.runs(nil, "run", "annotated", "notready", "nonroot", "--way", "exec", "--fold", "--mask", "id-[0-9]+", "--", "sh", "-c",
		"echo here; echo id-$$; case $HOSTNAME in nonroot) echo odd; exit 4; esac")
	if want := "── 2 of 3 · exit 0 · shop/annotated and shop/notready\nhere\nid-"; got.code != exitSome || !strings.HasPrefix(got.stdout, want) {
		t.Errorf("exit code %d, printed\n%s, said\n%s", got.code, got.stdout, got.stderr)
	}
	if want := "\n\n── 1 of 3 · exit 4 · shop/nonroot\n--- shop/annotated\n+++ shop/nonroot\n@@ -1,2 +1,3 @@\n here\n <masked>\n+odd\n"; !strings.HasSuffix(got.stdout, want) {
		t.Errorf("it printed\n%s", got.stdout)
	}
	if strings.Contains(got.stderr, "changed for good") || strings.Count(b.journal(), `"action":"attached"`) != 3 {
		t.Errorf("it says %s; the journal has %s", got.stderr, b.journal())
	}
	for args, want := range map[string]string{
		"-l app=nope":            "nothing matches: there is no pod with app=nope in namespace shop",
		"deploy/nope":            "there is no deployment/nope in shop",
		"done --max 3":           "nothing to run: all are skipped",
		"-A --max 3":             "",
		"-l app=web --confirm 7": "--confirm 7 does not match: it would run in",
	} {
		if got := b.runs(nil, append(append([]string{"run"}, strings.Fields(args)...), "--way", "exec", "--", "no-such-command")...); got.code == 0 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

// TestRunManyForPrograms: -o json has groups and all members, -o ndjson a line for each.
func TestRunManyForPrograms(t *testing.T) {
	t.Parallel()
	b := practised(t)
	args := []string{"run", "annotated", "notready", "done", "--way", "exec", "--", "sh", "-c", `printf 'a\n'`}
	got := b.runs(nil, append([]string{"run", "-o", "json"}, args[1:]...)...)
	var whole batchreport.Whole
	if err := json.Unmarshal([]byte(got.stdout), &whole); err != nil || got.code != 0 {
		t.Fatalf("%v: %+v", err, got)
	}
	if len(whole.Groups) != 1 || strings.Join(whole.Groups[0].Members, " ") != "shop/annotated shop/notready" || len(whole.Members) != 3 || whole.Changed != 0 {
		t.Errorf("%+v", whole)
	}
	got = b.runs(nil, append([]string{"run", "-o", "ndjson"}, args[1:]...)...)
	seen := map[string]batchreport.Member{}
	decoder := json.NewDecoder(strings.NewReader(got.stdout))
	for decoder.More() {
		var m batchreport.Member
		if err := decoder.Decode(&m); err != nil {
			t.Fatal(err)
		}
		seen[m.Pod] = m
	}
	if m := seen["annotated"]; m.ExitCode == nil || *m.ExitCode != 0 || m.Output == nil || *m.Output != "a\n" || m.BytesOut != 2 || m.Container != "app" || m.Added {
		t.Errorf("%+v", m)
	}
	if m := seen["done"]; m.Skipped != "has completed" || m.ExitCode != nil || len(seen) != 3 {
		t.Errorf("%+v, %d in all", m, len(seen))
	}
}

// TestRunManyPreset: what is behind the dashes becomes arguments of a preset that takes some, in many pods and in one.
func TestRunManyPreset(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
	for pods, code := range map[string]int{"annotated notready": exitSome, "annotated": 1} {
		args := append(append([]string{"run"}, strings.Fields(pods)...), "--preset", "reach", "-q")
		got := b.runs(nil, append(args, "--", "no-such.invalid:80")...)
		if got.code != code || strings.Count(got.stdout, "no-such.invalid does not resolve\n") != len(strings.Fields(pods)) {
			t.Errorf("%s: %+v", pods, got)
		}
		const want = "preset reach takes SERVICE[:PORT]: dayfly run ... --preset reach -- SERVICE[:PORT]"
		if got := b.runs(nil, append(args, "--")...); got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s without what it takes: %+v", pods, got)
		}
	}
}

// TestRunManyOnNodes: a pod on each, which is deleted.
func TestRunManyOnNodes(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
	got := b.runs(nil, "run", "--nodes", "--prefix", "--", "echo", "here")
	if got.code != 0 || sorted(got.stdout) != "node/n-1 | here\nnode/n-2 | here\nnode/n-3 | here\n" || strings.Contains(got.stderr, "changed for good") {
		t.Errorf("%+v", got)
	}
}

// TestRunManyBeside: in copies and from nodes no pod is changed, and nothing stays.
func TestRunManyBeside(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
	for _, way := range []string{"copy", "node"} {
		got := b.runs(nil, "run", "annotated", "nonroot", "done", "--way", way, "--", "echo", "here")
		if got.code != 0 || sorted(got.stdout) != "annotated | here\nnonroot   | here\n" || strings.Contains(got.stderr, "changed for good") ||
			!strings.Contains(got.stderr, "dayfly: 2 pods are created for it, and deleted when the command has ended\n") || strings.Contains(got.stderr, "on 0 nodes") {
			t.Errorf("%s: %+v", way, got)
		}
	}
	left := b.runs(nil, "leftovers", "-A")
	for line := range strings.Lines(left.stdout) {
		if strings.Contains(line, "-debug") && !strings.Contains(line, "terminating") {
			t.Errorf("there is left: %s", line)
		}
	}
	if book := b.journal(); strings.Count(book, `"action":"removed"`) != 4 {
		t.Errorf("the journal has %s", book)
	}
}

// TestRunManyAsksRegistry: who is on a node that the image has no build for is skipped, and an image that is not there is told before.
func TestRunManyAsksRegistry(t *testing.T) {
	t.Parallel()
	b := practised(t)
	got := b.runs(nil, "run", "annotated", "notready", "-c", "", "--image", imageFor(t, "s390x", ""), "--", "id")
	if got.code != exitError || !strings.Contains(got.stderr, "skipped, the image is made for linux/s390x, and the node is linux/amd64: it will not start there: shop/annotated and shop/notready\n") {
		t.Errorf("an image for other nodes: %+v", got)
	}
	missing := strings.Replace(imageFor(t, "amd64", ""), "/tool:1", "/tool:2", 1)
	got = b.runs(nil, "run", "annotated", "notready", "-c", "", "--image", missing, "--timeout", "1ms", "--", "id")
	if got.code != exitSome || !strings.Contains(got.stderr, "has no such image with tag 2: Unknown manifest: shop/annotated and shop/notready\n") {
		t.Errorf("an image that is not there: %+v", got)
	}
}

// TestRunManyRules: the number is confirmed, and a reason given, where the context asks for that.
func TestRunManyRules(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\ncontexts:\n- {match: practice, protected: true, askReason: true}\n")
	run := func(args ...string) done {
		return b.runs(nil, append(append([]string{"run", "annotated", "notready", "-c", "", "--quiet"}, args...), "--", "echo", "x")...)
	}
	if got := run(); got.code != exitError || !strings.Contains(got.stderr, "confirm the number") || !strings.Contains(got.stderr, "add --confirm 2 to proceed") {
		t.Errorf("without a number: %+v", got)
	}
	if got := run("--confirm", "2"); got.code != exitError || !strings.Contains(got.stderr, "requires a reason") {
		t.Errorf("without a reason: %+v", got)
	}
	if got := run("--confirm", "2", "--reason", "OPS-7"); got.code != 0 || sorted(got.stdout) != "annotated | x\nnotready  | x\n" || got.stderr != "" {
		t.Errorf("with both: %+v", got)
	}
	if book := b.journal(); strings.Count(book, `"action":"refused"`) != 2 || strings.Count(book, `"reason":"OPS-7"`) < 4 {
		t.Errorf("the journal has %s", book)
	}
}

// TestRunManyResumed: what is missing of a batch whose dayfly was killed is run, and nothing else: not where it runs still, or has ended meanwhile.
func TestRunManyResumed(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]bool{"runs still": false, "has ended meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
			gate, ran := fifo(t), t.TempDir()+"/ran"
			args := []string{"-c", "", "--max", "1", "--", "sh", "-c", "echo $HOSTNAME >> " + ran + "; seq 60; echo begun; case $HOSTNAME in notready) read x < " + gate + ";; esac; echo over"}
			run := func(more ...string) []string {
				return slices.Concat([]string{"run", "annotated", "notready", "nonroot"}, more, args)
			}
			cmd := b.command(run("--prefix")...)
			stdout, _ := started(t, cmd)
			readUntil(t, stdout, "notready  | begun\n")
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			id := regexp.MustCompile(`"batch":"([a-z2-9]{5})"`).FindStringSubmatch(b.journal())
			if id == nil {
				t.Fatalf("the journal has no batch: %s", b.journal())
			}
			open := func() { write(t, gate, "go on\n") }
			if !meanwhile {
				go open()
			} else {
				open()
			}
			got := b.runs(nil, run("-o", "json", "--resume", id[1])...)
			var whole batchreport.Whole
			if err := json.Unmarshal([]byte(got.stdout), &whole); err != nil || got.code != 0 || whole.Batch != id[1] {
				t.Fatalf("%v: %+v", err, got)
			}
			for _, m := range whole.Members {
				want := numbers(60) + "begun\nover\n" // more than a screenful
				if m.Pod == "annotated" {
					if m.Skipped != "has succeeded in batch "+id[1]+" already" {
						t.Errorf("%+v", m)
					}
				} else if m.Output == nil || *m.Output != want || m.ExitCode == nil || *m.ExitCode != 0 || m.Added != (m.Pod == "nonroot") {
					t.Errorf("%+v", m)
				}
			}
			if each, err := os.ReadFile(ran); err != nil || string(each) != "annotated\nnotready\nnonroot\n" {
				t.Errorf("it has run in %q: %v", each, err)
			}
			if !strings.Contains(got.stderr, "not run again, since it runs there already, or has ended meanwhile: shop/notready\n") {
				t.Errorf("it says %s", got.stderr)
			}
			again := b.runs(nil, run("--resume", id[1])...)
			if again.code != exitError || !strings.Contains(again.stderr, "nothing to run: all are skipped") {
				t.Errorf("once more: %+v", again)
			}
			none := b.runs(nil, run("--resume", "nope")...)
			if none.code != exitError || !strings.Contains(none.stderr, `the journal has no batch "nope" of context practice`) || !strings.Contains(none.stderr, id[1]) {
				t.Errorf("of another: %+v", none)
			}
			if strings.Contains(b.journal(), "go on") || strings.Contains(b.journal(), ran) {
				t.Errorf("the journal has the command: %s", b.journal())
			}
		})
	}
}

// TestRunManyStops: the first interrupt begins no new ones, and waits for what runs.
func TestRunManyStops(t *testing.T) {
	t.Parallel()
	b := practised(t)
	gate := fifo(t)
	cmd := b.command("run", "annotated", "notready", "--way", "exec", "--max", "1", "--", "sh", "-c", "echo begun; read x < "+gate+"; echo over")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	readUntil(t, stdout, "begun\n")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	readUntil(t, said, "^C again leaves them\n")
	write(t, gate, "go on\n")
	rest, _ := io.ReadAll(stdout)
	end, _ := io.ReadAll(said)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitSignalBase+int(syscall.SIGINT) || string(rest) != "annotated | over\n" || !regexp.MustCompile(`^dayfly: 1 of 2 succeeded, 1 not begun\ndayfly: to run only what is missing, add --resume [a-z2-9]{5} to the same command\n$`).Match(end) {
		t.Errorf("exit code %d, then printed %q, said %q", code, rest, end)
	}
}

// TestRunManySignals: the second signal leaves what runs; a reader that goes away ends it.
func TestRunManySignals(t *testing.T) {
	t.Parallel()
	b := practised(t)
	cmd := b.command("run", "annotated", "notready", "--way", "exec", "--max", "1", "--", "sh", "-c", "echo begun; read x < "+fifo(t)+"; echo over")
	stdout, stderr := started(t, cmd)
	readUntil(t, stdout, "begun\n")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil { // as a second interrupt; they would become one
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(stdout)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitSignalBase+int(syscall.SIGTERM) && code != exitSignalBase+int(syscall.SIGINT) || strings.Contains(string(rest), "begun") {
		t.Errorf("exit code %d, then printed %q, said %s", code, rest, stderr)
	}
	if !strings.Contains(stderr.String(), "1 not begun") {
		t.Errorf("it says %s", stderr)
	}
	cmd = b.command("run", "annotated", "notready", "--way", "exec", "--", "yes")
	stdout, stderr = started(t, cmd)
	readUntil(t, stdout, "y\n")
	if err := stdout.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitSignalBase+int(syscall.SIGPIPE) {
		t.Errorf("exit code %d without a reader; it says %s", code, stderr)
	}
}

// fifo is a file that nobody writes to.
func fifo(t *testing.T) string {
	t.Helper()
	name := t.TempDir() + "/fifo"
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// readUntil reads until a text has come.
func readUntil(t *testing.T, in io.Reader, text string) {
	t.Helper()
	var all strings.Builder
	b := make([]byte, 1)
	for !strings.HasSuffix(all.String(), text) {
		if _, err := in.Read(b); err != nil {
			t.Fatalf("%v after %q", err, all.String())
		}
		all.Write(b)
	}
}
