package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is the program of this process.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// subreaper does nothing: macOS has no such thing.
func subreaper(string) {}

// isolations are none: macOS has no namespaces.
func isolations() []*syscall.SysProcAttr { return nil }

func isolate() error { return ErrUnsupported }

func (l *launch) enter(*syscall.SysProcAttr) error { return ErrUnsupported }

// startApart starts the process.
func (l *launch) startApart() (int, error) { return l.start() }

// firstProcess is how a container is started: in a session of its own.
func firstProcess(tty bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Setctty: tty}
}

// orphansCome: what loses its parent becomes a child of the first process of the machine.
const orphansCome = false

// childrenOf tells the children of a process.
func childrenOf() func(pid int) []int { return among(parents()) }

// parents tells the parent of each process of this machine. One that has lost its parent is still below the leader of its
// process group.
func parents() map[int]int {
	all := map[int]int{}
	processes, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return all
	}
	for i := range processes {
		pid, parent := int(processes[i].Proc.P_pid), int(processes[i].Eproc.Ppid)
		if group := int(processes[i].Eproc.Pgid); parent == 1 && group != pid {
			parent = group
		}
		all[pid] = parent
	}
	return all
}
