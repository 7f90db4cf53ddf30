package kube_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// A shell must read the words of a command as they were, whatever is in them.
func TestKubectlIsQuotedForAShell(t *testing.T) {
	context := "it's $(touch x) `y`\n;\x1b[31m\"é\u202e"
	command := kube.Kubectl(context, "shop", "describe", "pod", "web-1")
	if strings.ContainsAny(command, "\n\x1b\u202e") || command != kube.Sanitize(command) {
		t.Errorf("the command cannot be drawn as it is: %q", command)
	}
	out, err := exec.CommandContext(t.Context(), "bash", "-c", `kubectl() { printf '%s\0' "$@"; }; `+command).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{"describe", "pod", "web-1", "--context=" + context, "--namespace=shop"}, "\x00") + "\x00"
	if string(out) != want {
		t.Errorf("a shell reads %q, want %q", out, want)
	}
}

func TestKubectlLeavesOutWhatIsNotKnown(t *testing.T) {
	if got := kube.Kubectl("", "", "get", "nodes"); got != "kubectl get nodes" {
		t.Errorf("got %q", got)
	}
}
