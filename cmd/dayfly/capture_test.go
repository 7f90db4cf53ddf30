//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// captured is what -o json prints of a capture.
type captured struct {
	File       string
	Packets    int64
	Ended      string
	Interfaces []struct {
		Name    string
		Packets int64
		Error   string
	}
}

func capturedOf(t *testing.T, got done) (c captured) {
	t.Helper()
	if err := json.Unmarshal([]byte(got.stdout), &c); err != nil {
		t.Fatalf("exit code %d, printed %q, says %s: %v", got.code, got.stdout, got.stderr, err)
	}
	return c
}

// TestCapture captures two pods into one file of dayfly's own, for nobody else to read, and ends what it has added.
func TestCapture(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	got := b.runs(nil, "capture", "annotated", "nonroot", "--for", "1s", "-o", "json", "--", "port", "80")
	c := capturedOf(t, got)
	if got.code != 0 || c.Packets != 128 || c.Ended != "the time was over" || len(c.Interfaces) != 2 || c.Interfaces[0].Name != "shop/annotated" || c.Interfaces[1].Packets != 64 {
		t.Errorf("exit code %d: %+v; says %s", got.code, c, got.stderr)
	}
	for _, words := range []string{`captures packets of "port 80" of 2 pods, for 1s or up to 100.0 MB`, "adds a debug container to 2 pods, which stays", "the time was over: 128 packets", "shop/annotated 64 and shop/nonroot 64", c.File} {
		if !strings.Contains(got.stderr, words) {
			t.Errorf("it says %q, not %q", got.stderr, words)
		}
	}
	if at, err := os.Stat(c.File); err != nil || at.Mode() != 0o600 || filepath.Base(filepath.Dir(c.File)) != "captures" || !strings.HasSuffix(c.File, "-shop-2-pods.pcapng") {
		t.Errorf("%s: %v (%v)", c.File, at, err)
	}
	if at, err := os.Stat(filepath.Dir(c.File)); err != nil || at.Mode().Perm() != 0o700 {
		t.Errorf("%v (%v)", at, err)
	}
	book := b.journal()
	for what, want := range map[string]int{`"added"`: 2, `"attached"`: 2} {
		if n := strings.Count(book, what); n != want {
			t.Errorf("%d entries are %s, want %d: %s", n, what, want, book)
		}
	}
	if n := strings.Count(book, `"ended"`); n != 4 { // tcpdump, and what it ran in
		t.Errorf("%d have ended: %s", n, book)
	}
}

// TestCaptureGoesWhereItIsAsked: into a file that is not there, through a program, and to stdout.
func TestCaptureGoesWhereItIsAsked(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	file, copied := filepath.Join(t.TempDir(), "a.pcapng"), filepath.Join(t.TempDir(), "copied")
	got := b.runs(nil, "capture", "annotated", "--for", "1s", "-q", "-w", file, "--exec", "cat > '"+copied+"'")
	one, err := os.ReadFile(file)
	two, also := os.ReadFile(copied)
	if got.code != 0 || got.stderr != "" || err != nil || also != nil || len(one) < 1000 || !slices.Equal(one, two) {
		t.Errorf("exit code %d, %s, %d bytes (%v) and %d (%v)", got.code, got.stderr, len(one), err, len(two), also)
	}
	got = b.runs(nil, "capture", "annotated", "--for", "1s", "-q", "-w", file)
	if again, _ := os.ReadFile(file); got.code != 1 || !strings.Contains(got.stderr, "is there already") || !slices.Equal(one, again) {
		t.Errorf("exit code %d, says %s", got.code, got.stderr)
	}
	got = b.runs(nil, "capture", "annotated", "--count", "10", "-q", "-w", "-")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "\x0a\x0d\x0d\x0a") || strings.Contains(b.journal(), "GET /cart") {
		t.Errorf("exit code %d, %d bytes, says %s", got.code, len(got.stdout), got.stderr)
	}
}

// TestCaptureRefuses: what cannot be captured is said, and no file is left.
func TestCaptureRefuses(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	for args, want := range map[string]struct {
		code int
		says string
	}{
		"":                                       {2, "missing pod name"},
		"annotated --for 0s":                     {2, "use a time"},
		"annotated --max-size x":                 {2, "--max-size: size"},
		"annotated --wireshark --exec cat":       {2, "one program gets the packets"},
		"annotated -w - -o json":                 {2, "--output json cannot be used with --out -"},
		"annotated node/n-1":                     {2, "--nodes is about nodes"},
		"annotated --preset tcpdump --image x":   {2, "--preset cannot be used with --image"},
		"annotated --profile x":                  {2, "--profile"},
		"annotated --node-namespace x":           {2, "add --from-node"},
		"annotated -- -w /tmp/x":                 {2, "begins as a flag does"},
		"annotated port 80":                      {1, "a filter goes behind two dashes"},
		"none":                                   {1, "there is no pod shop/none"},
		"badimage none -- port 80":               {1, "there is no pod shop/none"},
		"annotated -q -- prot 80":                {1, `filter "prot 80": can't parse filter expression: syntax error`},
		"annotated nonroot -q -i eth7":           {1, "there is no interface eth7"},
		"annotated --preset no-such":             {1, "there is no preset"},
		"annotated -w /no/such/folder/x.pcapng":  {1, "check the path"},
		"annotated --image registry.example/x:1": {1, "nothing was captured"},
	} {
		got := b.runs(nil, append([]string{"capture"}, strings.Fields(args)...)...)
		if got.code != want.code || !strings.Contains(got.stderr, want.says) {
			t.Errorf("%s: exit code %d, want %d; says %s", args, got.code, want.code, got.stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(b.folder, "state/dayfly/captures/*")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// TestCaptureUnderRules: what the rules of a context ask is asked before anything is added.
func TestCaptureUnderRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules, args, says string
		code              int
	}{
		"protected":        {"protected: true", "annotated", "confirm the number of pods", 1},
		"confirmed":        {"protected: true", "annotated --confirm annotated", "", 0},
		"confirmed two":    {"protected: true", "annotated nonroot --confirm 2", "", 0},
		"another number":   {"protected: true", "annotated nonroot --confirm 1", "it would run in 2", 1},
		"without a reason": {"askReason: true", "annotated", "requires a reason", 1},
		"with a reason":    {"askReason: true", "annotated --reason INC-7", "", 0},
		"read-only":        {"readOnly: true", "annotated", "read-only", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\nguard: {"+test.rules+"}\n")
			got := b.runs(nil, append([]string{"capture", "--for", "1s"}, strings.Fields(test.args)...)...)
			if got.code != test.code || !strings.Contains(got.stderr, test.says) {
				t.Errorf("exit code %d, says %s", got.code, got.stderr)
			}
			if book := b.journal(); strings.Contains(book, `"added"`) != (test.code == 0) {
				t.Errorf("the journal has %s", book)
			}
		})
	}
}

// TestCaptureIsOverBeforeAllHaveStarted: what starts too late is told, and ended.
func TestCaptureIsOverBeforeAllHaveStarted(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	got := b.runs(nil, "capture", "annotated", "nonroot", "--count", "3")
	if strings.Contains(got.stderr, "has not started (waiting") || strings.Count(b.journal(), `"added"`) > strings.Count(b.journal(), `"ended"`) {
		t.Errorf("exit code %d, says %s; the journal has %s", got.code, got.stderr, b.journal())
	}
}

// TestCaptureIsInterrupted: the first interrupt ends the capture, and the file is whole; what was added is ended.
func TestCaptureIsInterrupted(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	file := filepath.Join(t.TempDir(), "a.pcapng")
	cmd := b.command("capture", "annotated", "-w", file)
	_, stderr := started(t, cmd)
	for deadline := time.Now().Add(time.Minute); ; {
		if at, err := os.Stat(file); err == nil && at.Size() > 5000 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is captured: %s", stderr)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(stderr.String(), "you stopped it: 64 packets") {
		t.Errorf("%v: %s", err, stderr)
	}
	if book := b.journal(); strings.Count(book, `"ended"`) != 2 {
		t.Errorf("the journal has %s", book)
	}
}

// TestCaptureDoesNotWaitForItsCommand: what was added is ended although the command goes on, which is ended with dayfly.
func TestCaptureDoesNotWaitForItsCommand(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
	pid := filepath.Join(t.TempDir(), "pid")
	cmd := b.command("capture", "annotated", "--count", "3", "--exec", "echo $$ > '"+pid+"'; exec sleep 1000")
	_, stderr := started(t, cmd)
	for deadline := time.Now().Add(time.Minute); ; {
		book, _ := os.ReadFile(filepath.Join(b.folder, "state/dayfly/journal.jsonl"))
		if strings.Count(string(book), `"ended"`) == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is not ended: %s; the journal has %s", stderr, book)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 143 && !strings.Contains(err.Error(), "terminated") {
		t.Errorf("%v: %s", err, stderr)
	}
	shell, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(shell)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the command goes on: %v", err)
	}
}

// TestCaptureTellsHowItsCommandFails: one that leaves early ends the capture, and one that fails is told with its code.
func TestCaptureTellsHowItsCommandFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command, says string
		code          int
	}{
		"fails":  {"cat > /dev/null; exit 3", "the command of --exec has failed: exit status 3", 1},
		"leaves": {"head -c 3000 > /dev/null", "the program that gets it takes no more: ", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "registries: {ask: false}\n")
			args := []string{"capture", "annotated", "--exec", test.command}
			if name == "fails" {
				args = append(args, "--for", "1s")
			}
			if got := b.runs(nil, args...); got.code != test.code || strings.Count(got.stderr, test.says) != 1 {
				t.Errorf("exit code %d, says %s", got.code, got.stderr)
			}
		})
	}
}
