package background

import "syscall"

// attributes put a program into a session of its own, which has no terminal, and end it when its supervisor is killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}
