//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Taking away says first what it would do, leaves what somebody may be working in, and does the rest once it is told to; the journal has it.
func TestLeftoversDelete(t *testing.T) {
	t.Parallel()
	b := practised(t)
	name := b.begins("annotated", "--", "sh", "-c", talks)
	what := "debug container shop/annotated/" + name + " (dayfly)"
	for _, c := range []struct {
		args, out, err string
	}{
		{"--delete", what + ": stays: it is younger than 60m: somebody may be working in it (--older-than)", "there is nothing to remove"},
		{"--delete --yes", what + ": stays: it is younger than 60m", "there is nothing to remove"},
		{"--delete --older-than 0", what + ": would end " + name + " in pod annotated", "nothing was done. Add --yes to end 1 debug container"},
		{"--delete --older-than 0 --yes --reason OPS-9", what + ": ended", ""},
		{"--delete --older-than 0 --yes", what + ": stays: it has ended, and its entry goes only with the pod", "there is nothing to remove"},
	} {
		got := b.runs(nil, append([]string{"leftovers"}, strings.Fields(c.args)...)...)
		if got.code != 0 || !strings.Contains(got.stdout, c.out) || !strings.Contains(got.stderr, c.err) {
			t.Errorf("%s: exit code %d, %q, %q; want %q, %q", c.args, got.code, got.stdout, got.stderr, c.out, c.err)
		}
	}
	if entries := b.journal(); !strings.Contains(entries, `"reason":"OPS-9"`) || !strings.Contains(entries, `"why":"debug container of dayfly"`) {
		t.Errorf("the journal has %s", entries)
	}
	for args, want := range map[string]string{
		"--yes":                                    "are for --delete",
		"--older-than 2h":                          "are for --delete",
		"--delete --older-than -2h":                "--older-than -2h0m0s: give a time that has passed",
		"--delete --older-than yesterday":          "invalid argument",
		"--delete --older-than 0 --confirm 1 -o x": `--output "x"`,
	} {
		if got := b.runs(nil, append([]string{"leftovers"}, strings.Fields(args)...)...); got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit code %d, %q, want %q", args, got.code, got.stderr, want)
		}
	}
}

// The rules of the configuration count: all that they want is said at once, before anything is done.
func TestLeftoversDeleteUnderRules(t *testing.T) {
	t.Parallel()
	for rules, c := range map[string]struct {
		args, says string
		code       int
	}{
		"readOnly: true":                         {"", "read-only: nothing is changed in context practice", 1},
		"protected: true":                        {"--yes", "add --confirm 1 to proceed", 1},
		"protected: true, askReason: true":       {"", "add --yes: context practice is protected: confirm how many are removed, and requires a reason, for the journal", 0},
		"askReason: true, protected: true ":      {"--yes --confirm 2 --reason x", "add --confirm 1 to proceed", 1},
		"protected: true, askReason: true ":      {"--yes --confirm 1 --reason x", "", 0},
		"askReason: true, hideNamespaces: [sh*]": {"--yes", "there is nothing to remove", 0},
	} {
		t.Run(rules+c.args, func(t *testing.T) {
			t.Parallel()
			b := practised(t)
			b.begins("annotated", "--", "sh", "-c", talks)
			write(t, filepath.Join(b.folder, "config/dayfly/config.yaml"), "guard: {"+rules+"}\n")
			got := b.runs(nil, append([]string{"leftovers", "--delete", "--older-than", "0", "-A"}, strings.Fields(c.args)...)...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) || strings.Contains(got.stdout, ": ended") != (c.args == "--yes --confirm 1 --reason x") {
				t.Errorf("exit code %d, %q, %q; want %d, %q", got.code, got.stdout, got.stderr, c.code, c.says)
			}
		})
	}
}
