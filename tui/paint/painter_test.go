package paint

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// Whatever frames come one after the other, in whatever sizes and with pauses between them, the terminal shows the last one.
func TestTerminalShowsTheLastFrame(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	c := kittest.NewTerminal(40, 10)
	p := painterOn(c, colorprofile.TrueColor, true)
	p.Resume()
	for i := range 300 {
		height := 10
		if i%50 > 40 {
			height = 6
		}
		var lines []string
		for range height {
			word := []string{"same", "漢字 ●", fmt.Sprint("row ", random.IntN(5)), "\x1b[31mred\x1b[m"}[random.IntN(4)]
			lines = append(lines, filled(word, 40))
		}
		frame := strings.Join(lines, "\n")
		if random.IntN(10) == 0 {
			leave(t, p)
			_, _ = io.WriteString(c, "somebody else \x1b[2Jwrites")
			p.Resume()
		}
		if random.IntN(10) == 0 {
			_, _ = io.WriteString(c, "\x1b[3;3Ha line across")
			p.Redraw()
		}
		p.Show(frame)
		p.Step()
		if got := kittest.OnScreen(c.Text()); got != kittest.OnScreen(frame) {
			t.Fatalf("frame %d: the terminal shows\n%s\nwant\n%s", i, got, kittest.OnScreen(frame))
		}
	}
}

// A frame like the one before it costs nothing, and one other line costs that line.
func TestOnlyChangedLinesAreWritten(t *testing.T) {
	c := kittest.NewTerminal(80, 24)
	p := painterOn(c, colorprofile.TrueColor, false)
	p.Resume()
	paint := func(frame string) int {
		before := c.Written()
		p.Show(frame)
		p.Step()
		return c.Written() - before
	}
	frame := strings.TrimSuffix(strings.Repeat(filled("a line of the list", 80)+"\n", 24), "\n")
	paint(frame)
	if n := paint(frame); n != 0 {
		t.Errorf("the same frame is written again, %d bytes", n)
	}
	if n := paint(strings.Replace(frame, "a line", "A line", 1)); n < 80 || n > 120 {
		t.Errorf("one other line is %d bytes", n)
	}
}

// A character that the terminal draws narrower than it is counted leaves nothing of the line before it.
func TestNarrowerThanCounted(t *testing.T) {
	c := kittest.NewTerminal(12, 2)
	narrow := kittest.WriterFunc(func(b []byte) (int, error) {
		_, err := io.WriteString(c, strings.ReplaceAll(string(b), "漢", "k"))
		return len(b), err
	})
	p := painterOn(narrow, colorprofile.TrueColor, false)
	p.Resume()
	for _, line := range []string{"twelve cells", "漢漢 counted"} {
		p.Show(filled(line, 12) + "\n" + filled("below", 12))
		p.Step()
	}
	if got := kittest.OnScreen(c.Text()); got != "kk counted\nbelow" {
		t.Errorf("the terminal shows\n%s", got)
	}
}

// A terminal that is said to have no colours gets none, but the frame is where it belongs.
func TestFewColours(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.NoTTY, colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256} {
		var b strings.Builder
		p := painterOn(&b, profile, false)
		p.Resume()
		p.Show(filled("\x1b[38;2;255;0;0;1mred\x1b[m", 20) + "\n" + filled("two", 20))
		p.Step()
		if got := b.String(); strings.Contains(got, "38;2") || !strings.Contains(got, "\x1b[2;1H") || !strings.Contains(got, "red") {
			t.Errorf("%v: %q", profile, got)
		}
	}
}

// leave has the terminal left by hand, without run.
func leave(t *testing.T, p *Painter) {
	t.Helper()
	p.request(func(w *wanted) { w.on = false })
	p.Step()
	if p.canvas.on {
		t.Error("the terminal is not left")
	}
}

// The terminal is asked once, when it is the interface's, and whoever swallows the answers is told before.
func TestTerminalIsAskedOnce(t *testing.T) {
	var b strings.Builder
	p := painterOn(&b, colorprofile.ASCII, false)
	told := 0
	p.options.Asked = func() {
		if told++; strings.Contains(b.String(), questions) {
			t.Error("told behind the questions")
		}
	}
	p.Ask()
	p.Step()
	if told != 0 || b.Len() > 0 {
		t.Errorf("asked before the terminal is the interface's: %q", b.String())
	}
	p.Resume()
	p.Step()
	p.Show("frame")
	p.Step()
	leave(t, p)
	p.Resume()
	p.Step()
	if told != 1 || strings.Count(b.String(), questions) != 1 {
		t.Errorf("asked %d times: %q", told, b.String())
	}
}

// A terminal that takes nothing is not waited for at the end, and is left when it takes output again. A hand-over that comes to its end
// meanwhile does not take it back.
func TestStalledTerminalIsLeft(t *testing.T) {
	var b strings.Builder
	goOn, waiting := make(chan struct{}), make(chan struct{}, 10)
	p := painterOn(kittest.WriterFunc(func(text []byte) (int, error) {
		waiting <- struct{}{}
		<-goOn
		return b.Write(text)
	}), colorprofile.TrueColor, false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run()
	}()
	p.Resume()
	<-waiting
	if p.Pause(time.Millisecond) {
		t.Error("a terminal that takes nothing is left")
	}
	p.Resume()
	close(goOn)
	if !p.Pause(time.Minute) {
		t.Error("the terminal is not left")
	}
	if got := b.String(); !strings.HasSuffix(got, end) {
		t.Errorf("the terminal is left with %q", got)
	}
	p.Stop()
	<-done
	p.Resume()
	p.Show("late")
	p.Step()
	if got := b.String(); !strings.HasSuffix(got, end) {
		t.Errorf("written behind the end: %q", got)
	}
}

// questions stand for those by which a terminal is asked what it is.
const questions = "\x1b]11;?\x07"

// painterOn paints on a terminal of which nothing special is known.
func painterOn(out io.Writer, profile colorprofile.Profile, mouse bool) *Painter {
	return New(Options{Out: out, Profile: profile, Mouse: mouse, Questions: questions, OneCell: func(r rune) bool { return r == '●' }})
}

// filled is text in so many cells.
func filled(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", width-ansi.StringWidth(text))
}

func TestMouseCanBeLeftToTheTerminal(t *testing.T) {
	for _, wanted := range []bool{true, false} {
		var b strings.Builder
		p := painterOn(&b, colorprofile.TrueColor, wanted)
		p.Resume()
		p.Step()
		if on := strings.Contains(b.String(), "\x1b[?1002h"); on != wanted {
			t.Errorf("the mouse is on: %t, want %t", on, wanted)
		}
		leave(t, p)
		if off := strings.Contains(b.String(), "\x1b[?1002l"); off != wanted {
			t.Errorf("the mouse is switched off: %t, want %t", off, wanted)
		}
	}
}
