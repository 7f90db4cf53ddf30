//go:build unix

package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// onScreen is what dayfly shows of the cluster of [home].
const onScreen = "nothing answers at http://127.0.0.1:1"

// atShells does the same at every shell with job control that is here. The first is the one that puts the modes of the terminal
// in order behind its jobs; the others do not.
func atShells(t *testing.T, do func(p *person)) {
	t.Helper()
	for name, shell := range map[string][]string{"bash": {"bash", "--norc", "-i"}, "sh": {"/bin/sh", "-i"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := home(t)
			p := sitDownAt(t, folder, shell[0], shell[1:]...)
			p.isAtTheShell()
			do(p)
			p.isAtTheShell()
			p.types("exit\r")
			p.ends()
		})
	}
}

// isAtTheShell waits for its prompt.
func (p *person) isAtTheShell() {
	p.t.Helper()
	p.must(p.WaitFor(patience, "the shell's prompt", func(s terminal.Screen) bool { return !s.Alt && s.At(shellPrompt) }))
}

// starts runs dayfly in the foreground of the shell, and returns its process.
func (p *person) starts() (pid int) {
	p.t.Helper()
	file := filepath.Join(p.folder, "pid")
	p.types(`sh -c 'echo $$ >` + file + `; exec $DAYFLY'` + "\r")
	p.sees(onScreen)
	pid, err := strconv.Atoi(p.reads("pid"))
	p.must(err)
	return pid
}

func TestSuspendAndGoOn(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		modes := p.runs("stty -g")
		p.starts()
		for range 3 {
			p.presses("ctrl+z")
			p.isAtTheShell()
			if now := p.runs("stty -g"); now != modes {
				p.t.Errorf("stopped, the modes are %s, were %s", now, modes)
			}
			p.types("fg\r")
			p.sees(onScreen)
		}
		p.presses("q")
		p.isAtTheShell()
		if code := p.runs("echo code $?"); code != "code 0" {
			p.t.Errorf("it ends with %q", code)
		}
		if now := p.runs("stty -g"); now != modes {
			p.t.Errorf("behind it the modes are %s, were %s", now, modes)
		}
	})
}

// TestSuspendWhileTyping, for Ctrl-Z is no text, and what is typed behind it is the shell's.
func TestSuspendWhileTyping(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		p.starts()
		p.types("/ab\x1a")
		p.isAtTheShell()
		p.types("fg\r")
		p.sees("/ ab")
		p.types("c")
		p.sees("/ abc")
		p.presses("ctrl+c")
		p.isAtTheShell()
	})
}

func TestGoesOnAtThePresentSize(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		p.starts()
		p.presses("ctrl+z")
		p.isAtTheShell()
		p.must(p.Resize(70, 20))
		p.types("fg\r")
		p.fills(20)
		p.must(p.Resize(100, 30)) // as it was before the stop
		p.fills(30)
		p.presses("q")
		p.isAtTheShell()
	})
}

// fills waits until the interface has all of so many rows.
func (p *person) fills(rows int) {
	p.t.Helper()
	p.must(p.WaitFor(patience, "a footer in the last row of "+strconv.Itoa(rows), func(s terminal.Screen) bool {
		return s.Alt && len(s.Lines) == rows && strings.HasSuffix(s.Lines[rows-1], "q quit")
	}))
}

// TestResizedThereAndBack: what a smaller terminal has cut off is drawn again, though the frame is the one before.
func TestResizedThereAndBack(t *testing.T) {
	t.Parallel()
	p := sitDown(t)
	p.sees(onScreen)
	p.fills(30)
	for range 20 {
		p.must(p.Resize(50, 9))
		p.must(p.Resize(100, 30))
		p.fills(30)
		p.sees(onScreen)
	}
	p.presses("q")
	p.ends()
}

func TestStoppedFromOutside(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		pid := p.starts()
		p.types("/still")
		p.sees("/ still") // and so the terminal's answers are read that came before: they are not for the shell
		p.must(syscall.Kill(pid, syscall.SIGTSTP))
		p.isAtTheShell()
		p.types("fg\r")
		p.sees(onScreen)
		// The one that cannot be noticed: the shell's words are on the interface's screen until it goes on.
		from := p.Written()
		p.must(syscall.Kill(pid, syscall.SIGSTOP))
		_, err := p.WaitBytes(patience, from, shellPrompt) // in the middle of a frame, perhaps: it need not be seen
		p.must(err)
		p.must(p.Resize(90, 25)) // of which the stopped process is told nothing
		p.types("fg\n")          // the modes are the interface's too, and not every shell sets its own
		p.must(p.WaitFor(patience, "a clean screen", func(s terminal.Screen) bool { return s.Alt && s.Has(onScreen) && !s.Has("tester$") }))
		p.must(p.WaitFor(patience, "the typed line in the last row but one of 25", func(s terminal.Screen) bool {
			return len(s.Lines) == 25 && strings.Contains(s.Lines[23], "/ still")
		}))
		p.must(syscall.Kill(pid, syscall.SIGCONT)) // which is no news
		p.types(" here")
		p.sees("/ still here")
		p.presses("ctrl+c")
		p.isAtTheShell()
	})
}

// TestInTheBackgroundItWaits: it can do nothing without its terminal. It can be ended there.
func TestInTheBackgroundItWaits(t *testing.T) {
	t.Parallel()
	atShells(t, func(p *person) {
		modes := p.runs("stty -g")
		p.starts()
		p.presses("ctrl+z")
		p.isAtTheShell()
		if again := p.runs("bg; wait %1; echo code $?"); !strings.Contains(again, "code 148") {
			p.t.Errorf("in the background it does not stop again: %q", again)
		}
		p.types("fg\r")
		p.sees(onScreen)
		p.presses("ctrl+z")
		p.isAtTheShell()
		if code := p.runs("kill -TERM %1; kill -CONT %1; until wait %1; code=$?; test $code != 148; do :; done; echo code $code"); !strings.Contains(code, "code 143") {
			p.t.Errorf("killed while it is stopped, it ends with %q", code)
		}
		if now := p.runs("stty -g"); now != modes {
			p.t.Errorf("behind it the modes are %s, were %s", now, modes)
		}
	})
}

// TestNobodyToComeBackTo: without a shell with job control the stop would be for ever, and the system refuses it.
func TestNobodyToComeBackTo(t *testing.T) {
	t.Parallel()
	p := sitDown(t)
	p.sees(onScreen)
	p.presses("ctrl+z")
	p.sees("cannot suspend: no shell with job control", onScreen)
	p.presses("q")
	p.ends()
}
