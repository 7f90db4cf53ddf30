package main

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestParseCgroupRoots(t *testing.T) {
	for name, test := range map[string]struct {
		mountinfo string
		want      []string
	}{
		"version 2": {"30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n", []string{"/sys/fs/cgroup"}},
		"hybrid": {`31 24 0:27 / /sys/fs/cgroup ro shared:9 - tmpfs tmpfs ro,mode=755
32 31 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
33 31 0:29 / /sys/fs/cgroup/memory rw shared:2 master:1 - cgroup cgroup rw,memory
`, []string{"/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory"}},
		"none": {"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n", nil},
	} {
		if got := parseCgroupRoots(test.mountinfo); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The version that binaries are told must be the one that they are built from.
func TestKubernetesVersionIsThatOfTheModule(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\tk8s.io/kubernetes "+kubernetesVersion) {
		t.Errorf("go.mod does not require k8s.io/kubernetes %s", kubernetesVersion)
	}
	staging := "v0" + strings.TrimPrefix(kubernetesVersion, "v1")
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "=>") && !strings.HasSuffix(strings.TrimSpace(line), " "+staging) {
			t.Errorf("%s: not %s", strings.TrimSpace(line), staging)
		}
	}
	for _, name := range kubernetesBinaries() {
		if !strings.Contains(string(text), "\tk8s.io/kubernetes/cmd/"+name+"\n") {
			t.Errorf("%s is not a tool of go.mod", name)
		}
	}
	if flags := linkFlags(); flags != linkFlags() || !strings.Contains(flags, "gitMinor=34") {
		t.Errorf("link flags are %s", flags)
	}
}

// freePlace is a place whose port is taken by the test: ports follow from the folder, and one may be somebody else's.
func freePlace(t *testing.T) (Place, net.Listener) {
	t.Helper()
	const tries = 20
	var err error
	for range tries {
		p := NewPlace(t.TempDir())
		var listener net.Listener
		if listener, err = net.Listen("tcp", strings.TrimPrefix(p.APIURL(), "https://")); err == nil {
			return p, listener
		}
	}
	t.Fatalf("no port of %d folders is free: %v", tries, err)
	return Place{}, nil
}

func TestTakenPortIsExplained(t *testing.T) {
	p, listener := freePlace(t)
	defer listener.Close()
	err := p.checkNetwork()
	if err == nil {
		t.Fatal("a taken port is not noticed")
	}
	for _, want := range []string{nameAPIServer, "process", envDir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestMissingPackages(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	packages := []debianPackage{
		{name: "there", file: self}, {name: "absent", file: "/no/such/file"}, {name: "absent", file: "/no/such/other"},
		{name: "extra", file: "/no/such/third", optional: true},
	}
	if got := missing(packages, false); !slices.Equal(got, []string{"absent"}) {
		t.Errorf("missing: %v", got)
	}
	if got := missing(packages, true); !slices.Equal(got, []string{"extra"}) {
		t.Errorf("missing and optional: %v", got)
	}
}

func TestComponentThatDiesIsShownWithItsLog(t *testing.T) {
	p := NewPlace(t.TempDir())
	for _, dir := range []string{"log", "pid"} {
		if err := os.MkdirAll(p.Run(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r, err := p.start(Component{Name: "victim", Path: "sh", Args: []string{"-c", "seq 1 30; echo the reason; exit 1"}})
	if err != nil {
		t.Fatal(err)
	}
	err = r.await(t.Context(), "victim ready", func(ctx context.Context) error { return errGone })
	if err == nil || !strings.Contains(err.Error(), "the reason") || strings.Contains(err.Error(), "\n    5\n") {
		t.Errorf("the end of the log is not in: %v", err)
	}
}
