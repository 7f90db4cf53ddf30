package kubelet

import (
	"slices"
	"testing"
)

// TestShell gives each shell of an image a program of this machine, under the name that the image has for it. What is no
// shell stays as it is: when it is missing, the person must be told.
func TestShell(t *testing.T) {
	sh, stand := []string{"sh"}, []string{"sh"}
	if installed("bash") {
		sh, stand = []string{"bash"}, []string{"bash", "--norc"}
	}
	for _, test := range []struct {
		argv, program []string
		name          string
	}{
		{[]string{"sh"}, sh, "sh"},
		{[]string{"/bin/sh", "-c", "exit 3"}, append(slices.Clone(sh), "-c", "exit 3"), "/bin/sh"},
		{[]string{"bash"}, stand, "bash"},
		{[]string{"sleep", "1"}, []string{"sleep", "1"}, ""},
		{[]string{"nosuch"}, []string{"nosuch"}, ""},
		{[]string{"/opt/nosuch/zsh"}, stand, "/opt/nosuch/zsh"},
	} {
		if test.name == "/opt/nosuch/zsh" && installed("zsh") {
			test.program, test.name = test.argv, ""
		}
		program, name := shell(test.argv)
		if !slices.Equal(program, test.program) || name != test.name {
			t.Errorf("shell(%q) = %q as %q, want %q as %q", test.argv, program, name, test.program, test.name)
		}
	}
}
