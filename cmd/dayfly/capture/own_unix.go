//go:build unix

package capture

import (
	"os/exec"
	"syscall"
)

// own keeps a program from the interrupt that a person types to end the capture: it is to take the rest.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill ends it, and what it has started.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
