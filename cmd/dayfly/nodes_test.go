package main

import (
	"bytes"
	"strings"
	"testing"
)

// dayfly nodes has the flags of a connection and takes no arguments; it says how to open a pod of that name.
func TestNodesCommand(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"nodes", "n-1"}, exitUsage, `dayfly nodes takes no arguments (got ["n-1"]). To open a pod of that name: dayfly -- nodes`},
		{[]string{"nodes", "--context", "nowhere", "--kubeconfig", "/nonexistent"}, exitUsage, "terminal"}, // there is none in a test
		{[]string{"nodes", "-A"}, exitUsage, "unknown shorthand flag"},
	} {
		var out, complaint bytes.Buffer
		if code := run(t.Context(), test.args, &out, &complaint); code != test.code || !strings.Contains(complaint.String(), test.want) {
			t.Errorf("%q: exit code %d, %q, want %d and %q", test.args, code, complaint.String(), test.code, test.want)
		}
	}
}
