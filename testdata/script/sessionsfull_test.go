package script

import (
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// otherShells are tools with other shells than busybox's, which is ash.
func otherShells() map[string]string {
	return map[string]string{
		"bashes.yaml": "name: bashes\npurpose: bash\nimage: nicolaka/netshoot:latest\ncommand: [bash]\n",
		"dashes.yaml": "name: dashes\npurpose: dash\nimage: registry.example/demo/dash:1\ncommand: [dash]\n",
	}
}

// A program that has the whole screen has it again, as it was, when one comes back: from the interface alone, and from another session.
func TestFullScreenProgramsComeBackRight(t *testing.T) {
	shells := []struct{ name, tool, prompt string }{{"ash", "busybox", "/ #"}, {"bash", "bashes", "#"}}
	if here.internet != nil { // its image is nowhere else
		shells = append(shells, struct{ name, tool, prompt string }{"dash", "dashes", "#"})
	}
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			p := sitDown(t, otherShells(), webPod(t, "full-"+shell.name))
			p.sees("CONTAINER", "running")
			from := p.Written()
			p.takes(shell.tool)
			p.getsPrompt(from, shell.prompt)
			p.editsAndComesBack(shell.prompt)
			p.watchesAndComesBack(shell.prompt)
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

// isVi is a screen of vi with the last two lines of a file of three.
func isVi(s terminal.Screen) bool {
	return s.Alt && s.Lines[0] == "two" && s.Lines[1] == "three" && s.Lines[2] == "~" && s.X == 0 && s.Y == 0
}

func (p *person) editsAndComesBack(prompt string) {
	p.t.Helper()
	p.types(`printf 'one\ntwo\nthree\n' >/tmp/x; vi /tmp/x` + "\r")
	p.must(p.WaitFor(soon, "vi", func(s terminal.Screen) bool { return s.Alt && s.Lines[0] == "one" && s.Lines[3] == "~" }))
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
	p.sees("- /tmp/x")
	p.types(":wq\r")
	p.getsShellOf(prompt)
	if out := p.asks("cat /tmp/x"); !strings.Contains(out, "one and a half two\nthree\n") {
		p.t.Errorf("the file is %q", out)
	}
	p.presses("enter")
	p.getsShellOf(prompt)
}

// isTop is a screen of top, whole and once.
func isTop(s terminal.Screen) bool {
	heads := 0
	for _, line := range s.Lines {
		if strings.Contains(line, "PID  PPID") {
			heads++
		}
	}
	return strings.HasPrefix(s.Lines[0], "Mem:") && heads == 1 && slices.ContainsFunc(s.Lines, func(line string) bool { return strings.Contains(line, "top -d 1") })
}

func (p *person) watchesAndComesBack(prompt string) {
	p.t.Helper()
	p.types("top -d 1\r")
	p.must(p.WaitFor(soon, "top", isTop))
	p.detaches()
	p.sees("◉ detached", "a attach")
	p.presses("a")
	p.must(p.WaitFor(soon, "top as it was", isTop))
	p.types("q")
	p.getsShellOf(prompt)
	if out := p.asks("echo here"); !strings.Contains(out, "here\n") {
		p.t.Errorf("behind top the shell says %q", out)
	}
	p.presses("enter")
	p.getsShellOf(prompt)
}
