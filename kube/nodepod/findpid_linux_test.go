package nodepod_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/tools/txtar"

	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

const (
	noProcess  = "dayfly: no process of the container runs on this node: it has ended, or the node does not show which processes are its own\n"
	endedMean  = "dayfly: the container ended while it was joined: try again\n"
	refusal    = 125
	tree       = "1 0 1 1 /init.scope\n2100 2000 1000 2100,1 /kubepods/podUID/ID\n"
	sandboxPod = "pod" + targetUID
)

func usual() nodepod.Joining {
	return nodepod.Joining{ContainerID: targetID, Namespaces: nodepod.Usual()}
}

// perShell runs a test in every shell that there is.
func perShell(t *testing.T, name string, test func(*testing.T, shell)) {
	t.Helper()
	for which, s := range shells(t) {
		t.Run(name+"/"+which, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

// The container's first process is found in the trees of all runtimes, with the number that it has in its own namespace.
func TestFindsProcess(t *testing.T) {
	trees, err := txtar.ParseFile(filepath.Join("testdata", "trees.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(trees.Files) < 12 {
		t.Fatalf("only %d trees", len(trees.Files))
	}
	for _, file := range trees.Files {
		pid, number, text := wanted(t, string(file.Data))
		proc := writeTree(t, readTree(t, text, strings.HasSuffix(file.Name, "v1")))
		for _, without := range []string{"nothing", "grep"} {
			perShell(t, file.Name+"/without "+without, func(t *testing.T, s shell) {
				found(t, newStage(t, s, without).run(usual(), proc, "show"), pid, number)
			})
		}
	}
}

// found wants a process to have been joined; pid "": none, with the reason.
func found(t *testing.T, o outcome, pid, number string) {
	t.Helper()
	if pid == "" {
		if o.code != refusal || o.stderr != noProcess || len(o.calls) > 0 {
			t.Errorf("it ends with %d, calls %q and says %q", o.code, o.calls, o.stderr)
		}
		return
	}
	root := "/proc/" + number + "/root"
	if o.pid != pid || o.variable["TARGET_PID"] != number || o.variable["TARGET_ROOT"] != root || o.code != 0 || o.stderr != "" {
		t.Errorf("it joins %q with %v, ends with %d and says %q: want %s, number %s", o.pid, o.variable, o.code, o.stderr, pid, number)
	}
}

// A pod with a kernel of its own is its oldest process that is not in the node's network, in whatever way its cgroup is spelt.
func TestFindsSandbox(t *testing.T) {
	const (
		kata = `
1    0    1    1      /init.scope
600  1    400  600    /kubepods.slice/kubepods-podUID_.slice/cri-containerd-OTHER.scope # the shim, which is in the node's network
610  600  500  610    /kubepods.slice/kubepods-podUID_.slice/kata_overhead pod
620  610  450  620    /kubepods.slice/kubepods-podOTHER.slice/x other
630  610  510  630    /kubepods.slice/kubepods-podUID_.slice/x pod`
		gvisor = `
1    0    1    1      /
700  1    400  700    /kubepods/podUID # the gofer, without a network that counts
720  700  505  720,1  /kubepods/podUID/OTHER pod
710  700  500  710,9  /kubepods/podUID/OTHER pod`
		gone = `
1    0    1    1      /
700  1    400  700    /kubepods/podUID/OTHER`
	)
	for name, test := range map[string]struct{ tree, pid string }{"Kata, systemd": {kata, "610"}, "gVisor, cgroupfs": {gvisor, "710"}, "only in the node's network": {gone, ""}} {
		proc := writeTree(t, readTree(t, test.tree, false))
		j := nodepod.Joining{ContainerID: targetID, Sandbox: targetUID, Namespaces: nodepod.Namespaces{Network: true}}
		for _, without := range []string{"nothing", "grep"} {
			perShell(t, name+"/without "+without, func(t *testing.T, s shell) {
				found(t, newStage(t, s, without).run(j, proc, "show"), test.pid, test.pid)
			})
		}
	}
}

// meddle has something done to a tree once the process in it has been found, and before it is opened: its file stat is given out only then.
func meddle(t *testing.T, proc, pid string, with func(folder string)) {
	t.Helper()
	folder := filepath.Join(proc, pid)
	stat := filepath.Join(folder, "stat")
	text, err := os.ReadFile(stat)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(stat); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(stat, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		to, err := os.OpenFile(stat, os.O_WRONLY, 0) // when it is read
		if err != nil {
			t.Error(err)
			return
		}
		defer to.Close()
		with(folder)
		if _, err := to.Write(text); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		if reader, err := os.OpenFile(stat, os.O_RDONLY|unix.O_NONBLOCK, 0); err == nil { // should nobody have read it
			defer reader.Close()
		}
		<-done
	})
}

// Numbers are used again: a process that has another's number by the time that it is opened is not joined, nor is one that has ended.
func TestProcessChanges(t *testing.T) {
	gone := func(t *testing.T) func(string) {
		return func(folder string) {
			if err := os.Rename(folder, filepath.Join(t.TempDir(), "gone")); err != nil {
				t.Error(err)
			}
		}
	}
	for name, test := range map[string]struct {
		tree   string
		meddle func(*testing.T) func(string)
		stderr string
	}{
		"another has its number": {tree, func(t *testing.T) func(string) {
			return func(folder string) {
				gone(t)(folder)
				proc{pid: "2100", parent: "1", start: "9000", numbers: "2100,1", cgroup: "0::/kubepods/podUID/" + otherID + "\n"}.write(t, filepath.Dir(folder))
			}
		}, endedMean},
		"it has another cgroup": {tree, func(t *testing.T) func(string) {
			return func(folder string) { write(t, filepath.Join(folder, "cgroup"), "0::/\n") }
		}, endedMean},
		"it has ended": {tree, gone, endedMean},
	} {
		perShell(t, name, func(t *testing.T, s shell) {
			proc := writeTree(t, readTree(t, test.tree, false))
			meddle(t, proc, "2100", test.meddle(t))
			o := newStage(t, s).run(usual(), proc, "show")
			if o.code != refusal || o.stderr != test.stderr || len(o.calls) > 0 {
				t.Errorf("it ends with %d, calls %q and says %q", o.code, o.calls, o.stderr)
			}
		})
	}
}

// What ends while it is looked at is passed over, whichever of its files has gone, or has nothing in it any more.
func TestProcessVanishes(t *testing.T) {
	const two = "1 0 1 1 /\n2090 2000 900 2090,8 /kubepods/podUID/ID\n2100 2000 1000 2100,7 /kubepods/podUID/ID\n"
	for name, test := range map[string]struct {
		files []string
		empty bool
	}{
		"all": {[]string{"cgroup", "stat", "status"}, false}, "stat": {[]string{"stat"}, false}, "stat and status": {[]string{"stat", "status"}, false},
		"cgroup": {[]string{"cgroup"}, false}, "stat is empty": {[]string{"stat"}, true}, "cgroup is empty": {[]string{"cgroup"}, true},
	} {
		perShell(t, name, func(t *testing.T, s shell) {
			proc := writeTree(t, readTree(t, two, false))
			for _, file := range test.files {
				path := filepath.Join(proc, "2090", file)
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if test.empty {
					write(t, path, "")
				}
			}
			for _, without := range []string{"nothing", "grep"} {
				found(t, newStage(t, s, without).run(usual(), proc, "show"), "2100", "7")
			}
		})
	}
}
