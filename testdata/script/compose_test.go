package script

import (
	"runtime"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// An image is put together from check boxes, the registry says that it has it, the kubelet pulls it, and its tools run.
func TestComposedImageRuns(t *testing.T) {
	t.Parallel()
	if !composes(t) {
		return
	}
	pod := webPod(t, "composed")
	p := sitsAtComposer(t, pod)
	p.checks("dig")
	p.checks("tcpdump")
	p.goesOnTo("enter", "▸ composed", "nixery.dev/shell/dig/", "image found in registry", "↵ debug")
	p.presses("enter")
	p.must(p.WaitFor(start, "a shell's prompt", func(s terminal.Screen) bool { return !s.Alt && s.Has("# ") }))
	from := p.Written()
	p.types("dig -v; tcpdump --version; echo here | grep -c e; echo all $((6*7))\r")
	end, err := p.WaitBytes(soon, from, "all 42")
	p.must(err)
	for _, want := range []string{"DiG 9", "tcpdump version 4", "\n1\r\n"} {
		if out := string(p.Output(from)[:end-from]); !strings.Contains(out, want) {
			t.Errorf("the tools do not say %q:\n%s", want, out)
		}
	}
	p.types("exit 3\r")
	p.getsCard("✗ exit 3")
	p.leaves()

	after, err := here.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	if s := after.Status.EphemeralContainerStatuses; len(s) != 1 || !strings.HasPrefix(s[0].ImageID, "nixery.dev/shell/dig/") {
		t.Errorf("the node has pulled something else: %+v", s)
	}
}

// What the registry does not have is told by its name, before anything is added to the pod; and that it cannot build something.
func TestUnknownPackageIsToldByName(t *testing.T) {
	t.Parallel()
	if !composes(t) {
		return
	}
	pod := webPod(t, "unknown-package")
	p := sitsAtComposer(t, pod)
	p.checks("nosuchtool")
	p.goesOnTo("enter", "▸ composed", "nixery.dev does not know the package nosuchtool")
	p.goesOnTo("c", "▸[x] nosuchtool", "the registry does not have it")
	p.presses("space")
	p.checks("broken")
	p.goesOnTo("enter", "▸ composed", "nixery.dev could not build it")
	p.leaves()
	untouched(t, pod)
}

// An image that is for another architecture than the node is told before it ends in "exec format error".
func TestForeignArchitectureIsTold(t *testing.T) {
	t.Parallel()
	if !composes(t) || runtime.GOARCH != "amd64" { // for arm64 nodes dayfly checks the box by itself
		return
	}
	pod := webPod(t, "foreign")
	p := sitsAtComposer(t, pod)
	p.goesOnTo("up", "▸[ ] arm64")
	p.goesOnTo("space", "▸[x] arm64", "nixery.dev/shell/arm64/")
	p.goesOnTo("enter", "▸ composed", "✗ the image is made for linux/arm64, and the node is linux/amd64")
	p.leaves()
	untouched(t, pod)
}

// composes reports whether the cluster has the registry that these tests are about.
func composes(t *testing.T) bool {
	t.Helper()
	if here.internet == nil {
		t.Log("the cluster is not that of testdata/cluster: what nixery.dev would say is not known")
	}
	return here.internet != nil
}

// sitsAtComposer starts dayfly on a pod and opens the composer.
func sitsAtComposer(t *testing.T, pod string) *person {
	t.Helper()
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "running")
	p.goesOnTo("d", "↵ debug", "kubectl debug")
	p.goesOnTo("c", "› compose", "nixery.dev/shell/")
	return p
}

// checks finds a package and checks its box.
func (p *person) checks(name string) {
	p.t.Helper()
	p.types(name)
	p.sees("› "+name, "▸[ ] "+name+" ")
	p.presses("space")
	p.must(p.WaitFor(soon, name+" in the image's name", func(s terminal.Screen) bool {
		return !s.Has("› "+name) && s.Has("/"+name)
	}))
}
