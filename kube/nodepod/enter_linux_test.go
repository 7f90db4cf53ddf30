package nodepod_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// oneTree is a node with the container's first process.
func oneTree(t *testing.T) string {
	t.Helper()
	return writeTree(t, readTree(t, tree, false))
}

// subsets are all sets of namespaces.
func subsets() []nodepod.Namespaces {
	var all []nodepod.Namespaces
	for bits := range 1 << len(nodepod.All()) {
		var some nodepod.Namespaces
		for i, one := range nodepod.All() {
			if bits&(1<<i) != 0 {
				some = one.Turn(some)
			}
		}
		all = append(all, some)
	}
	return all
}

// flags are what nsenter must be given for some namespaces.
func flags(n nodepod.Namespaces) []string {
	var all []string
	for _, one := range []struct {
		on         bool
		flag, name string
	}{{n.Network, "n", "net"}, {n.Processes, "p", "pid"}, {n.IPC, "i", "ipc"}, {n.HostName, "u", "uts"}, {n.Mounts, "m", "mnt"}} {
		if one.on {
			all = append(all, "-"+one.flag+"/proc/self/fd/9/ns/"+one.name)
		}
	}
	return all
}

// before are the arguments of a call up to the first "--".
func (c call) before() []string { return c[1:max(1, slices.Index(c, "--"))] }

// Each set of namespaces is joined, and no other; /proc is mounted where the processes are, and the mounts are one's own unless they are joined.
func TestJoinsNamespaces(t *testing.T) {
	proc := oneTree(t)
	arguments := call{"show", "a  b", "it's", `"q"`, "", "$HOME", "*", "l1\nl2", "--", "-n"}
	for _, some := range subsets() {
		perShell(t, "joins "+strings.Join(some.List(), " "), func(t *testing.T, s shell) {
			g := newStage(t, s)
			o := g.run(nodepod.Joining{ContainerID: targetID, Namespaces: some}, proc, arguments...)
			if o.code != 0 || o.stderr != "" {
				t.Fatalf("it ends with %d and says %q", o.code, o.stderr)
			}
			if diff := cmp.Diff(arguments, o.command()); diff != "" {
				t.Errorf("the command (- want, + got):\n%s", diff)
			}
			var entered, own, mounted []call
			if want := flags(some); len(want) > 0 {
				entered = []call{slices.Concat(call{"nsenter"}, want)}
				if !some.Mounts {
					own = []call{{"unshare", "-m"}}
				}
			}
			if some.Processes && !some.Mounts {
				mounted = []call{{"mount", "-t", "proc", "proc", "/proc"}}
			}
			if diff := cmp.Diff(slices.Concat(entered, own, mounted), slices.Concat(o.heads("nsenter"), o.heads("unshare"), o.of("mount"))); diff != "" {
				t.Errorf("calls (- want, + got):\n%s", diff)
			}
			number := "2100"
			if some.Processes {
				number = "1"
			}
			root := "/proc/" + number + "/root"
			if some.Mounts {
				if root = "/"; !some.Processes { // whose /proc does not have the node's numbers
					number = "unset"
				}
			}
			if o.variable["TARGET_PID"] != number || o.variable["TARGET_ROOT"] != root {
				t.Errorf("the command knows %v", o.variable)
			}
			if open := g.read("left open"); open != "" && !some.Mounts {
				t.Errorf("the command has %s open", open)
			}
			if len(o.of("setsid")) > 0 {
				t.Error("a session of its own, without a terminal")
			}
		})
	}
}

// heads are the calls of a program up to the first "--".
func (o outcome) heads(program string) []call {
	var all []call
	for _, c := range o.of(program) {
		all = append(all, append(call{program}, c.before()...))
	}
	return all
}

// A user is taken last, in the namespaces: whoever is no root could not join them.
func TestJoinsAsUser(t *testing.T) {
	proc := oneTree(t)
	as := []string{"-S1000", "-G2000"}
	for name, test := range map[string]struct {
		some nodepod.Namespaces
		want []call
	}{
		"usual":       {nodepod.Usual(), []call{slices.Concat(call{"nsenter"}, flags(nodepod.Usual())), append(call{"nsenter"}, as...)}},
		"with mounts": {nodepod.Namespaces{Network: true, Mounts: true}, []call{slices.Concat(call{"nsenter"}, flags(nodepod.Namespaces{Network: true, Mounts: true}), as)}},
		"no join":     {nodepod.Namespaces{}, []call{append(call{"nsenter"}, as...)}},
	} {
		perShell(t, name, func(t *testing.T, s shell) {
			j := nodepod.Joining{ContainerID: targetID, Namespaces: test.some, UID: new(int64(1000)), GID: new(int64(2000))}
			o := newStage(t, s).run(j, proc, "show", "x y")
			if diff := cmp.Diff(test.want, o.heads("nsenter")); diff != "" || o.code != 0 {
				t.Errorf("it ends with %d %s; calls (- want, + got):\n%s", o.code, o.stderr, diff)
			}
			if diff := cmp.Diff(call{"show", "x y"}, o.command()); diff != "" {
				t.Errorf("the command (- want, + got):\n%s", diff)
			}
			if last := o.calls[len(o.calls)-1]; test.some.Processes && o.calls[len(o.calls)-2][0] != "nsenter" {
				t.Errorf("before %q comes %q", last, o.calls[len(o.calls)-2])
			}
		})
	}
}

// Whoever runs as the container does has the user and the group of its first process; where they are not told it is nobody's.
func TestJoinsAsTarget(t *testing.T) {
	perShell(t, "target", func(t *testing.T, s shell) {
		proc := writeTree(t, readTree(t, tree+"2110 2000 5000 2110,9 /kubepods/podUID/ID # of another user\n", false))
		j := nodepod.Joining{ContainerID: targetID, Namespaces: nodepod.Usual(), UID: new(int64(1000)), AsTarget: true}
		o := newStage(t, s).run(j, proc, "show")
		want := []call{slices.Concat(call{"nsenter"}, flags(nodepod.Usual())), {"nsenter", "-S72100", "-G82100"}}
		if diff := cmp.Diff(want, o.heads("nsenter")); diff != "" || o.command() == nil {
			t.Errorf("it ends with %d %s; calls (- want, + got):\n%s", o.code, o.stderr, diff)
		}
		if err := os.Remove(filepath.Join(proc, "2100", "status")); err != nil {
			t.Fatal(err)
		}
		if o := newStage(t, s).run(j, proc, "show"); o.code != refusal || o.command() != nil || !strings.HasPrefix(o.stderr, "dayfly: whom the container runs as is not known") {
			t.Errorf("without a status it ends with %d, calls %q and says %q", o.code, o.calls, o.stderr)
		}
	})
}

// An image without what it takes is told, before anything is joined.
func TestLacksProgram(t *testing.T) {
	proc := oneTree(t)
	for _, missing := range []string{"nsenter", "unshare", "mount", "setsid"} {
		perShell(t, missing, func(t *testing.T, s shell) {
			o := newStage(t, s, missing).run(usual(), proc, "show")
			want := "dayfly: this image has no " + missing + ": choose one that has it, such as busybox\n"
			if o.code != refusal || o.stderr != want || len(o.calls) > 0 {
				t.Errorf("it ends with %d, calls %q and says %q", o.code, o.calls, o.stderr)
			}
			j := nodepod.Joining{ContainerID: targetID}
			if o := newStage(t, s, missing).run(j, proc, "show"); o.code != 0 || o.command() == nil {
				t.Errorf("where nothing is joined it ends with %d and says %q", o.code, o.stderr)
			}
			j.UID = new(int64(7))
			if o := newStage(t, s, missing).run(j, proc, "show"); (o.code == refusal) != (missing == "nsenter") || o.code == refusal && o.stderr != want {
				t.Errorf("where only a user is taken it ends with %d and says %q", o.code, o.stderr)
			}
		})
	}
}

// What cannot be mounted ends it: ps would show the wrong processes.
func TestProcNotMounted(t *testing.T) {
	proc := oneTree(t)
	perShell(t, "mount", func(t *testing.T, s shell) {
		g := newStage(t, s)
		g.env = []string{"MOUNT=32"}
		o := g.run(usual(), proc, "show")
		if o.code != refusal || o.stderr != "dayfly: the processes cannot be shown: /proc cannot be mounted\n" || o.command() != nil {
			t.Errorf("it ends with %d and says %q", o.code, o.stderr)
		}
	})
}

// The command's own exit code is the script's.
func TestExitCode(t *testing.T) {
	proc := oneTree(t)
	perShell(t, "exit", func(t *testing.T, s shell) {
		if o := newStage(t, s).run(usual(), proc, "sh", "-c", "exit 3"); o.code != 3 {
			t.Errorf("it ends with %d", o.code)
		}
	})
}

// On a terminal the command gets it to itself; of the container's files only where these have setsid.
func TestTerminal(t *testing.T) {
	withMounts := nodepod.Namespaces{Processes: true, Mounts: true}
	for name, test := range map[string]struct {
		some nodepod.Namespaces
		has  bool // whether the container has setsid
		want int
	}{
		"usual":                   {nodepod.Usual(), false, 1},
		"without processes":       {nodepod.Namespaces{Network: true}, false, 0},
		"with mounts":             {withMounts, false, 0},
		"with mounts, and setsid": {withMounts, true, 1},
		"with mounts, not all":    {nodepod.Namespaces{Mounts: true}, true, 0},
	} {
		perShell(t, name, func(t *testing.T, s shell) {
			g, proc := newStage(t, s), oneTree(t)
			if test.has { // as of busybox, of which the node has none
				path := filepath.Join(proc, "2100", "root", "usr", "bin", g.name("setsid"))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink("/nowhere/busybox", path); err != nil {
					t.Fatal(err)
				}
			}
			words := g.words(nodepod.Joining{ContainerID: targetID, Namespaces: test.some}, proc, "show", "a b")
			cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
			master, terminal, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			defer terminal.Close()
			cmd.Stdin = terminal
			o := g.outcome(cmd)
			sessions := o.of("setsid")
			if len(sessions) != test.want || o.code != 0 || cmp.Diff(call{"show", "a b"}, o.command()) != "" {
				t.Errorf("it ends with %d %s, calls %q", o.code, o.stderr, o.calls)
			}
			if len(sessions) > 0 && sessions[0][1] != "-c" {
				t.Errorf("it does not take the terminal: %q", sessions[0])
			}
		})
	}
}

// The names that the container knows come with its network, and only with that.
func TestNames(t *testing.T) {
	for _, some := range []nodepod.Namespaces{{}, {Network: true}, nodepod.Usual(), {IPC: true, HostName: true, Processes: true}, {Network: true, Mounts: true}} {
		perShell(t, fmt.Sprint(some.List()), func(t *testing.T, s shell) {
			proc := oneTree(t)
			etc := filepath.Join(proc, "2100", "root", "etc")
			if err := os.MkdirAll(etc, 0o700); err != nil {
				t.Fatal(err)
			}
			const text = "  # a comment\nnameserver 10.96.0.10\nsearch a\\b c\n\noptions ndots:5"
			write(t, filepath.Join(etc, "resolv.conf"), text)
			g := newStage(t, s)
			g.run(nodepod.Joining{ContainerID: targetID, Namespaces: some}, proc, "show")
			want := ""
			if some.Network && !some.Mounts {
				want = "# a comment\nnameserver 10.96.0.10\nsearch a\\b c\n\noptions ndots:5\n"
			}
			if got := g.read("resolv.conf"); got != want {
				t.Errorf("the names are %q", got)
			}
			if got := g.read("hosts"); got != "" {
				t.Errorf("hosts it does not have are %q", got)
			}
		})
	}
}
