//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestExec: a command in a container of the pod's own has its streams and its exit code, and the journal has it; nothing is added to the pod.
func TestExec(t *testing.T) {
	t.Parallel()
	b := practised(t)
	got := b.runs(nil, "exec", "annotated", "-c", "app", "--", "sh", "-c", "echo out; echo err >&2; exit 5")
	if got.code != 5 || got.stdout != "out\n" || got.stderr != "err\n" {
		t.Errorf("exit code %d, prints %q and %q", got.code, got.stdout, got.stderr)
	}
	if got := b.runs(strings.NewReader("typed"), "exec", "annotated", "-i", "--", "cat"); got.code != 0 || got.stdout != "typed" {
		t.Errorf("with input: exit code %d, prints %q and %q", got.code, got.stdout, got.stderr)
	}
	if got := b.runs(strings.NewReader("typed"), "exec", "annotated", "--", "cat"); got.code != 0 || got.stdout != "" {
		t.Errorf("without: exit code %d, prints %q and %q", got.code, got.stdout, got.stderr)
	}
	book := b.journal()
	if strings.Count(book, `"attached"`) != 3 || strings.Count(book, `"ended"`) != 3 || !strings.Contains(book, `"exit":5`) || strings.Contains(book, `"added"`) {
		t.Errorf("the journal has %s", book)
	}
}

// TestExecRefuses: what cannot be run is said, with what to do.
func TestExecRefuses(t *testing.T) {
	t.Parallel()
	b := practised(t)
	for args, want := range map[string]struct {
		code int
		says string
	}{
		"":                           {2, "missing pod name"},
		"annotated":                  {2, "not a terminal"},
		"annotated nonroot":          {2, "the command goes behind two dashes"},
		"deploy/web -- ls":           {2, "is not the name of a pod"},
		"annotated -t -- ls":         {2, "not a terminal"},
		"none -- ls":                 {1, "there is no pod none"},
		"crasher -- ls":              {1, "no container of pod crasher is running: app waiting: CrashLoopBackOff"},
		"annotated -c none -- ls":    {1, "pod annotated has no container none"},
		"annotated -- no-such-file":  {1, "the image does not have that command"},
		"annotated --confirm x -- a": {2, "--confirm x is not the name of the pod, annotated"},
	} {
		if got := b.runs(nil, append([]string{"exec"}, strings.Fields(args)...)...); got.code != want.code || !strings.Contains(got.stderr, want.says) {
			t.Errorf("%s: exit code %d, says %s", args, got.code, got.stderr)
		}
	}
}

// TestExecUnderRules: the rules of a context are asked before anything is run.
func TestExecUnderRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules, args, says string
		code              int
	}{
		"protected":        {"protected: true", "annotated", "confirm the pod name", 1},
		"confirmed":        {"protected: true", "annotated --confirm annotated", "", 0},
		"without a reason": {"askReason: true", "annotated", "requires a reason", 1},
		"with a reason":    {"askReason: true", "annotated --reason INC-7", "", 0},
		"read-only":        {"readOnly: true", "annotated", "read-only", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "guard: {"+test.rules+"}\n")
			got := b.runs(nil, append(append([]string{"exec"}, strings.Fields(test.args)...), "--", "sh", "-c", "echo ran")...)
			if got.code != test.code || !strings.Contains(got.stderr, test.says) || (got.stdout == "ran\n") != (test.code == 0) {
				t.Errorf("exit code %d, prints %q, says %s", got.code, got.stdout, got.stderr)
			}
		})
	}
}
