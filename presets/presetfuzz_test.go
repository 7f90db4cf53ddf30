package presets

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// FuzzPreset: whatever stands in a user's file, it is either a preset of which a plan can be made or refused with what to do, all of it
// fit to be drawn; or a mistake, told in one such line.
func FuzzPreset(f *testing.F) {
	for _, seed := range []string{
		"name: x\nimage: busybox:1.37\n",
		"name: x\nimage: busybox\nprofile: netadmin\ncommand: [sh, -c, \"echo \\e[31m\"]\nenv:\n- {name: A, value: \"b\\n\"}\nmounts:\n- volume: all\n  writable: true\n",
		"name: x\nimage: busybox\nnoTarget: true\nargumentsOnly: true\ncommand: [\"\\u202e\"]\npullPolicy: Always\nplatforms: [linux/arm64/v8]\ntry: [ls]\ntags: [a.b]\n",
		"name: \"\\x1b\"\nimage: x", "name: x\nimage: \"\\x1b]52;c;?\\a\"", "name: x\nimage: y\nprofile: \"\\x9b\"", "name: x\nimage: y\ncustom: \"\\x1b[2J\"",
		"name: x\nimage: y\nenv: [{name: \"\\x1b=\", value: \"\\x1b\"}]", "name: x\nimage: y\npurpose: \"a\\u200bb\"", "- a", "name: !!binary //8=", "\xff",
	} {
		f.Add([]byte(seed))
	}
	var pod *kube.Pod
	var once sync.Once
	f.Fuzz(func(t *testing.T, data []byte) {
		once.Do(func() { pod = plainPod(t) })
		file := filepath.Join("none", "f.yaml") // a folder that is not there: custom finds nothing
		p, err := parse(file, data)
		if err != nil {
			text := err.Error()
			if !strings.HasPrefix(text, file+": ") || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("the mistake is told as %q", text)
			}
			return
		}
		drawn(t, append(append([]string{p.Name, p.Purpose, p.Image, p.Profile, p.PullPolicy}, p.Tags...), append(p.Try, p.Platforms...)...)...)
		plan, err := debug.NewPlan(pod, p.Request("debugger-x2", "app"))
		var problem *kube.Problem
		switch {
		case err != nil && !errors.As(err, &problem):
			t.Errorf("%q: %v (%T) is no Problem", data, err, err)
		case err != nil:
			drawn(t, problem.Message, problem.Hint)
		default:
			drawn(t, plan.Image, plan.Command, plan.Leaves())
			drawn(t, strings.Split(plan.Adds, "\n")...)
			if plan.Adds == "" {
				t.Errorf("%q: the plan adds nothing", data)
			}
			for _, note := range plan.Notes {
				drawn(t, note.Text)
			}
		}
	})
}

// drawn wants lines that can be drawn as they are.
func drawn(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if line != kube.Sanitize(line) {
			t.Errorf("%q cannot be drawn as it is", line)
		}
	}
}
