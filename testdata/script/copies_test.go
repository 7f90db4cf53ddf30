package script

import (
	"strings"
	"testing"
)

// TestCopyFromTheScreen: one key on the tools screen has the tool in a copy of the pod, and its card deletes that.
func TestCopyFromTheScreen(t *testing.T) {
	t.Parallel()
	serving := webPod(t, "served")
	before := kubectl(t, here.kubeconfig, "get", "pod", serving, "-n", here.Name, "-o", "jsonpath={.spec}")
	p := sitDown(t, nil, serving)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", p.launches())
	p.presses("enter")
	p.getsShell()
	copied := strings.TrimSpace(p.runs("hostname"))
	if !strings.HasPrefix(copied, serving+"-debug-") {
		t.Fatalf("the shell is in %s", copied)
	}
	p.types("exit 4\r")
	p.getsCard("✗ exit 4", "pod "+copied+", the copy of "+serving)
	p.goesOnTo("e", "Delete pod "+copied)
	p.goesOnTo("enter", "nothing: pod "+copied+" was deleted")
	kubectl(t, here.kubeconfig, "wait", "pod/"+copied, "-n", here.Name, "--for=delete", "--timeout=180s")
	if after := kubectl(t, here.kubeconfig, "get", "pod", serving, "-n", here.Name, "-o", "jsonpath={.spec}"); after != before {
		t.Errorf("the pod that was copied has changed:\n%s\n%s", before, after)
	}
	p.leaves()
}
