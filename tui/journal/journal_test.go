package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

func at(second int) time.Time { return time.Date(2026, 3, 4, 12, 0, second, 7_000_000, time.UTC) }

func open(t *testing.T, folder string) *Journal {
	t.Helper()
	j, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func written(t *testing.T, j *Journal, list ...Entry) {
	t.Helper()
	for _, e := range list {
		if err := j.Write(e); err != nil {
			t.Fatal(err)
		}
	}
}

// got is what was read, without a mistake.
func got(t *testing.T, folder string, f Filter) []Entry {
	t.Helper()
	list, err := Read(folder, f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func pods(list []Entry) string {
	var names []string
	for _, e := range list {
		names = append(names, e.Pod)
	}
	return strings.Join(names, " ")
}

// An entry comes back as it was written, to the millisecond.
func TestWriteAndRead(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state", "dayfly")
	exit := 137
	zone := time.FixedZone("somewhere", 2*3600)
	whole := Entry{
		Time: at(1).Add(456 * time.Microsecond).In(zone), Action: Ended, User: "ann", Context: "prod", Namespace: "shop", Pod: "web", UID: "u-1",
		Container: "debugger-x", Image: "busybox:1.37", ImageID: "docker.io/busybox@sha256:ab", Profile: "general", Target: "app",
		Preset: "shell", Reason: `INC-7 <"slow"> & more`, Why: "OOMKilled", Exit: &exit,
	}
	written(t, open(t, folder), whole, Entry{Action: Started, Pod: "later"})
	list := got(t, folder, Filter{})
	if len(list) != 2 || list[1].Pod != "later" || time.Since(list[1].Time) > time.Hour {
		t.Fatalf("read %+v", list)
	}
	whole.Time = at(1)
	if !reflect.DeepEqual(list[0], whole) {
		t.Errorf("read\n%+v, want\n%+v", list[0], whole)
	}
	if line := lines(t, name(folder, 0))[0]; !strings.HasPrefix(line, `{"time":"2026-03-04T12:00:01.007Z","action":"ended",`) || !strings.Contains(line, `<\"slow\"> & more`) {
		t.Errorf("the line is %s", line)
	}
}

// Of a plan only names are written: what a program is given can hold secrets.
func TestNoSecrets(t *testing.T) {
	folder := t.TempDir()
	pod := somePod()
	plan, err := debug.NewPlan(pod, debug.Request{
		Name: "debugger-x", Image: "busybox:1.37", Profile: kube.General, Target: "app",
		Command: []string{"curl", "-H", "Authorization: Bearer s3cr3t-command"},
		Env:     []debug.EnvVar{{Name: "S3CR3T_NAME", Value: "s3cr3t-value"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan.Adds, "s3cr3t-command") || !strings.Contains(plan.Adds, "s3cr3t-value") {
		t.Fatalf("the plan has no secrets:\n%s", plan.Adds)
	}
	e := About(plan)
	e.Action = Started
	written(t, open(t, folder), e)
	text := strings.Join(lines(t, name(folder, 0)), "\n")
	if strings.Contains(strings.ToLower(text), "s3cr3t") || strings.Contains(text, "curl") || strings.Contains(text, "Bearer") {
		t.Errorf("the line has a secret: %s", text)
	}
	for _, want := range []string{`"pod":"web"`, `"namespace":"shop"`, `"uid":"u-1"`, `"container":"debugger-x"`, `"image":"busybox:1.37"`, `"profile":"general"`, `"target":"app"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the line has no %s: %s", want, text)
		}
	}
	// A field that is added has to be thought of here.
	known := "Time Action User Context Namespace Pod UID CopyOf Joins Node Container Image ImageID Profile Target Preset Batch Reason Why Exit"
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Entry]()) {
		fields = append(fields, f.Name)
	}
	if strings.Join(fields, " ") != known {
		t.Errorf("entries have the fields %s, want %s", fields, known)
	}
}

// A line is short and clean whatever is in it, and what identifies the action stays whole.
func TestLineIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"long": strings.Repeat("x", 1<<20), "quotes": strings.Repeat(`"\`, 1<<12), "wide": strings.Repeat("漢🙂", 1<<12),
		"control": strings.Repeat("\x1b]0;\n\x00", 1<<12), "invalid": strings.Repeat("\xff\xe2\x80", 1<<12),
	} {
		t.Run(name, func(t *testing.T) {
			e := Entry{Time: at(0), Container: "debugger-x"}.each(func(old string) string {
				if old != "" {
					return old
				}
				return text
			})
			e.Action, e.Image = Refused, "busybox:1.37"
			line, err := e.line()
			if err != nil || len(line) > 8192 || len(line) < 1000 {
				t.Fatalf("it has %d bytes, %v", len(line), err)
			}
			if i := strings.IndexFunc(string(line), func(r rune) bool { return r < ' ' }); i != len(line)-1 {
				t.Errorf("it has a control character at %d: %q", i, line)
			}
			var back Entry
			if err := json.Unmarshal(line, &back); err != nil {
				t.Fatal(err)
			}
			if back.Container != "debugger-x" || back.Image != "busybox:1.37" || !strings.HasSuffix(back.Reason, "…") || kube.Sanitize(back.Reason) != back.Reason {
				t.Errorf("it is %.500s", line)
			}
		})
	}
}

func TestFilter(t *testing.T) {
	folder := t.TempDir()
	written(t, open(t, folder),
		Entry{Time: at(1), Pod: "a", Context: "prod", Namespace: "shop", User: "ann", Action: Started},
		Entry{Time: at(2), Pod: "b", Context: "lab", Namespace: "shop", User: "bob", Action: Started},
		Entry{Time: at(3), Pod: "c", Context: "prod", Namespace: "ops", User: "bob", Action: Ended},
		Entry{Time: at(4), Pod: "a", Context: "prod", Namespace: "shop", User: "ann", Action: Ended},
	)
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "a b c a"},
		{Filter{Since: at(3)}, "c a"},
		{Filter{Context: "prod"}, "a c a"},
		{Filter{Namespace: "shop"}, "a b a"},
		{Filter{Pod: "a"}, "a a"},
		{Filter{User: "bob"}, "b c"},
		{Filter{User: "bob", Action: Started}, "b"},
		{Filter{Last: 1}, "a"},
		{Filter{Last: 3}, "b c a"},
		{Filter{Last: 9}, "a b c a"},
		{Filter{Last: 2, Context: "prod"}, "c a"},
		{Filter{Pod: "A"}, ""},
	} {
		if list := got(t, folder, c.filter); pods(list) != c.want {
			t.Errorf("%+v lets through %q, want %q", c.filter, pods(list), c.want)
		}
	}
}

// Entries stay in the order in which they were made when the clock is set back or forth, and each is judged by its own time.
func TestClockJumps(t *testing.T) {
	folder := t.TempDir()
	written(t, open(t, folder),
		Entry{Time: at(50), Pod: "a", Action: Started}, Entry{Time: at(10), Pod: "b", Action: Started}, Entry{Time: at(40), Pod: "c", Action: Started},
		Entry{Time: at(0).AddDate(-60, 0, 0), Pod: "d", Action: Started}, Entry{Time: at(0).AddDate(500, 0, 0), Pod: "e", Action: Started},
	)
	if all, since, last := pods(got(t, folder, Filter{})), pods(got(t, folder, Filter{Since: at(30)})), pods(got(t, folder, Filter{Last: 2})); all != "a b c d e" || since != "a c e" || last != "d e" {
		t.Errorf("all are %q, since then %q, the last %q", all, since, last)
	}
}

// A line that another hand has broken is counted, and costs nothing else.
func TestBrokenLines(t *testing.T) {
	folder := t.TempDir()
	j := open(t, folder)
	written(t, j, Entry{Time: at(1), Pod: "a", Action: Started})
	more := "not JSON\n\n  \n{}\n[1]\n{\"time\":\"yesterday\",\"action\":\"x\"}\n" + strings.Repeat("y", 100_000) + "\n" +
		`{"time":"2026-03-04T12:00:02Z","action":"ended","pod":"b\u001b[31m","unknown":1}` + "\n" + `{"time":"2026-03-04T12:00:03Z","acti`
	f, err := os.OpenFile(name(folder, 0), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(more); err != nil {
		t.Fatal(err)
	}
	f.Close()
	written(t, j, Entry{Time: at(4), Pod: "c", Action: Started}) // after a line that the disk had no room for
	list, err := Read(folder, Filter{})
	var broken *BrokenError
	if !errors.As(err, &broken) || broken.Lines != 6 {
		t.Errorf("the error is %v, want 6 broken lines", err)
	}
	if pods(list) != "a b␛[31m c" {
		t.Errorf("read %q", pods(list))
	}
}

// Full files are put aside, only so many are kept, and they are read in their order.
func TestRotation(t *testing.T) {
	folder := t.TempDir()
	j := open(t, folder)
	j.limit = 1000 // some seven lines
	const n = 100
	for i := range n {
		written(t, j, Entry{Time: at(i % 60), Pod: fmt.Sprint("pod-", i), Action: Started, Reason: strings.Repeat("r", 60)})
	}
	for file, want := range map[string]bool{"journal.jsonl": true, "journal.1.jsonl": true, "journal.3.jsonl": true, "journal.4.jsonl": false} {
		info, err := os.Stat(filepath.Join(folder, file))
		if (err == nil) != want || want && (info.Size() > 1000 || info.Size() == 0) {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	list := got(t, folder, Filter{})
	if len(list) < 20 || len(list) > 32 {
		t.Fatalf("%d entries are kept", len(list))
	}
	for i, e := range list {
		if want := fmt.Sprint("pod-", n-len(list)+i); e.Pod != want {
			t.Fatalf("entry %d is of %s, want %s", i, e.Pod, want)
		}
	}
}

// TestSizeLimit is what is promised: 5 MB a file.
func TestSizeLimit(t *testing.T) {
	folder := t.TempDir()
	j := open(t, folder)
	line := `{"time":"2026-03-04T12:00:02.000Z","action":"ended","pod":"old"}` + "\n"
	if err := os.WriteFile(name(folder, 0), []byte(strings.Repeat(line, (5<<20)/len(line))), 0o600); err != nil {
		t.Fatal(err)
	}
	written(t, j, Entry{Pod: "new", Action: Started})
	if now := lines(t, name(folder, 0)); len(now) != 1 || !strings.Contains(now[0], `"new"`) {
		t.Errorf("the new file begins with %.200s", now[0])
	}
	if list := got(t, folder, Filter{Last: 2}); pods(list) != "old new" {
		t.Errorf("the last are %q", pods(list))
	}
}

// Writers that know nothing of each other lose no line and break none, also while files are put aside.
func TestConcurrentWriters(t *testing.T) {
	folder := t.TempDir()
	const writers, each = 16, 40
	var all sync.WaitGroup
	for w := range writers {
		j := open(t, folder)
		j.limit = 64 << 10 // of the some 100 KB: it is put aside once or, when a line slips in between, twice
		all.Go(func() {
			for i := range each {
				if err := j.Write(Entry{Pod: fmt.Sprintf("%d-%d", w, i), Action: Started, Reason: strings.Repeat("r", 80)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	list := got(t, folder, Filter{})
	next := map[int]int{}
	for _, e := range list {
		var w, i int
		if _, err := fmt.Sscanf(e.Pod, "%d-%d", &w, &i); err != nil || next[w] != i {
			t.Fatalf("after %d of writer %d comes %q, %v", next[w], w, e.Pod, err)
		}
		next[w]++
	}
	if len(list) != writers*each {
		t.Errorf("%d entries of %d are there", len(list), writers*each)
	}
	if _, err := os.Stat(name(folder, 1)); err != nil {
		t.Error("nothing was put aside:", err)
	}
}

// No journal is no mistake, and neither is a nil one.
func TestNoJournal(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	if list, err := Read(folder, Filter{}); len(list) != 0 || err != nil {
		t.Errorf("read %v, %v", list, err)
	}
	if _, err := os.Lstat(folder); err == nil {
		t.Error("reading has made the folder")
	}
	if err := (*Journal)(nil).Write(Entry{Action: Started}); err != nil {
		t.Error(err)
	}
}

func TestShortImage(t *testing.T) {
	for image, want := range map[string]string{
		"busybox:1.37": "busybox:1.37", "quay.io:443/team/tool": "tool", "docker.io/a@sha256:0123456789abcdef": "a@sha256:0123456789ab",
		"a@sha256:01": "a@sha256:01", "": "", "a@": "a@:",
	} {
		if got := shortImage(image); got != want {
			t.Errorf("%q is %q, want %q", image, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	code := 137
	for want, e := range map[string]Entry{
		"attached": {Action: Attached},
		"added, container debugger-x2, image busybox, profile general, as ann": {Action: Added, Container: "debugger-x2", Image: "busybox", Profile: "general", User: "ann"},
		"ended: exit 137, killed by the kernel: out of memory (OOMKilled)":     {Action: Ended, Exit: &code, Why: "OOMKilled"},
	} {
		if got := e.Sentence(); got != want {
			t.Errorf("%+v is %q, want %q", e, got, want)
		}
	}
}
