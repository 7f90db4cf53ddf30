package background

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

func leaveTerminal() {}

// abandoned reports nothing: on Windows a process does not hear of the end of its parent, and the time limit ends the program.
func abandoned(int) bool { return false }

// attributes give a program a console of its own that is not shown.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}

func terminate(p *os.Process) { _ = p.Kill() }

func kill(p *os.Process) { _ = p.Kill() }

func signalOf(*os.ProcessState) int { return 0 }
