package tui

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"github.com/dayfly-k8s/dayfly/tui/session"
)

// emulated is a terminal that says what it shows. It can be stopped as with Ctrl-S.
type emulated struct {
	mu      sync.Mutex
	screen  *vt.Emulator
	written int
}

func newEmulated(width, height int) *emulated {
	return &emulated{screen: vt.NewEmulator(width, height)}
}

func (c *emulated) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written += len(b)
	return c.screen.Write(b)
}

func (c *emulated) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.screen.String()
}

// onScreen is a frame as text.
func onScreen(frame string) string {
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Whatever frames come one after the other, in whatever sizes and with pauses between them, the terminal shows the last one.
func TestTerminalShowsTheLastFrame(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	c := newEmulated(40, 10)
	p := newPainter(c, colorprofile.TrueColor, true)
	p.resume()
	for i := range 300 {
		height := 10
		if i%50 > 40 {
			height = 6
		}
		var lines []string
		for range height {
			word := []string{"same", "漢字 ●", fmt.Sprint("row ", random.IntN(5)), "\x1b[31mred\x1b[m"}[random.IntN(4)]
			lines = append(lines, fit(word, 40))
		}
		frame := strings.Join(lines, "\n")
		if random.IntN(10) == 0 {
			leave(t, p)
			_, _ = io.WriteString(c, "somebody else \x1b[2Jwrites")
			p.resume()
		}
		if random.IntN(10) == 0 {
			_, _ = io.WriteString(c, "\x1b[3;3Ha line across")
			p.anew()
		}
		p.show(frame)
		p.step()
		if got := onScreen(c.text()); got != onScreen(frame) {
			t.Fatalf("frame %d: the terminal shows\n%s\nwant\n%s", i, got, onScreen(frame))
		}
	}
}

// A frame like the one before it costs nothing, and one other line costs that line.
func TestOnlyChangedLinesAreWritten(t *testing.T) {
	c := newEmulated(80, 24)
	p := newPainter(c, colorprofile.TrueColor, false)
	p.resume()
	paint := func(frame string) int {
		before := c.written
		p.show(frame)
		p.step()
		return c.written - before
	}
	frame := box(strings.Repeat("a line of the list\n", 24), 80, 24)
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
	c := newEmulated(12, 2)
	narrow := writerFunc(func(b []byte) (int, error) {
		_, err := io.WriteString(c, strings.ReplaceAll(string(b), "漢", "k"))
		return len(b), err
	})
	p := newPainter(narrow, colorprofile.TrueColor, false)
	p.resume()
	for _, line := range []string{"twelve cells", "漢漢 counted"} {
		p.show(fit(line, 12) + "\n" + fit("below", 12))
		p.step()
	}
	if got := onScreen(c.text()); got != "kk counted\nbelow" {
		t.Errorf("the terminal shows\n%s", got)
	}
}

// A new size has all drawn anew: a terminal that was smaller for a moment has lost a part of what was on it.
func TestNewSizeIsDrawnAnew(t *testing.T) {
	a := testApp(t)
	c := newEmulated(80, 24)
	a.painter = newPainter(c, colorprofile.TrueColor, false)
	a.painter.resume()
	size := tea.WindowSizeMsg{Width: 80, Height: 24}
	for range 2 {
		_, _ = io.WriteString(c, "\x1b[2J")
		a.do(t, size)
		a.View()
		a.painter.step()
		if got := onScreen(c.text()); got != onScreen(a.draw()) {
			t.Errorf("the terminal shows\n%s", got)
		}
	}
}

// buggyScreen has a bug.
type buggyScreen struct {
	screen
	update, view bool
}

func (s *buggyScreen) Update(tea.Msg) tea.Cmd {
	if s.update {
		panic("update")
	}
	return nil
}

func (s *buggyScreen) View(int, int) string {
	if s.view {
		panic("view")
	}
	return ""
}

// A bug is told where it can be read: the terminal is let go before.
func TestPanicLetsTheTerminalGo(t *testing.T) {
	for _, screen := range []*buggyScreen{{update: true}, {view: true}} {
		a := testApp(t)
		a.width, a.height = 80, 24
		screen.screen = a.top()
		a.stack = append(a.stack, screen)
		var b strings.Builder
		a.painter = newPainter(&b, colorprofile.TrueColor, true)
		a.painter.resume()
		a.painter.step()
		done := make(chan struct{})
		go func() {
			defer close(done)
			a.painter.run()
		}()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			a.do(t, tickMsg{})
			a.View()
		}()
		close(a.painter.ended)
		<-done
		if a.painter.canvas.on || !strings.HasSuffix(b.String(), endMouse+end) {
			t.Errorf("%+v: the terminal is left with %q", screen, b.String())
		}
	}
}

// A command runs elsewhere, and so do those that it brings.
func TestPanicOfACommandLetsTheTerminalGo(t *testing.T) {
	bug := func() tea.Msg { panic("command") }
	for name, run := range map[string]func(a *App){
		"a command": func(a *App) { a.guarded(bug)() },
		"one of several": func(a *App) {
			some, ok := a.guarded(tea.Batch(bug, func() tea.Msg { return nil }))().(tea.BatchMsg)
			if !ok {
				t.Fatal("several commands are no batch")
			}
			some[0]()
		},
	} {
		a := testApp(t)
		a.painter = newPainter(io.Discard, colorprofile.TrueColor, false)
		a.painter.resume()
		a.painter.step()
		done := make(chan struct{})
		go func() {
			defer close(done)
			a.painter.run()
		}()
		func() {
			defer func() {
				if recover() != "command" {
					t.Errorf("%s: the panic is swallowed", name)
				}
			}()
			run(a)
		}()
		close(a.painter.ended)
		<-done
		if a.painter.canvas.on {
			t.Errorf("%s: the terminal is not let go", name)
		}
	}
}

// A terminal that is said to have no colours gets none, but the frame is where it belongs.
func TestFewColours(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.NoTTY, colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256} {
		var b strings.Builder
		p := newPainter(&b, profile, false)
		p.resume()
		p.show(fit("\x1b[38;2;255;0;0;1mred\x1b[m", 20) + "\n" + fit("two", 20))
		p.step()
		if got := b.String(); strings.Contains(got, "38;2") || !strings.Contains(got, "\x1b[2;1H") || !strings.Contains(got, "red") {
			t.Errorf("%v: %q", profile, got)
		}
	}
}

// leave has the terminal left by hand, without run.
func leave(t *testing.T, p *painter) {
	t.Helper()
	p.wish(func(w *wanted) { w.on = false })
	p.step()
	if p.canvas.on {
		t.Error("the terminal is not left")
	}
}

// Frames appear at once where the terminal says that it knows how, and only there.
func TestSynchronizedOutput(t *testing.T) {
	for _, test := range []struct {
		value ansi.ModeSetting
		want  bool
	}{
		{ansi.ModeNotRecognized, false}, {ansi.ModeSet, true}, {ansi.ModeReset, true}, {ansi.ModePermanentlySet, true}, {ansi.ModePermanentlyReset, false},
	} {
		a := testApp(t)
		var b strings.Builder
		a.painter = newPainter(&b, colorprofile.TrueColor, false)
		a.painter.resume()
		a.do(t, tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: test.value})
		a.painter.show("frame")
		a.painter.step()
		got := strings.Contains(b.String(), beginSynced) && strings.HasSuffix(b.String(), endSynced)
		if got != test.want {
			t.Errorf("answer %d: synchronized: %v, %q", test.value, got, b.String())
		}
	}
}

// The terminal is asked once, when it is the interface's, and whoever swallows the answers is told before.
func TestTerminalIsAskedOnce(t *testing.T) {
	var b strings.Builder
	p := newPainter(&b, colorprofile.ASCII, false)
	told := 0
	p.asked = func() {
		if told++; strings.Contains(b.String(), session.Questions) {
			t.Error("told behind the questions")
		}
	}
	p.ask()
	p.step()
	if told != 0 || b.Len() > 0 {
		t.Errorf("asked before the terminal is the interface's: %q", b.String())
	}
	p.resume()
	p.step()
	p.show("frame")
	p.step()
	leave(t, p)
	p.resume()
	p.step()
	if told != 1 || strings.Count(b.String(), session.Questions) != 1 {
		t.Errorf("asked %d times: %q", told, b.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
