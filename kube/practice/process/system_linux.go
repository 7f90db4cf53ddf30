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

// orphansCome: what loses its parent becomes a child of the subreaper above it.
const orphansCome = true

// childrenOf tells the children of a process: as the kernel lists them where it does, since to read all processes for each that ends takes long where there
// are many. A list may lack some while one of them ends; each death has us look again.
func childrenOf() func(pid int) []int {
	if _, err := os.Stat("/proc/thread-self/children"); err != nil {
		return among(parents())
	}
	return listedChildren
}

func listedChildren(pid int) []int {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, _ := os.ReadDir(tasks)
	var children []int
	for _, thread := range threads {
		list, _ := os.ReadFile(tasks + thread.Name() + "/children")
		for _, field := range bytes.Fields(list) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
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
