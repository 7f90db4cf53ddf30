package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// kept writes a journal and points dayfly to it; it returns the file.
func kept(t *testing.T, list ...journal.Entry) string {
	t.Helper()
	base := t.TempDir()
	t.Setenv("XDG_STATE_HOME", base)
	j, err := journal.Open(filepath.Join(base, "dayfly"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if err := j.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(base, "dayfly", "journal.jsonl")
}

func journalled() []journal.Entry {
	code := func(n int) *int { return &n }
	e := journal.Entry{
		Time: time.Date(2026, 3, 4, 12, 0, 1, 0, time.UTC), Action: journal.Started, User: "ann", Context: "prod", Namespace: "shop", Pod: "web",
		UID: "u-1", Container: "debugger-x", Image: "quay.io/team/tool:2@sha256:0123456789abcdef", Profile: "general", Target: "app",
	}
	ended, killed, refused, attached := e, e, e, journal.Entry{Time: e.Time.Add(4 * time.Hour), Action: journal.Attached, Namespace: "ops", Pod: "db", Container: "app"}
	ended.Action, ended.Exit, ended.Time = journal.Ended, code(0), e.Time.Add(time.Hour)
	killed.Action, killed.Exit, killed.Why, killed.Time = journal.Ended, code(137), "OOMKilled", e.Time.Add(2*time.Hour)
	refused.Action, refused.Why, refused.User, refused.Time = journal.Refused, "config.yaml: contexts prod-*", "bob", e.Time.Add(3*time.Hour)
	return []journal.Entry{e, ended, killed, refused, attached}
}

// The journal is an aligned table, the newest last, in local time.
func TestJournalTable(t *testing.T) {
	var out bytes.Buffer
	if err := journal.Table(&out, journalled(), time.FixedZone("", 3600)); err != nil {
		t.Fatal(err)
	}
	want := `TIME                 CONTEXT  POD       CONTAINER   IMAGE                       PROFILE  WHAT                                                               USER
2026-03-04 13:00:01  prod     shop/web  debugger-x  tool:2@sha256:0123456789ab  general  started                                                            ann
2026-03-04 14:00:01  prod     shop/web  debugger-x  tool:2@sha256:0123456789ab  general  ended: exit 0, success                                             ann
2026-03-04 15:00:01  prod     shop/web  debugger-x  tool:2@sha256:0123456789ab  general  ended: exit 137, killed by the kernel: out of memory (OOMKilled)  ann
2026-03-04 16:00:01  prod     shop/web  debugger-x  tool:2@sha256:0123456789ab  general  refused: config.yaml: contexts prod-*                              bob
2026-03-04 17:00:01  -        ops/db    app         -                           -        attached                                                           -
`
	if strings.Join(strings.Fields(out.String()), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("the table is\n%s, want\n%s", &out, want)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for column, cell := range map[string]string{"WHAT": "attached", "USER": "-", "CONTAINER": "app"} {
		if at := strings.Index(lines[0], column); !strings.HasPrefix(lines[5][at:], cell) {
			t.Errorf("%q is not below %s:\n%s", cell, column, &out)
		}
	}
}

func TestJournalFlags(t *testing.T) {
	now := journal.Entry{Action: journal.Started, Namespace: "shop", Pod: "now", Context: "lab", Batch: "k7f2q"}
	for _, c := range []struct {
		args []string
		want string // the pods
	}{
		{nil, "web web web web db now"},
		{[]string{"--since", "24h"}, "now"},
		{[]string{"--context", "prod"}, "web web web web"},
		{[]string{"-n", "ops"}, "db"},
		{[]string{"--namespace", "shop", "--pod", "now"}, "now"},
		{[]string{"--user", "bob"}, "web"},
		{[]string{"--batch", "k7f2q"}, "now"},
		{[]string{"--last", "2"}, "db now"},
		{[]string{"--last", "1", "--user", "ann"}, "web"},
	} {
		kept(t, append(journalled(), now)...)
		code, out, errs := ran(t, nil, append([]string{"journal", "-o", "json"}, c.args...)...)
		if code != 0 || errs != "" {
			t.Errorf("%q: exit code %d, %s", c.args, code, errs)
		}
		var pods []string
		for line := range strings.Lines(out) {
			var e journal.Entry
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v: %s", c.args, err, line)
			}
			pods = append(pods, e.Pod)
		}
		if got := strings.Join(pods, " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.args, got, c.want)
		}
	}
}

// What is printed for programs is what the file has.
func TestJournalJSON(t *testing.T) {
	file := kept(t, journalled()...)
	_, out, _ := ran(t, nil, "journal", "-o", "json")
	if data, err := os.ReadFile(file); err != nil || out != string(data) {
		t.Errorf("printed\n%s, %v, the file has\n%s", out, err, data)
	}
}

// What there is to say without entries, and of a journal that is not as it should be.
func TestJournalSays(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		make func(t *testing.T, file string) error
		code int
		out  string // a part
		errs string
	}{
		"no journal":   {nil, func(_ *testing.T, file string) error { return os.RemoveAll(filepath.Dir(file)) }, 0, "", "The journal is empty.\n"},
		"nothing such": {[]string{"--pod", "x"}, nil, 0, "", "No matching journal entries.\n"},
		"broken": {nil, func(_ *testing.T, file string) error {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("x\n")
				err = errors.Join(err, f.Close())
			}
			return err
		}, 0, "shop/web", "dayfly: skipped 1 invalid line of the journal\n"},
		"a folder": {nil, func(_ *testing.T, file string) error {
			if err := os.Remove(file); err != nil {
				return err
			}
			return os.Mkdir(file, 0o700)
		}, 1, "", "dayfly: cannot read the journal FILE: it is a folder\n  see what is there with ls -l\n"},
		"an argument":    {[]string{"web"}, nil, 2, "", "To open a pod of that name: dayfly -- journal"},
		"the future":     {[]string{"--since", "-1h"}, nil, 2, "", "--since -1h0m0s: use a positive duration"},
		"less than none": {[]string{"--last", "-1"}, nil, 2, "", "--last -1: "},
		"an odd output":  {[]string{"-o", "yaml"}, nil, 2, "", `--output "yaml": use json`},
	} {
		t.Run(name, func(t *testing.T) {
			file := kept(t, journalled()...)
			if c.make != nil {
				if err := c.make(t, file); err != nil {
					t.Fatal(err)
				}
			}
			code, out, errs := ran(t, nil, append([]string{"journal"}, c.args...)...)
			errs = strings.ReplaceAll(errs, file, "FILE")
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) || c.out == "" && strings.Contains(out, "shop/web") {
				t.Errorf("exit code %d, printed\n%s\nand\n%s", code, out, errs)
			}
		})
	}
}

// Sessions are told in the events of pods only where a person wants it.
func TestConfigAnnounce(t *testing.T) {
	for text, want := range map[string]bool{"announce: true\n": true, "announce: false\n": false, "theme: dark\n": false} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		write(t, file, text)
		if c, err := config.Read(file); err != nil || c.Announce != want {
			t.Errorf("%q: %v, %v", text, c.Announce, err)
		}
	}
}
