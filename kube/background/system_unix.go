//go:build unix

package background

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// leaveTerminal takes this process out of dayfly's session, so that no signal of the terminal reaches it.
func leaveTerminal() { _, _ = unix.Setsid() }

// abandoned reports whether dayfly is gone: nobody reads the output, or another process has become the parent.
func abandoned(parent int) bool {
	fds := []unix.PollFd{{Fd: int32(os.Stdout.Fd())}}
	if n, err := unix.Poll(fds, 0); err == nil && n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
		return true
	}
	return os.Getppid() != parent
}

// terminate asks the process group of a program to end. It is the leader of its own session and group.
func terminate(p *os.Process) { _ = unix.Kill(-p.Pid, unix.SIGTERM) }

func kill(p *os.Process) { _ = unix.Kill(-p.Pid, unix.SIGKILL) }

func signalOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return int(status.Signal())
	}
	return 0
}
