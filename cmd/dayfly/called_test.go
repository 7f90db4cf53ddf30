package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/called"
)

// As a plugin of kubectl the help, its usage and the commands in texts begin with kubectl dayfly; prose does not.
func TestCalledAs(t *testing.T) {
	for path, want := range map[string]called.Name{
		"dayfly": "dayfly", "/usr/bin/dayfly": "dayfly", "/opt/bin/kubectl-dayfly": "kubectl dayfly", "kubectl-dayfly.exe": "kubectl dayfly", "./dayfly-linux": "dayfly", "": "dayfly",
	} {
		if got := called.As(path); got != want {
			t.Errorf("%q is called as %q, want %q", path, got, want)
		}
	}
	c := called.Name("kubectl dayfly")
	for text, want := range map[string]string{
		"dayfly attach web-0 debugger-1": "kubectl dayfly attach web-0 debugger-1", "dayfly -- demo, dayfly run POD": "kubectl dayfly -- demo, kubectl dayfly run POD",
		"dayfly puts a tool into a pod": "dayfly puts a tool into a pod", "dayfly --help lists the flags": "kubectl dayfly --help lists the flags",
		"dayfly POD": "kubectl dayfly POD", "dayfly runs": "dayfly runs", "dayfly-linux -x": "dayfly-linux -x",
	} {
		if got := c.In(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if got := called.Name("dayfly").In(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"journal", "--help"}} {
		var out bytes.Buffer
		cmd := newCommand()
		c.Dress(cmd)
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		usage := "kubectl dayfly " + strings.TrimSuffix(args[0], "--help")
		if help := out.String(); !strings.Contains(help, "Usage:\n  "+usage) || strings.Contains(strings.ReplaceAll(help, "kubectl dayfly", ""), "dayfly --") {
			t.Errorf("the help of %v:\n%s", args, help)
		}
	}
}
