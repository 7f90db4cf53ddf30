package script

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var numbered = regexp.MustCompile(`line-(\d{3})\r?\n`)

const linesPreset = "name: lines\npurpose: prints 200 lines at once\nimage: %s\n"

// linesIn are the numbered lines between the line above a session and the screen after it.
func linesIn(session []byte) []string {
	if i := bytes.Index(session, []byte("detaches")); i >= 0 {
		session = session[i:]
	}
	if i := bytes.Index(session, []byte("\x1b[?1049h")); i >= 0 {
		session = session[:i]
	}
	var lines []string
	for _, m := range numbered.FindAllSubmatch(session, -1) {
		lines = append(lines, string(m[1]))
	}
	return lines
}

func allLines(from, to int) []string {
	var lines []string
	for i := from; i <= to; i++ {
		lines = append(lines, fmt.Sprintf("%03d", i))
	}
	return lines
}

// A program that has ended before anybody could attach has said all that there is to see.
func TestProgramThatEndsAtOnceShowsAllLinesOnce(t *testing.T) {
	t.Parallel()
	preset := `name: brief
purpose: prints 200 lines and ends
image: ` + pictures().shell + `
command: [sh, -c, "i=0; while [ $i -lt 200 ]; do i=$((i+1)); printf 'line-%03d\\n' $i; done; exit 9"]
`
	p := sitDown(t, map[string]string{"brief.yaml": preset}, webPod(t, "lines-brief"))
	p.sees("CONTAINER", "running")
	for i := range 5 {
		from := p.Written()
		if i == 0 {
			p.takes("brief")
		} else {
			p.presses("r")
		}
		_, err := p.WaitBytes(start, from, "detaches")
		p.must(err)
		p.getsCard("✗ exit 9")
		if got := linesIn(p.Output(from)); !slices.Equal(got, allLines(1, 200)) {
			t.Errorf("session %d shows %d lines: %v", i+1, len(got), got)
		}
	}
	p.leaves()
}

// opensLines starts dayfly on a new pod, with a preset for the lines.
func opensLines(t *testing.T, name string) *person {
	t.Helper()
	p := sitDown(t, map[string]string{"lines.yaml": fmt.Sprintf(linesPreset, pictures().lines)}, webPod(t, name))
	p.sees("CONTAINER", "running")
	return p
}

// Fifty times a program prints 200 lines before anybody can be attached: each line is shown once, and in its place.
func TestFiftyOfFiftySessionsShowAllLinesOnce(t *testing.T) {
	const pods, sessions = 5, 10
	for pod := range pods {
		name := fmt.Sprintf("lines-%d", pod+1)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := opensLines(t, name)
			for i := range sessions {
				from := p.Written()
				if i == 0 {
					p.takes("lines")
				} else {
					p.presses("r")
				}
				p.getsShell()
				p.types("exit\r")
				p.getsCard("✓ exit 0")
				if got := linesIn(p.Output(from)); !slices.Equal(got, allLines(1, 200)) {
					t.Errorf("session %d shows %d lines: %v", i+1, len(got), got)
				}
			}
			p.leaves()
		})
	}
}

// Coming back shows a screenful of what was there, once: after the interface alone, the one that the terminal still has; after another
// session, the last lines anew.
func TestAttachedAgainShowsTheLastLinesOnce(t *testing.T) {
	t.Parallel()
	p := opensLines(t, "lines-again")
	p.takes("lines")
	p.getsShell()
	p.presses("ctrl+]")
	p.getsCard("◉ detached", "a attach")
	for range 3 {
		from := p.Written()
		p.presses("a")
		p.getsShell()
		if n := strings.Count(strings.Join(p.Screen().Lines, "\n")+"\n", "line-200\n"); n != 1 {
			t.Errorf("the last line is on the screen %d times\n%s", n, p.Screen())
		}
		p.presses("ctrl+]")
		p.getsCard("◉ detached", "a attach")
		if got := linesIn(p.Output(from)); len(got) > 0 {
			t.Errorf("lines that the terminal has are shown again: %v", got)
		}
	}
	p.presses("r")
	p.getsShell()
	p.presses("ctrl+]")
	p.getsCard("◉ detached", "a attach")
	from := p.Written()
	p.presses("[")
	p.getsShell()
	p.presses("ctrl+]")
	p.getsCard("◉ detached", "a attach")
	if got := linesIn(p.Output(from)); len(got) < 20 || !slices.Equal(got, allLines(201-len(got), 200)) {
		t.Errorf("behind another session the lines shown are %v, want the last ones, once", got)
	}
	p.leaves()
}
