package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

const castHead = `{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "title": "shop/web · debugger-x"}` + "\n"

// recorded makes the recordings of two sessions and points dayfly to them; it returns their names.
func recorded(t *testing.T) (names []string) {
	t.Helper()
	base := t.TempDir()
	t.Setenv("XDG_STATE_HOME", base)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, pod := range []string{"web", "db"} {
		w, err := recording.Create(filepath.Join(base, "dayfly"), recording.About{Context: "prod", Namespace: "shop", Pod: pod, Container: "debugger-x"},
			recording.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(90 * time.Second)
		w.Output([]byte("\x1b[1m" + pod + "$\x1b[0m exit\r\n"))
		w.Mark("detached")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Base(w.File()))
	}
	return names
}

// Without a file the recordings are listed, the newest last.
func TestPlayLists(t *testing.T) {
	names := recorded(t)
	state, _, _ := folders.State()
	write(t, filepath.Join(recording.Folder(state), "old\x1b.cast"), "{\"version\": 1}\n")
	if err := os.Chtimes(filepath.Join(recording.Folder(state), "old\x1b.cast"), time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	list, err := recording.List(state)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := recordingTable(&out, list, time.UTC); err != nil {
		t.Fatal(err)
	}
	want := `TIME                 LENGTH  SIZE   SESSION                                                    FILE
2001-09-09 01:46:40  -       15 B   (this recording is in asciicast v1, which is not supported)  old␛.cast
2026-03-04 05:06:07  1m30s   200 B  shop/web · debugger-x · prod                               ` + names[0] + `
2026-03-04 05:07:37  1m30s   198 B  shop/db · debugger-x · prod                                ` + names[1] + `
`
	if strings.Join(strings.Fields(out.String()), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("the table is\n%s, want\n%s", &out, want)
	}
	code, text, errs := ran(t, nil, "play")
	if code != 0 || errs != "" || strings.Count(text, "\n") != 4 {
		t.Errorf("exit code %d, %s, %s", code, text, errs)
	}
	code, text, errs = ran(t, nil, "play", "-o", "json")
	var got []recording.Entry
	if err := json.Unmarshal([]byte(text), &got); err != nil || code != 0 || errs != "" || len(got) != 3 || got[2] != list[2] && got[2].Name != names[1] {
		t.Errorf("exit code %d, %s, %v, %+v", code, errs, err, got)
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if code, text, errs = ran(t, nil, "play"); code != 0 || text != "" || !strings.HasPrefix(errs, "There are no recordings in ") {
		t.Errorf("exit code %d, %s, %s", code, text, errs)
	}
	if code, text, errs = ran(t, nil, "play", "--output", "json"); code != 0 || text != "[]\n" || errs != "" {
		t.Errorf("exit code %d, %s, %s", code, text, errs)
	}
}

// A recording is found by its path, or by its name among the recordings; its text needs no terminal.
func TestPlayText(t *testing.T) {
	names := recorded(t)
	state, _, _ := folders.State()
	elsewhere := filepath.Join(t.TempDir(), "x.cast")
	write(t, elsewhere, castHead+`[1, "o", "\u001b]0;x\u0007here\r\n"]`+"\n")
	for name, want := range map[string]string{
		names[0]: "web$ exit\n[detached]\n", strings.TrimSuffix(names[1], ".cast"): "db$ exit\n[detached]\n",
		filepath.Join(recording.Folder(state), names[0]): "web$ exit\n[detached]\n", elsewhere: "here\n",
	} {
		if code, out, errs := ran(t, nil, "play", "--text", name); code != 0 || out != want || errs != "" {
			t.Errorf("%s: exit code %d, %q, %s", name, code, out, errs)
		}
	}
}

// What cannot be played is said, with what to do.
func TestPlaySays(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		write(t, filepath.Join(folder, name), text)
		return filepath.Join(folder, name)
	}
	good := file("good", castHead)
	for name, c := range map[string]struct {
		args []string
		code int
		errs string
	}{
		"nothing there": {[]string{"--text", "nowhere\x1b"}, 1, "dayfly: there is no recording \"nowhere␛\"\n  dayfly play lists them\n"},
		"no such path":  {[]string{"--text", folder + "/none"}, 1, "dayfly: there is no recording \"FOLDER/none\"\n"},
		"no name":       {[]string{"--text", ""}, 1, "dayfly: there is no recording \"\"\n"},
		"a folder":      {[]string{"--text", folder}, 1, "dayfly: cannot read recording \"FOLDER\": it is a folder\n"},
		"no recording":  {[]string{file("text", "hello\n")}, 1, "FOLDER/text: this is not a recording: its first line is not a header\n  dayfly plays"},
		"broken":        {[]string{"--text", file("broken", castHead+"x\n")}, 1, "FOLDER/broken: line 2 of the recording is not an event\n  only what comes before it"},
		"no terminal":   {[]string{good}, 2, "not a terminal\n  --text prints a recording without a terminal\n"},
		"two":           {[]string{good, good}, 2, "expected at most one recording, got 2 arguments"},
		"a pod":         {[]string{"a", "b"}, 2, "to open a pod named \"play\": dayfly -- play"},
		"no speed":      {[]string{"--speed", "0", good}, 2, "--speed 0: use a number above 0, up to 1000000\n"},
		"not a number":  {[]string{"--speed", "NaN", good}, 2, "--speed NaN: "},
		"too fast":      {[]string{"--speed", "Inf", good}, 2, "--speed +Inf: "},
		"backwards":     {[]string{"--idle-limit", "-1s", good}, 2, "--idle-limit -1s: "},
		"of what":       {[]string{"--text"}, 2, "--text needs a recording; dayfly play lists them\n"},
		"a list of one": {[]string{"-o", "json", good}, 2, "--output is for the list of recordings; --text prints one\n"},
		"odd output":    {[]string{"-o", "yaml"}, 2, `--output "yaml": use json`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", folder)
			code, out, errs := ran(t, nil, append([]string{"play"}, c.args...)...)
			errs = strings.ReplaceAll(errs, folder, "FOLDER")
			if code != c.code || out != "" || !strings.Contains(errs, c.errs) {
				t.Errorf("exit code %d, printed %q and\n%s, want\n%s", code, out, errs, c.errs)
			}
		})
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1500: "1.5 kB", 2_340_000: "2.3 MB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d bytes are %s, want %s", bytes, got, want)
		}
	}
}
