package script

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// From the list of pods to the exit code, with nothing but the keyboard.
func TestFilterDebugLookAroundExit(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "main-job")
	p := sitDown(t, nil, "-n", here.Name)
	p.sees("NAME") // the list may be longer than the screen
	p.presses("/")
	p.types("mnjob")
	p.must(p.WaitFor(soon, "the pod under the cursor", func(s terminal.Screen) bool {
		y := s.Find(" " + pod + " ")
		return s.Has("/ mnjob") && y >= 0 && strings.HasPrefix(s.Lines[y], "▸")
	}))
	p.presses("enter")
	p.goesOnTo("d", "tools", "app: its processes", "kubectl debug -it "+pod)
	p.presses("/")
	p.types("bsybx")
	p.must(p.WaitFor(soon, "the tool under the cursor", func(s terminal.Screen) bool { return s.Has("/ bsybx") && s.Has("▸ busybox") }))
	p.goesOnTo("enter", "↵ debug")
	p.presses("enter")
	p.getsShell()

	// The target's first process, its files and its answer. How they look is the image's affair: that they are the target's
	// is told by a process 1 that is not the shell.
	ps := p.runs("ps")
	if first := firstProcess(ps); first == "" || strings.Contains(first, " sh") {
		t.Errorf("process 1 should be the target's, but ps says:\n%s", ps)
	}
	if files := p.runs("ls /proc/1/root/etc"); files == "" || strings.Contains(files, "No such file") {
		t.Errorf("no files of the target: %q", files)
	}
	if page := p.runs("wget -qO- localhost:8080"); page == "" || strings.Contains(page, "wget:") {
		t.Errorf("no answer of the target: %q", page)
	}
	p.types("exit 42\r")
	p.getsCard("✗ exit 42", "stays in pod "+pod)
	p.leaves()
}

// On the cluster of testdata/cluster it is known what the target is.
func TestTargetIsTheDistrolessApplication(t *testing.T) {
	t.Parallel()
	if pictures().web != "registry.example/demo/web:1" {
		t.Log("the target is another image; TestFilterDebugLookAroundExit shows what can be shown of it")
		return
	}
	p := debugs(t, webPod(t, "distroless"))
	if ps := p.runs("ps"); !strings.Contains(firstProcess(ps), "/web") {
		t.Errorf("process 1 is not /web:\n%s", ps)
	}
	if files := p.runs("ls /proc/1/root/etc"); !strings.Contains(files, "web.conf") {
		t.Errorf("web.conf is missing: %q", files)
	}
	if page := p.runs("wget -qO- localhost:8080"); page != "hello from web\n" {
		t.Errorf("the answer is %q", page)
	}
	p.types("exit\r")
	p.getsCard("✓ exit 0", "success")
	p.leaves()
}

// The Role that dayfly asks for is enough for all of it.
func TestTheRoleIsEnough(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "role")
	p := debugs(t, pod, "--context", scratch.Debugger)
	if out := p.runs("echo $((6*7))"); out != "42\n" {
		t.Errorf("the shell says %q", out)
	}
	p.types("exit 3\r")
	p.getsCard("✗ exit 3")
	p.leaves()
}

// Older clusters let one attach over SPDY with the right to create, where a WebSocket would need get.
func TestAttachWithoutTheRightToGet(t *testing.T) {
	t.Parallel()
	p := debugs(t, webPod(t, "spdy"), "--context", scratch.Poster)
	if out := p.runs("echo $((6*7))"); out != "42\n" {
		t.Errorf("the shell says %q", out)
	}
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
}

// firstProcess is the line of process 1 in what ps prints; empty: there is none.
func firstProcess(ps string) string {
	for line := range strings.Lines(ps) {
		if strings.Contains(line, " 1 ") {
			return line
		}
	}
	return ""
}
