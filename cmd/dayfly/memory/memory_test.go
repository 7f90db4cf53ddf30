package memory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
)

// chosen is a memory in which a person has made choices.
func chosen(choices ...func(*tui.Memory)) tui.Memory {
	var m tui.Memory
	for _, choice := range choices {
		m.Change(choice)
	}
	return m
}

func theme(name string) func(*tui.Memory) { return func(m *tui.Memory) { m.Theme = name } }

func view(context, order string) func(*tui.Memory) {
	return func(m *tui.Memory) {
		if m.Contexts == nil {
			m.Contexts = map[string]podlist.View{}
		}
		m.Contexts[context] = podlist.View{Order: order, OnlySick: true}
	}
}

// What is remembered is there at the next start, for nobody else to read. What is broken is told and replaced.
func TestMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "dayfly", "view.json")
	if got, err := Recall(file); err != nil || !cmp.Equal(got, tui.Memory{}, cmpopts.IgnoreUnexported(tui.Memory{})) {
		t.Errorf("without a file there is %+v, %v", got, err)
	}
	want := tui.Memory{Theme: "dusk", Contexts: map[string]podlist.View{"prod": {Order: "age", OnlySick: true}}}
	for range 2 { // the second time in place of the first
		if err := Remember(file, chosen(theme("dusk"), view("prod", "age"))); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Recall(file); err != nil || !cmp.Equal(want, got, cmpopts.IgnoreUnexported(tui.Memory{})) {
		t.Errorf("remembered is %+v, %v", got, err)
	}
	for path, mode := range map[string]os.FileMode{file: 0o600, file + ".lock": 0o600, filepath.Dir(file): 0o700 | os.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 2 {
		t.Errorf("the folder has %v, %v", left, err)
	}
}

// A file that is broken, of another program, empty or of an earlier dayfly does no harm: it is told if it is unreadable, and the next choice replaces it.
func TestMemoryOfOddFiles(t *testing.T) {
	for content, told := range map[string]bool{
		`{"contexts": [`: true, `[]`: true, `{"theme": 7}`: true, "\x00\xff": true, `"text"`: true,
		"": false, " \n": false, `{}`: false, `null`: false, `{"contexts": {"prod": {"filter": "web", "order": "age"}}}`: false,
	} {
		file := filepath.Join(t.TempDir(), "view.json")
		write(t, file, content)
		_, err := Recall(file)
		if (err != nil) != told || err != nil && !strings.Contains(err.Error(), file) {
			t.Errorf("%q is told as %v", content, err)
		}
		if err := Remember(file, chosen(theme("paper"))); err != nil {
			t.Errorf("%q: %v", content, err)
		}
		if got, err := Recall(file); err != nil || got.Theme != "paper" {
			t.Errorf("%q becomes %+v, %v", content, got, err)
		}
	}
}

// Keys of a newer dayfly outlive an older one.
func TestMemoryKeepsUnknownKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "view.json")
	write(t, file, `{"theme": "dusk", "columns": {"prod": ["NODE"]}}`)
	if err := Remember(file, chosen(theme("paper"))); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(data)), ""), `"columns":{"prod":["NODE"]}`) || !strings.Contains(string(data), "paper") {
		t.Errorf("it becomes %s, %v", data, err)
	}
}

// Where it cannot be written, one sentence says so, and nothing is left behind.
func TestMemoryThatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "plain"), "")
	write(t, filepath.Join(folder, "taken", "view.json", "x"), "")
	for _, file := range []string{filepath.Join(folder, "plain", "view.json"), filepath.Join(folder, "taken", "view.json")} {
		err := Remember(file, chosen(theme("paper")))
		if err == nil || !strings.HasPrefix(err.Error(), "your view and theme were not saved to "+file+": ") || strings.Contains(err.Error(), "rename") {
			t.Errorf("%v", err)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, "taken", ".view-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Many that write at the same time all keep their choices.
func TestMemoryOfMany(t *testing.T) {
	const many = 40
	file := filepath.Join(t.TempDir(), "view.json")
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			if err := Remember(file, chosen(view(fmt.Sprint("context-", i), "age"))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := Recall(file); err != nil || len(got.Contexts) != many {
		t.Errorf("%d of %d views are kept, %v", len(got.Contexts), many, err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
