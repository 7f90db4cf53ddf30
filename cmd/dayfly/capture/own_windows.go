package capture

import (
	"os/exec"
	"syscall"
)

// own keeps a program from the interrupt that a person types to end the capture: it is to take the rest.
func own(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// kill ends it.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
