package runner

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// What comes before the file is there is in it, in order; the file is its owner's alone.
func TestRecorderKeepsWhatComesBeforeItsFile(t *testing.T) {
	r := New(t.Context(), Options{State: t.TempDir()})
	c := r.newRecorder(Job{Target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}}, false)
	for _, text := range []string{"one\r\n", "two\r\n", "three\r\n"} {
		c.Output([]byte(text))
	}
	c.Input([]byte("secret"))
	c.Mark("detached")
	c.open()
	c.close()
	file, err := c.file()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var text strings.Builder
	if err := recording.Transcript(f, &text); err != nil || text.String() != "one\ntwo\nthree\n[detached]\n" {
		t.Errorf("%q, %v", text.String(), err)
	}
	if all, err := os.ReadFile(file); err != nil || strings.Contains(string(all), "secret") {
		t.Errorf("what is typed is kept: %s %v", all, err)
	}
}

// A recording that cannot be made is told once, and the session goes on.
func TestRecorderWithoutAPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for state, words := range map[string]string{file: "is not a folder", "": "the session is not recorded: neither XDG_STATE_HOME nor HOME"} {
		r := New(t.Context(), Options{State: state})
		c := r.newRecorder(Job{}, false)
		c.open()
		c.close()
		c.Output([]byte("it goes on"))
		events := r.Events()
		if len(events) != 1 || events[0].Kind != Unrecorded || !strings.Contains(events[0].Err.Error(), words) {
			t.Errorf("told: %+v", events)
		}
		if name, err := c.file(); name != "" || err == nil {
			t.Errorf("the file is %q, %v", name, err)
		}
	}
}

// What was never opened leaves no file behind, and nobody waits for it.
func TestRecorderThatIsNotOpened(t *testing.T) {
	state := t.TempDir()
	c := New(t.Context(), Options{State: state}).newRecorder(Job{}, false)
	c.close()
	if list, err := recording.List(state); len(list) > 0 {
		t.Errorf("%d recordings, %v", len(list), err)
	}
}
