package process

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is the program of this process, even when its file has been removed meanwhile.
func self() string { return "/proc/self/exe" }

// subreaper makes this process the parent of all below it that lose theirs, and gives it a name.
func subreaper(name string) {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	_ = os.WriteFile("/proc/self/comm", []byte(name), 0) //nolint:gosec // the file is always this one
}

// firstProcess is how a container is started: in a session of its own, and not without its shim.
func firstProcess(tty bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Setctty: tty, Pdeathsig: syscall.SIGKILL}
}

// parents tells the parent of each process of this machine. One that ends meanwhile may be missing.
func parents() map[int]int {
	all := map[int]int{}
	dir, err := os.Open("/proc")
	if err != nil {
		return all
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		// pid (name) state parent …, and the name may be anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(string(fields[1])); err == nil {
			all[pid] = parent
		}
	}
	return all
}
