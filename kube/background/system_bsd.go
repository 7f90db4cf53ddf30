//go:build unix && !linux

package background

import "syscall"

// attributes put a program into a session of its own, which has no terminal.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
