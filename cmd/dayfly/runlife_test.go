//go:build unix

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// How long a command may run: as the flag says, else as the configuration does, for a debug container too; a pod of its own always has an end, and lives as
// long as somebody waits for the command.
func TestRunLife(t *testing.T) {
	for name, c := range map[string]struct {
		options runOptions
		flag    string
		usual   time.Duration
		want    time.Duration
	}{
		"nobody says":             {runOptions{}, "", 0, 0},
		"the configuration":       {runOptions{}, "", 2 * time.Hour, 2 * time.Hour},
		"the flag":                {runOptions{}, "5m", 2 * time.Hour, 5 * time.Minute},
		"never":                   {runOptions{}, "0", 2 * time.Hour, 0},
		"a copy":                  {runOptions{copied: true}, "", 0, debug.CopyLife},
		"a copy, configured":      {runOptions{copied: true}, "", 20 * time.Minute, 20 * time.Minute},
		"a copy, for ever":        {runOptions{copied: true}, "0", 20 * time.Minute, 0},
		"a copy, waited for":      {runOptions{copied: true, timeout: 2 * time.Hour}, "", 0, 2*time.Hour + debug.CopyLife},
		"from the node, the flag": {runOptions{host: nodeFlags{join: true}}, "1m", time.Hour, time.Minute},
		"a node":                  {runOptions{node: "one"}, "", 0, debug.CopyLife},
	} {
		o := c.options
		o.flags = pflag.NewFlagSet("run", pflag.ContinueOnError)
		o.copy.addTo(o.flags)
		if c.flag != "" {
			if err := o.flags.Set("life", c.flag); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.asks(debug.Request{}, tui.SessionSettings{Life: tools.Life{After: c.usual}}).EndsAfter; got != c.want {
			t.Errorf("%s: it may run for %s, want %s", name, got, c.want)
		}
	}
}

// A command that would never end is ended in the container itself when its life is over, and it is said before; its input and its exit code are its own.
func TestRunEndsItself(t *testing.T) {
	t.Parallel()
	b := practised(t)
	over := b.runs(nil, "run", "annotated", "-o", "json", "--life", "1s", "--", "sh", "-c", "echo begun; exec sleep 1000")
	r := reportOf(t, over.stderr)
	if over.code != 129 || over.stdout != "begun\n" || r.ExitCode == nil || *r.ExitCode != 129 || !slices.Contains(r.Notes, "the command is ended 1s after its start, even if dayfly is gone (--life)") {
		t.Errorf("exit code %d, %q: %+v", over.code, over.stdout, r)
	}
	sooner := b.runs(strings.NewReader("through\n"), "run", "annotated", "-i", "--life", "1h", "--", "sh", "-c", "cat; exit 7")
	if sooner.code != 7 || sooner.stdout != "through\n" {
		t.Errorf("exit code %d, %q: %s", sooner.code, sooner.stdout, sooner.stderr)
	}
}
