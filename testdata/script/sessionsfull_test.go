package script

import (
	"strconv"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// otherShells are tools with other shells than busybox's, which is ash.
func otherShells() map[string]string {
	return map[string]string{
		"bashes.yaml": "name: bashes\npurpose: bash\nimage: nicolaka/netshoot:latest\ncommand: [bash]\n",
		"dashes.yaml": "name: dashes\npurpose: dash\nimage: registry.example/demo/dash:1\ncommand: [dash]\n",
		"zshes.yaml":  "name: zshes\npurpose: zsh\nimage: registry.example/demo/desk:1\ncommand: [zsh, -f]\n",
	}
}

// fullScreen is a program that has the whole screen.
type fullScreen struct {
	name, command string
	is            func(terminal.Screen) bool // its screen, whole and once
}

// shell is one that a tool is, and the programs that are tried in it.
type shell struct {
	name, tool, prompt, editor string
	watch                      []fullScreen
}

func shells() []shell {
	top := []fullScreen{{"top", "top -d 1", isTop}}
	others := []fullScreen{{"htop", "htop -d 10", isHtop}, {"less", "seq 200 >/tmp/y; less +50g /tmp/y", isLess}}
	all := []shell{{"ash", "busybox", "/ #", "vi", top}, {"bash", "bashes", "#", "vi", top}}
	if here.internet != nil { // their images are nowhere else
		all = append(all, shell{"dash", "dashes", "#", "vi", top}, shell{"zsh", "zshes", "#", "vim", others})
	}
	return all
}

// A program that has the whole screen has it again, as it was, when one comes back: from the interface alone, and from another session.
func TestFullScreenProgramsComeBackRight(t *testing.T) {
	for _, shell := range shells() {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			p := sitDown(t, otherShells(), webPod(t, "full-"+shell.name))
			p.sees("CONTAINER", "running")
			from := p.Written()
			p.takes(shell.tool)
			p.getsPrompt(from, shell.prompt)
			p.editsAndComesBack(shell.editor, shell.prompt)
			for _, program := range shell.watch {
				p.watchesAndComesBack(program, shell.prompt)
			}
			p.detaches()
			p.sees("◉ detached", "a attach")
			p.presses("a")
			p.getsShellOf(shell.prompt)
			p.types("exit 4\r")
			p.getsCard("✗ exit 4")
			p.leaves()
		})
	}
}

// getsPrompt waits for a shell that begins. One without line editing, like dash, does not print its prompt again for who has come a moment too
// late to see it, but for Enter.
func (p *person) getsPrompt(from int, prompt string) {
	p.t.Helper()
	_, err := p.WaitBytes(start, from, "detaches")
	p.must(err)
	p.presses("enter")
	p.getsShellOf(prompt)
}

// isVi is a screen of vi, whichever it is, with the last two lines of a file of three.
func isVi(s terminal.Screen) bool {
	return s.Alt && s.Lines[0] == "two" && s.Lines[1] == "three" && s.Lines[2] == "~" && s.X == 0 && s.Y == 0
}

func (p *person) editsAndComesBack(editor, prompt string) {
	p.t.Helper()
	p.types(`printf 'one\ntwo\nthree\n' >/tmp/x; ` + editor + " /tmp/x\r")
	p.must(p.WaitFor(soon, editor, func(s terminal.Screen) bool { return s.Alt && s.Lines[0] == "one" && s.Lines[3] == "~" }))
	p.types("dd")
	p.must(p.WaitFor(soon, "vi without the first line", isVi))
	p.detaches()
	p.sees("◉ detached", "a attach")
	p.presses("a")
	p.must(p.WaitFor(soon, "vi as it was", isVi))
	p.detaches()
	p.sees("◉ detached", "r run again")
	from := p.Written()
	p.presses("r")
	p.getsPrompt(from, prompt)
	p.asks(`i=0; while [ $i -lt 100 ]; do echo "of another session"; i=$((i+1)); done`)
	p.detaches()
	p.sees("◉ detached")
	p.presses("]")
	p.must(p.WaitFor(soon, "vi as it was, behind another session", func(s terminal.Screen) bool { return isVi(s) && !s.Has("another") }))
	p.types("ione and a half ")
	p.must(p.WaitFor(soon, "what was typed", func(s terminal.Screen) bool { return s.Lines[0] == "one and a half two" }))
	p.presses("esc") // with the next key it would be another one
	p.must(p.WaitFor(soon, "the end of typing", func(s terminal.Screen) bool { return s.Has("- /tmp/x") || editor == "vim" && !s.Has("INSERT") }))
	p.types(":wq\r")
	p.getsShellOf(prompt)
	if out := p.asks("cat /tmp/x"); !strings.Contains(out, "one and a half two\nthree\n") {
		p.t.Errorf("the file is %q", out)
	}
	p.presses("enter")
	p.getsShellOf(prompt)
}

// count is how many lines have a text.
func count(s terminal.Screen, text string) int {
	n := 0
	for _, line := range s.Lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func isTop(s terminal.Screen) bool {
	return strings.HasPrefix(s.Lines[0], "Mem:") && count(s, "PID  PPID") == 1 && count(s, "top -d 1") > 0
}

func isHtop(s terminal.Screen) bool {
	last := s.Lines[len(s.Lines)-1]
	return s.Alt && strings.HasPrefix(last, "F1Help") && strings.Contains(last, "F10Quit") && count(s, "F1Help") == 1 &&
		count(s, "PID USER") == 1 && count(s, "Load average:") == 1 && count(s, "htop -d 10") == 1
}

// isLess is a screen of less with the lines from 50 of a file that has them numbered.
func isLess(s terminal.Screen) bool {
	for i, line := range s.Lines[:len(s.Lines)-1] {
		if line != strconv.Itoa(50+i) {
			return false
		}
	}
	last := s.Lines[len(s.Lines)-1] // the file's name until something is drawn anew
	return s.Alt && (last == ":" || last == "/tmp/y")
}

func (p *person) watchesAndComesBack(program fullScreen, prompt string) {
	p.t.Helper()
	p.types(program.command + "\r")
	p.must(p.WaitFor(soon, program.name, program.is))
	p.detaches()
	p.sees("◉ detached", "a attach")
	p.presses("a")
	p.must(p.WaitFor(soon, program.name+" as it was", program.is))
	p.types("q")
	p.getsShellOf(prompt)
	if out := p.asks("echo here"); !strings.Contains(out, "here\n") {
		p.t.Errorf("behind %s the shell says %q", program.name, out)
	}
	p.presses("enter")
	p.getsShellOf(prompt)
}
