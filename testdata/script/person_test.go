package script

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

const (
	soon   = 60 * time.Second // for what should be there at once, on a machine that is busy
	start  = 3 * time.Minute  // for a container
	prompt = "/ # "           // of busybox's shell
)

// person sits at a terminal in which dayfly runs. What they do not get to see fails the test.
type person struct {
	*terminal.Terminal
	t   *testing.T
	env []string // that dayfly runs in

	lookingOnly bool // dayfly is read-only
}

// launches is the key that starts a tool, as the line of keys has it; in read-only mode what stands in its place.
func (p *person) launches() string {
	if p.lookingOnly {
		return "↵ read-only"
	}
	return "↵ debug"
}

func (p *person) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) presses(keys ...string) { p.t.Helper(); p.must(p.Press(keys...)) }

func (p *person) types(text string) { p.t.Helper(); p.must(p.Type(text)) }

// sees waits until all texts are on the screen together.
func (p *person) sees(texts ...string) { p.t.Helper(); p.seesIn(soon, texts...) }

func (p *person) seesIn(patience time.Duration, texts ...string) {
	p.t.Helper()
	p.must(p.WaitFor(patience, strings.Join(texts, " and "), func(s terminal.Screen) bool {
		for _, text := range texts {
			if !s.Has(text) {
				return false
			}
		}
		return true
	}))
}

// goesOnTo presses a key and waits for what it opens.
func (p *person) goesOnTo(key string, texts ...string) {
	p.t.Helper()
	p.presses(key)
	p.sees(texts...)
}

// getsShell waits for the prompt of a session that is about to begin.
func (p *person) getsShell() {
	p.t.Helper()
	p.must(p.WaitFor(start, "a shell's prompt", func(s terminal.Screen) bool { return !s.Alt && s.At(prompt) }))
}

// getsShellOf waits for the prompt of any shell: it ends with # for root, and with $ for everybody else.
func (p *person) getsShellOf(end string) {
	p.t.Helper()
	p.must(p.WaitFor(start, "a shell's prompt with "+end, func(s terminal.Screen) bool {
		return !s.Alt && s.Y >= 0 && s.Y < len(s.Lines) && strings.HasSuffix(s.Lines[s.Y], end)
	}))
}

// getsCard waits for the end of a session, and until its card takes keys: for its first moments it takes none, because they may
// have been meant for the program that has just ended, and nothing on the screen says when those are over.
func (p *person) getsCard(texts ...string) {
	p.t.Helper()
	p.must(p.WaitFor(start, "the card: "+strings.Join(texts, ", "), func(s terminal.Screen) bool {
		for _, text := range append(texts, "left ", "session ") {
			if !s.Has(text) {
				return false
			}
		}
		return s.Alt
	}))
	const grace = 450 * time.Millisecond
	<-time.After(grace)
}

// takes goes from the containers to the tools, chooses one by its name, and starts it.
func (p *person) takes(tool string) {
	p.t.Helper()
	p.chooses(tool)
	p.presses("enter")
}

// chooses goes from the containers to the tools and puts the cursor on one. What is not on the screen is looked for.
func (p *person) chooses(tool string) {
	p.t.Helper()
	p.goesOnTo("d", p.launches(), "kubectl debug")
	s := p.Screen()
	if at := s.Find("  " + tool + " "); at >= 0 {
		for range at - s.Find("▸") {
			p.presses("down")
		}
	} else if s.Find("▸ "+tool+" ") < 0 {
		p.filters(tool)
		p.presses("enter")
	}
	p.sees("▸ "+tool+" ", p.launches())
}

// reads opens all that the tool would do, wants texts in it, and comes back to the tools. The line of keys is drawn last: before it is that
// of the other screen, a frame is half of each.
func (p *person) reads(texts ...string) terminal.Screen {
	p.t.Helper()
	p.goesOnTo("v", append(texts, "↑ up ↓ down")...)
	all := p.Screen()
	p.goesOnTo("esc", p.launches())
	return all
}

// filters types a name into the filter of a list of which only a part is on the screen, and waits until that is under the cursor.
func (p *person) filters(name string) {
	p.t.Helper()
	p.presses("/")
	p.types(name)
	p.sees("/ "+name, "▸ "+name+" ")
}

// debugs starts dayfly with a pod and gets a shell of busybox in it.
func debugs(t *testing.T, pod string, args ...string) *person {
	t.Helper()
	p := sitDown(t, nil, append(args, pod)...)
	p.sees("CONTAINER", "running")
	p.takes("busybox")
	p.getsShell()
	return p
}

var sequence = regexp.MustCompile(`\x1b(\[[0-9;?]*[a-zA-Z]|[()].)`)

// runs types a command to the shell and returns what it prints.
func (p *person) runs(command string) string {
	p.t.Helper()
	from := p.Written()
	p.types(command + "\r")
	echoed, err := p.WaitBytes(soon, from, "\r\n")
	p.must(err)
	end, err := p.WaitBytes(soon, echoed-2, "\n"+prompt)
	p.must(err)
	out := p.Output(echoed)[:max(end-echoed-len(prompt), 0)]
	return strings.ReplaceAll(sequence.ReplaceAllString(string(out), ""), "\r", "")
}

// asks types a command to a shell of any prompt, and returns all that is written until it is over, the command included.
func (p *person) asks(command string) string {
	p.t.Helper()
	from := p.Written()
	p.types(command + "; echo all $((6*7))\r")
	end, err := p.WaitBytes(soon, from, "all 42")
	p.must(err)
	return strings.ReplaceAll(sequence.ReplaceAllString(string(p.Output(from)[:end-from]), ""), "\r", "")
}

// leaves quits from wherever no text is taken, and wants a terminal as it was. Sessions that still run are left running.
func (p *person) leaves() {
	p.t.Helper()
	p.presses("q")
	err := p.WaitFor(soon, "the end, or the question what becomes of the sessions", func(s terminal.Screen) bool {
		return s.Alt && s.Has("still running") && s.Has("esc  stay")
	})
	if err == nil {
		p.presses("enter")
	} else if !errors.Is(err, terminal.ErrEnded) {
		p.t.Fatal(err)
	}
	p.ends(0)
}

// ends waits for the end of dayfly; the terminal must be as it was.
func (p *person) ends(code int) {
	p.t.Helper()
	got, err := p.Wait(soon)
	p.must(err)
	if got != code {
		p.t.Errorf("exit code %d, want %d\n%s", got, code, p.Screen())
	}
	for _, left := range p.Leftovers() {
		p.t.Errorf("left in the terminal: %s", left)
	}
}

// webPod runs a pod with the distroless application. The name must be new.
func webPod(t *testing.T, name string) string {
	t.Helper()
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().web}}}
	if err := here.Run(t.Context(), name, spec); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = here.DeletePod(context.WithoutCancel(t.Context()), name) }) // the test may have, and the namespace goes in any case
	return name
}
