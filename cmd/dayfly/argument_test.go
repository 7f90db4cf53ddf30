package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// A selector on the command line is what kubectl takes, given as often as one likes; a mistake in it is told with its place.
func TestSelectorFlag(t *testing.T) {
	for args, want := range map[string]struct{ filter, mistake string }{
		"-l|app in (web,cart)":              {filter: "-l app in (web,cart)"},
		"-l|app=web|-l|tier notin (db, mq)": {filter: "-l app=web,tier notin (db, mq)"},
		"--selector=!canary":                {filter: "-l !canary"},
		"-l| app=web ":                      {filter: "-l app=web"},
		"-lapp=web":                         {filter: "-l app=web"},
		"-l|":                               {},
		"-l|app in (web":                    {mistake: `--selector: selector "app in (web": ")" is missing (at character 12): close the list`},
		"-l|app=web tier=db":                {mistake: "a comma is missing (at character 9)"},
		"-l|app=web|-l|=":                   {mistake: "a label key is missing"},
	} {
		var o options
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addTo(flags)
		if err := flags.Parse(strings.Split(args, "|")); err != nil {
			t.Fatal(err)
		}
		err := o.what.read()
		if (err != nil) != (want.mistake != "") || err != nil && !strings.Contains(err.Error(), want.mistake) || err == nil && o.what.filter != want.filter {
			t.Errorf("%q: filter %q, %v; want %+v", args, o.what.filter, err, want)
		}
	}
}

// A misspelt command is said to be taken for a pod; the name of a pod is not.
func TestWordsThatLookLikeACommand(t *testing.T) {
	for word, want := range map[string]string{
		"confg": "config", "completon": "completion", "docter": "doctor", "leftover": "leftovers", "exce": "", "web": "", "doctor-0": "", "config2": "", "x": "", "payments": "", "cart": "", "checkout": "",
		"doc": "doctor", "capture/x": "",
	} {
		var o options
		cmd := newCommand()
		if err := podArgument(&o)(cmd, []string{word}); err != nil {
			t.Fatal(err)
		}
		if o.what.near != want || (want != "") != strings.Contains(o.what.meant(), "did you mean the command dayfly "+want+"?") {
			t.Errorf("%s is near %q, want %q: %s", word, o.what.near, want, o.what.meant())
		}
	}
}
