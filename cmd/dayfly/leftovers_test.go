//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/leftoverreport"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// left is what dayfly leftovers -o json lists, and its exit code.
func (b *bench) left(args ...string) (list []leftoverreport.Leftover, code int) {
	b.t.Helper()
	got := b.runs(nil, append([]string{"leftovers", "-o", "json"}, args...)...)
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil {
		b.t.Fatalf("%v: %+v", err, got)
	}
	return list, got.code
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	b := practised(t)
	before, _ := b.left("-A")
	if list, code := b.left("-A", "--mine", "--exit-code"); len(list) != 0 || code != 0 {
		t.Errorf("before anything: exit code %d, %+v", code, list)
	}
	name := b.begins("annotated", "--", "sh", "-c", talks)
	list, code := b.left("--exit-code")
	var mine *leftoverreport.Leftover
	for i := range list {
		if list[i].Container == name {
			mine = &list[i]
		}
	}
	if code != exitLeft || mine == nil {
		t.Fatalf("exit code %d, without %s: %+v", code, name, list)
	}
	if mine.Kind != "debug container" || mine.Tool != "dayfly" || !mine.Certain || mine.Namespace != "shop" || mine.Pod != "annotated" || !mine.Running ||
		mine.Since.IsZero() || mine.UID == "" || mine.Image != "busybox:1.37" || mine.Of != "container app of pod shop/annotated" || mine.Gives == nil {
		t.Errorf("the debug container is %+v", *mine)
	}
	if after, code := b.left("-A"); len(after) != len(before)+1 || code != 0 {
		t.Errorf("exit code %d; there were %d, and are %+v", code, len(before), after)
	}
	if list, _ := b.left("-A", "--mine"); len(list) != 1 || list[0].Container != name {
		t.Errorf("mine is %+v", list)
	}
	table := b.runs(nil, "leftovers", "-o", "wide", "--mine")
	lines := strings.Split(strings.TrimSuffix(table.stdout, "\n"), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "DANGER ") || strings.Index(lines[0], "BECAUSE") != strings.Index(lines[1], "added by dayfly") ||
		!strings.Contains(lines[1], "annotated/"+name) {
		t.Errorf("the table is\n%s%s", table.stdout, table.stderr)
	}
	if none := b.runs(nil, "leftovers", "-n", "nothing"); none.code != 0 || none.stdout != "" || !strings.Contains(none.stderr, "No leftovers of debugging in namespace nothing.") {
		t.Errorf("of an empty namespace it says %+v", none)
	}
	if refused := b.runs(nil, "leftovers", "-n", "shop", "--context", "practice-nobody"); refused.code == 0 {
		t.Errorf("without a context it says %+v", refused)
	}
}

// Only with --exit-code something that is left is told by the exit code, and never that nothing is left where not everything was looked at.
func TestLeftoversEnd(t *testing.T) {
	trouble := errors.New("trouble")
	for _, test := range []struct {
		exitCode      bool
		found, unread int
		trouble, want error
	}{
		{false, 2, 1, nil, nil},
		{false, 2, 1, trouble, trouble},
		{true, 0, 0, nil, nil},
		{true, 2, 1, nil, codeError(exitLeft)},
		{true, 2, 0, trouble, trouble},
		{true, 0, 1, nil, errTold},
	} {
		o := leftoversOptions{exitCode: test.exitCode}
		if got := o.end(test.found, test.unread, test.trouble); !errors.Is(got, test.want) || (got == nil) != (test.want == nil) {
			t.Errorf("%+v ends with %v", test, got)
		}
	}
}

func TestLeftoversCommand(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"leftovers", "web"}, "To open a pod of that name: dayfly -- leftovers"},
		{[]string{"leftovers", "-o", "yaml"}, `--output "yaml": use json or wide, or leave it out`},
		{[]string{"leftovers", "--all"}, "unknown flag: --all"},
	} {
		var out, complaint bytes.Buffer
		if code := run(t.Context(), test.args, &out, &complaint); code != exitUsage || !strings.Contains(complaint.String(), test.want) {
			t.Errorf("%q: exit code %d, %q, want %q", test.args, code, complaint.String(), test.want)
		}
	}
}

// Each field of the JSON is in its topic, and what is in an item is in the JSON.
func TestLeftoverFields(t *testing.T) {
	text := helpOn(t, "leftovers")
	for field := range reflect.TypeFor[leftoverreport.Leftover]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !strings.Contains(text, " "+name+" ") && !strings.Contains(text, " "+name+"\n") {
			t.Errorf("the topic does not have %s", name)
		}
	}
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	whole := leftoverreport.Of(inventory.Item{
		Kind: inventory.Copy, Tool: "t", Certain: true, Because: "b", Target: kube.Target{Namespace: "n", Pod: "p", Container: "c", Node: "d"}, UID: "u", Of: "o", By: "y",
		Client: "l", Reason: "r", Since: at, Image: "i", Gives: []string{"g"}, Danger: inventory.Elevated, State: "s", Running: true, Terminating: true, Until: at, Ending: "e", Session: "x", Controlled: "k",
	})
	whole.Job = "j"
	value := reflect.ValueOf(whole)
	for field := range value.Type().Fields() {
		if value.FieldByName(field.Name).IsZero() {
			t.Errorf("%s is not filled", field.Name)
		}
	}
	if job := leftoverreport.Of(inventory.Item{Kind: inventory.Job, Target: kube.Target{Pod: "x"}}); job.Job != "x" || job.Pod != "" || job.Gives == nil {
		t.Errorf("a Job is %+v", job)
	}
}
