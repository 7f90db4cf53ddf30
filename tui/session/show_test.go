package session

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// visit shows a session once, until its person has read what is there, and returns what that was.
func visit(t *testing.T, s *Session) string {
	t.Helper()
	f := newFront(t, "")
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_ = s.Show(f.Foreground, 0)
	}()
	letPass(time.Second)
	f.typist.keys <- "\x1d"
	<-shown
	screen := f.display.String()
	f.over()
	return screen
}

// TestSwitching: five sessions print all the time, and are looked at a hundred times. Each line is seen once, in its own session.
func TestSwitching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sessions, lines = 5, 1000
		var all [sessions]*Session
		var printing sync.WaitGroup
		for i := range all {
			p := newProgram()
			p.lines = true
			all[i] = New(p, kube.Target{}, Options{TTY: true})
			all[i].Attach(t.Context())
			printing.Go(func() {
				for n := range lines {
					p.print(fmt.Sprintf("%d: %d\r\n", i, n))
					letPass(100 * time.Millisecond)
				}
				p.end()
			})
		}
		var seen [sessions]strings.Builder
		for n := range 100 {
			seen[n%sessions].WriteString(visit(t, all[n%sessions]))
		}
		printing.Wait()
		for i, s := range all {
			<-s.Done()
			seen[i].WriteString(visit(t, s))
			var want strings.Builder
			for n := range lines {
				fmt.Fprintf(&want, "%d: %d\r\n", i, n)
			}
			if got := seen[i].String(); got != want.String() {
				t.Errorf("session %d: %s", i, firstDifference(got, want.String()))
			}
			if now := s.Look(); now.Unread != 0 {
				t.Errorf("session %d has %d unread bytes", i, now.Unread)
			}
		}
	})
}

// TestComeBackToAPrompt: the line in which one was is shown again, and the program is asked to draw itself.
func TestComeBackToAPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true, Expected: true})
		s.Attach(t.Context())
		go func() { letPass(500 * time.Millisecond); p.print("done\r\n$ ") }()
		if got := visit(t, s); got != "done\r\n$ " {
			t.Errorf("first: %q", got)
		}
		sizes := len(p.told())
		if got := visit(t, s); got != "$ " {
			t.Errorf("then: %q", got)
		}
		synctest.Wait()
		if now := p.told(); len(now) < sizes+2 {
			t.Errorf("sizes %v: the program is not asked to draw itself", now)
		}
		if unread := s.Look().Unread; unread != 0 {
			t.Errorf("%d unread", unread)
		}
		p.print("ls\r\nfile\r\n$ \x1b[6n")
		synctest.Wait()
		if unread := s.Look().Unread; unread == 0 {
			t.Error("there is nothing unread")
		}
		if got := visit(t, s); got != "$ ls\r\nfile\r\n$ \x1b\\" {
			t.Errorf("at last: %q; a question of then must not be asked again", got)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestComeBackToAFullScreen: the terminal is put into the modes of the program, which draws itself; what it drew before is no matter.
func TestComeBackToAFullScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true, Expected: true})
		s.Attach(t.Context())
		go func() { letPass(500 * time.Millisecond); p.print("\x1b[?1049h\x1b[?1h\x1b[31mpicture") }()
		visit(t, s)
		p.print("\x1b[2Hmore")
		synctest.Wait()
		if got := visit(t, s); got != "\x1b[?1049h\x1b[?1h\x1b[H\x1b[2J" {
			t.Errorf("%q", got)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestComeBackToASlowFullScreen: one that looks at its size late, and draws itself only where that has changed, draws itself all the same.
func TestComeBackToASlowFullScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const late = 3 * nudge
		p := newProgram()
		var mu sync.Mutex
		var known, now kube.Size
		p.onSize = func(p *program, s kube.Size) {
			mu.Lock()
			defer mu.Unlock()
			now = s
			time.AfterFunc(late, func() {
				mu.Lock()
				defer mu.Unlock()
				if now != known {
					known = now
					p.print("picture")
				}
			})
		}
		s := New(p, kube.Target{}, Options{TTY: true, Expected: true})
		s.Attach(t.Context())
		go func() { letPass(500 * time.Millisecond); p.print("\x1b[?1049h") }()
		visit(t, s)
		letPass(time.Minute)
		if got := visit(t, s); !strings.Contains(got, "picture") {
			t.Errorf("the screen stays blank: %q", got)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestMuchIsMissed: of more than is kept, the end is shown, and how much is not.
func TestMuchIsMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true, Ring: 100})
		s.Attach(t.Context())
		letPass(time.Second)
		p.print(strings.Repeat("x", 1000) + "\r\nend\r\n")
		synctest.Wait()
		got := visit(t, s)
		if !strings.Contains(got, "907 bytes are not shown") || !strings.HasSuffix(got, "x\r\nend\r\n") {
			t.Errorf("%q", got)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestStalledTerminal: what comes while the terminal takes nothing for minutes is shown when it does again, and the link has not waited.
func TestStalledTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := &stopped{goOn: make(chan struct{})}
		screen := newScreen(terminal)
		go screen.run()
		out := newOutput(DefaultRing, nil, func() {})
		out.appear(screen, 0)
		var want strings.Builder
		begun := time.Now()
		for i := range 3 * maxBehind / 1024 {
			line := fmt.Sprintf("%01022d\r\n", i)
			want.WriteString(line)
			_, _ = out.Write([]byte(line))
		}
		if took := time.Since(begun); took > 2*stallPatience {
			t.Errorf("the link has waited %v", took)
		}
		letPass(2 * time.Minute)
		close(terminal.goOn)
		synctest.Wait()
		_, _ = out.Write([]byte("end\r\n"))
		screen.drain(time.Minute, time.Second)
		got := terminal.String()
		if !strings.Contains(got, "bytes are not shown") || !strings.HasSuffix(got, want.String()[want.Len()-DefaultRing:]+"end\r\n") ||
			!strings.HasPrefix(got, want.String()[:maxBehind/2]) {
			t.Errorf("%d bytes are shown, of %d", len(got), want.Len())
		}
		screen.close()
	})
}

// TestShowSizes: the program has the size of the terminal it is shown on, and keeps it in the background.
func TestShowSizes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true, Size: kube.Size{Cols: 100, Rows: 40}})
		s.Attach(t.Context())
		letPass(time.Second)
		visit(t, s)
		letPass(time.Second)
		want := kube.Size{Cols: 80, Rows: 24}
		if told := p.told(); told[0] != (kube.Size{Cols: 100, Rows: 40}) || told[len(told)-1] != want {
			t.Errorf("sizes: %v", told)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestLossInTheBackground is told when one comes back, and nothing of it is lost.
func TestLossInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		s := New(p, kube.Target{}, Options{TTY: true})
		s.Attach(t.Context())
		letPass(time.Second)
		p.print("before\r\n")
		visit(t, s)
		p.cut()
		synctest.Wait()
		p.print("meanwhile\r\n")
		letPass(10 * time.Second)
		p.print("after\r\n")
		synctest.Wait()
		got := visit(t, s)
		if withoutNotes(got) != "meanwhile\r\nafter\r\n" || !strings.Contains(got, "link is lost") || !strings.Contains(got, "attached again after") {
			t.Errorf("%q", got)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestTerminalWithoutASize: the program keeps the size that it has.
func TestTerminalWithoutASize(t *testing.T) {
	s := newSizes(kube.Size{Cols: 100, Rows: 40})
	for _, none := range []kube.Size{{}, {Cols: 80}, {Rows: 24}} {
		s.set(none)
		if now, _, _ := s.get(); now != (kube.Size{Cols: 100, Rows: 40}) {
			t.Errorf("%v is taken: %v", none, now)
		}
	}
}
