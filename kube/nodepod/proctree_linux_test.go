package nodepod_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The names in recorded trees, and what they stand for.
const (
	targetID  = "5f0c2f9c1d3b4a5968778695a4b3c2d1e0f0112233445566778899aabbccddee"
	otherID   = "aa0c2f9c1d3b4a5968778695a4b3c2d1e0f0112233445566778899aabbccddaa"
	targetUID = "3f1d2c4b-5a69-4788-9c0d-112233445566"
)

// proc is a process of a recorded tree.
type proc struct {
	pid, parent, start, numbers string // numbers are those of NSpid, with commas between
	cgroup                      string // the text of the file
	net                         string // which network: processes of one have the same
}

// readTree reads a tree of lines "PID PARENT START NSPID CGROUP [NETWORK]" and comments. In cgroups ID is the container that is looked for, OTHER
// another, UID its pod's and UID_ the same with underscores. For cgroup v1 the path is that in all hierarchies.
func readTree(t *testing.T, text string, v1 bool) []proc {
	t.Helper()
	names := strings.NewReplacer("OTHER", otherID, "UID_", strings.ReplaceAll(targetUID, "-", "_"), "UID", targetUID, "ID", targetID)
	var all []proc
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) < 5 {
			t.Fatalf("a process has too few fields: %q", line)
		}
		p := proc{pid: fields[0], parent: fields[1], start: fields[2], numbers: fields[3], net: "node"}
		if len(fields) > 5 {
			p.net = fields[5]
		}
		path := names.Replace(fields[4])
		p.cgroup = "0::" + path + "\n"
		if v1 {
			p.cgroup = ""
			for i, controllers := range []string{"freezer", "memory", "cpu,cpuacct", "pids", "name=systemd"} {
				p.cgroup += fmt.Sprintf("%d:%s:%s\n", 12-i, controllers, path)
			}
		}
		all = append(all, p)
	}
	return all
}

// writeTree makes a proc file system of processes, and returns its folder.
func writeTree(t *testing.T, all []proc) string {
	t.Helper()
	root := t.TempDir()
	networks := filepath.Join(t.TempDir(), "net-")
	write(t, filepath.Join(root, "uptime"), "1 1\n")
	for _, p := range all {
		p.write(t, root)
		net := networks + p.net
		if _, err := os.Stat(net); err != nil {
			write(t, net, "")
		}
		if err := os.Link(net, filepath.Join(root, p.pid, "ns", "net")); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func (p proc) write(t *testing.T, root string) {
	t.Helper()
	folder := filepath.Join(root, p.pid)
	if err := os.MkdirAll(filepath.Join(folder, "ns"), 0o700); err != nil {
		t.Fatal(err)
	}
	numbers := strings.Split(p.numbers, ",")
	write(t, filepath.Join(folder, "cgroup"), p.cgroup)
	write(t, filepath.Join(folder, "stat"), p.stat())
	tabbed := strings.Join(numbers, "\t")
	status := "Name:\twe) ird\\n(3 4 S\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t" + p.pid + "\nNgid:\t0\nPid:\t" + p.pid + "\nPPid:\t" + p.parent +
		"\nTracerPid:\t0\nUid:\t7" + p.pid + "\t1\t1\t1\nGid:\t8" + p.pid + "\t2\t2\t2\nFDSize:\t64\nGroups:\t \nNStgid:\t" + tabbed + "\n"
	if p.numbers != "-" {
		status += "NSpid:\t" + tabbed + "\n"
	}
	write(t, filepath.Join(folder, "status"), status+"NSpgid:\t"+tabbed+"\nNSsid:\t"+tabbed+"\nVmPeak:\t    1000 kB\nThreads:\t1\n")
}

// stat is that file, of a program with a name that is hard to read: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func (p proc) stat() string {
	return p.pid + " (we) ird\n(3 4 S * ) S " + p.parent + strings.Repeat(" 7", 17) + " " + p.start + " 1000000 100 18446744073709551615" +
		strings.Repeat(" 0", 27) + "\n"
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wanted reads the first line of a recorded tree: "want PID NUMBER", or "want none".
func wanted(t *testing.T, text string) (pid, number, tree string) {
	t.Helper()
	first, rest, _ := strings.Cut(text, "\n")
	fields := strings.Fields(first)
	if len(fields) == 2 && fields[1] == "none" {
		return "", "", rest
	}
	if len(fields) != 3 || fields[0] != "want" {
		t.Fatalf("a tree begins with %q", first)
	}
	for _, n := range fields[1:] {
		if _, err := strconv.Atoi(n); err != nil {
			t.Fatal(err)
		}
	}
	return fields[1], fields[2], rest
}
