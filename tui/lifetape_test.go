package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// What comes before the file is there is in it, in order; the file is its owner's alone.
func TestTapeKeepsWhatComesBeforeItsFile(t *testing.T) {
	k := testApp(t).services
	k.stateFolder = t.TempDir()
	tape := k.newTape(attachMsg{target: kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-1"}}, false)
	for _, text := range []string{"one\r\n", "two\r\n", "three\r\n"} {
		tape.Output([]byte(text))
	}
	tape.Input([]byte("secret"))
	tape.Mark("detached")
	tape.close()
	file, err := tape.file()
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
func TestTapeWithoutAPlace(t *testing.T) {
	k := testApp(t).services
	k.stateFolder = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(k.stateFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tape := k.newTape(attachMsg{}, false)
	tape.close()
	tape.Output([]byte("it goes on"))
	if err := tape.trouble(); err == nil || !strings.Contains(err.Error(), "the session is not recorded") {
		t.Errorf("trouble: %v", err)
	}
	if err := tape.trouble(); err != nil {
		t.Errorf("told twice: %v", err)
	}
	k.stateFolder = ""
	if err := k.newTape(attachMsg{}, false).trouble(); err == nil {
		t.Error("that there is no place at all is not told")
	}
}
