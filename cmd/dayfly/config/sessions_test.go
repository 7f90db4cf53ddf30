package config

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

func TestSessionsConfig(t *testing.T) {
	c, _, err := configOf(t, `
sessions: {ring: 4MiB, life: leave, record: true}
contexts:
- match: prod-*
  protected: true
  sessions: {life: 2h, private: true, record: false, clipboard: false}
- match: prod-eu
  sessions: {life: stay, ring: 100000, recordInput: true}
`)
	if err != nil {
		t.Fatal(err)
	}
	for context, want := range map[string]tui.SessionSettings{
		"dev":     {Settings: runner.Settings{Ring: 4 << 20, Record: true}, Life: tools.Life{Leave: true}},
		"prod-us": {Settings: runner.Settings{Ring: 4 << 20, DenyClipboard: true}, Life: tools.Life{After: 2 * time.Hour}, Private: true},
		"prod-eu": {Settings: runner.Settings{Ring: 100000, RecordInput: true, DenyClipboard: true}, Life: tools.Life{After: 2 * time.Hour}, Private: true},
	} {
		if got := c.SessionsFor(context); got != want {
			t.Errorf("%s: %+v, want %+v", context, got, want)
		}
	}
	if got := (Config{}).SessionsFor("any"); got != (tui.SessionSettings{}) {
		t.Errorf("without a word: %+v", got)
	}
}

// A mistake is one line with its place; what it is about is as it is without, and never less safe.
func TestSessionsConfigMistakes(t *testing.T) {
	for text, test := range map[string]struct {
		says string
		want tui.SessionSettings
	}{
		"sessions: {ring: big}":                       {`config.yaml: line 1: ring "big": use a size such as 4MiB`, tui.SessionSettings{}},
		"sessions: {ring: 1KiB}":                      {`config.yaml: line 1: ring "1KiB": use a size from 64KiB to 256MiB`, tui.SessionSettings{}},
		"sessions: {ring: 99999999999GiB}":            {`use a size from 64KiB to 256MiB`, tui.SessionSettings{}},
		"sessions: {ring: -4MiB}":                     {`use a size`, tui.SessionSettings{}},
		"sessions:\n  record: true\n  life: 2 hours":  {`config.yaml: line 3: life "2 hours": use stay, leave, or a duration`, tui.SessionSettings{Settings: runner.Settings{Record: true}}},
		"sessions: {life: 1ms}":                       {`life "1ms"`, tui.SessionSettings{}},
		"sessions: {life: 3600}":                      {`life "3600"`, tui.SessionSettings{}},
		"sessions: {life: [1h]}":                      {`config.yaml: line 1: expected text, found a list`, tui.SessionSettings{}},
		"sessions: {private: maybe}":                  {"config.yaml: line 1: expected true or false, found text `maybe`", tui.SessionSettings{Private: true}},
		"sessions: {clipboard: deny}":                 {"config.yaml: line 1: expected true or false, found text `deny`", tui.SessionSettings{Settings: runner.Settings{DenyClipboard: true}}},
		"sessions: {record: 1}":                       {`expected true or false`, tui.SessionSettings{}},
		"sessions: {recordInput: yep}":                {`expected true or false`, tui.SessionSettings{}},
		"sessions: {privat: true}":                    {`unknown key "privat": did you mean "private"?`, tui.SessionSettings{}},
		"sessions: {life: }":                          {`line 1: life has no value`, tui.SessionSettings{}},
		"contexts: [{match: a, sessions: {life: x}}]": {`life "x"`, tui.SessionSettings{}},
	} {
		c, _, err := configOf(t, text)
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", text, err, test.says)
		}
		if got := c.SessionsFor("a"); got != test.want {
			t.Errorf("%q: %+v, want %+v", text, got, test.want)
		}
		if c.invalidWhy != "" && !strings.Contains(text, "privat:") {
			t.Errorf("%q: read-only for nothing: %s", text, c.invalidWhy)
		}
	}
}
