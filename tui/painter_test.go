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
)

// canvas is a terminal that says what it shows. It can be stopped as with Ctrl-S.
type canvas struct {
	mu      sync.Mutex
	screen  *vt.Emulator
	written int
}

func newCanvas(width, height int) *canvas { return &canvas{screen: vt.NewEmulator(width, height)} }

func (c *canvas) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written += len(b)
	return c.screen.Write(b)
}

func (c *canvas) text() string {
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
	c := newCanvas(40, 10)
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
			p.pause()
			_, _ = io.WriteString(c, "somebody else \x1b[2Jwrites")
			p.resume()
		}
		if random.IntN(10) == 0 {
			_, _ = io.WriteString(c, "\x1b[3;3Ha line across")
			p.anew()
		}
		p.show(frame)
		p.turn.Lock()
		p.paint()
		p.turn.Unlock()
		if got := onScreen(c.text()); got != onScreen(frame) {
			t.Fatalf("frame %d: the terminal shows\n%s\nwant\n%s", i, got, onScreen(frame))
		}
	}
}

// A frame like the one before it costs nothing, and one other line costs that line.
func TestOnlyChangedLinesAreWritten(t *testing.T) {
	c := newCanvas(80, 24)
	p := newPainter(c, colorprofile.TrueColor, false)
	p.resume()
	paint := func(frame string) int {
		before := c.written
		p.show(frame)
		p.turn.Lock()
		defer p.turn.Unlock()
		p.paint()
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
	c := newCanvas(12, 2)
	narrow := writerFunc(func(b []byte) (int, error) {
		_, err := io.WriteString(c, strings.ReplaceAll(string(b), "漢", "k"))
		return len(b), err
	})
	p := newPainter(narrow, colorprofile.TrueColor, false)
	p.resume()
	for _, line := range []string{"twelve cells", "漢漢 counted"} {
		p.show(fit(line, 12) + "\n" + fit("below", 12))
		p.turn.Lock()
		p.paint()
		p.turn.Unlock()
	}
	if got := onScreen(c.text()); got != "kk counted\nbelow" {
		t.Errorf("the terminal shows\n%s", got)
	}
}

// A new size has all drawn anew: a terminal that was smaller for a moment has lost a part of what was on it.
func TestNewSizeIsDrawnAnew(t *testing.T) {
	a := testApp(t)
	c := newCanvas(80, 24)
	a.painter = newPainter(c, colorprofile.TrueColor, false)
	a.painter.resume()
	size := tea.WindowSizeMsg{Width: 80, Height: 24}
	for range 2 {
		_, _ = io.WriteString(c, "\x1b[2J")
		a.do(t, size)
		a.View()
		a.painter.turn.Lock()
		a.painter.paint()
		a.painter.turn.Unlock()
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
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			a.do(t, tickMsg{})
			a.View()
		}()
		if a.painter.on || !strings.HasSuffix(b.String(), endMouse+end) {
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
		func() {
			defer func() {
				if recover() != "command" {
					t.Errorf("%s: the panic is swallowed", name)
				}
			}()
			run(a)
		}()
		if a.painter.on {
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
		p.turn.Lock()
		p.paint()
		p.turn.Unlock()
		if got := b.String(); strings.Contains(got, "38;2") || !strings.Contains(got, "\x1b[2;1H") || !strings.Contains(got, "red") {
			t.Errorf("%v: %q", profile, got)
		}
	}
}

// While the terminal is another's, nothing is written; while it takes nothing, the interface goes on.
func TestPainterKeepsStill(t *testing.T) {
	read, write := io.Pipe() // nobody reads: the terminal is stopped
	p := newPainter(write, colorprofile.TrueColor, false)
	go p.run()
	p.on = true
	for i := range 100 {
		p.show(fmt.Sprint(i)) // returns
	}
	got := make([]byte, 4096)
	var seen strings.Builder
	for !strings.Contains(seen.String(), "99") {
		n, err := read.Read(got)
		if err != nil {
			t.Fatal(err)
		}
		seen.Write(got[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	p.stop()
	p.show("late")
	p.turn.Lock()
	defer p.turn.Unlock()
	p.out = writerFunc(func(b []byte) (int, error) { t.Errorf("%q is written", b); return len(b), nil })
	p.paint()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
