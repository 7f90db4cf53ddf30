package session

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/launch"
)

// TestPictureNobodyHasSeen: a full-screen program that has begun in the background is asked to draw itself also the first time.
func TestPictureNobodyHasSeen(t *testing.T) {
	for printed, want := range map[string]bool{"\x1b[?1049hpicture": true, "\x1b[?1049hpicture\x1b[?1049l$ ": false, "$ ": false} {
		out := newOutput(DefaultRing, nil, func() {})
		_, _ = out.Write([]byte(printed))
		if _, again := out.appear(newScreen(&display{}), 0); again != want {
			t.Errorf("%q: %v", printed, again)
		}
	}
}

// TestLeavingAsOutputComes: what is on its way to a screen that is taken away is not lost with it.
func TestLeavingAsOutputComes(t *testing.T) {
	out, display := newOutput(DefaultRing, nil, func() {}), &display{}
	front := newScreen(display)
	out.appear(front, 0)
	text := []byte("on its way")
	out.put(text, func(s *screen) error {
		out.vanish(s)
		return s.writeWithin(text, s.still)
	})
	front.run() // to its end
	if _, unread, _ := out.counts(); unread != int64(len(text)) || display.String() != "" {
		t.Errorf("%d bytes are unread, %q is shown", unread, display.String())
	}
}

// TestStalledPicture: what a program has turned on and off while the terminal took nothing is made up for, when it is not kept any more.
func TestStalledPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := &stopped{goOn: make(chan struct{})}
		screen := newScreen(terminal)
		go screen.run()
		out, redraws := newOutput(1000, nil, func() {}), 0
		out.redraw = func() { redraws++ }
		out.appear(screen, 0)
		_, _ = out.Write([]byte("\x1b[?1049h\x1b[?1000hpicture"))
		flood := []byte(strings.Repeat("x", screenChunk))
		for range 3 * maxBehind / screenChunk {
			_, _ = out.Write(flood)
		}
		_, _ = out.Write([]byte("\x1b[?1000l\x1b[?1049l"))
		_, _ = out.Write(append(flood, "\r\n$ "...))
		close(terminal.goOn)
		synctest.Wait()
		got := terminal.String()
		_, end, _ := strings.Cut(got, "picture")
		if !strings.Contains(end, "\x1b[?1049l") || !strings.Contains(end, ";1000;") || !strings.HasSuffix(end, "x\r\n$ ") || redraws != 1 {
			t.Errorf("%d times drawn; the end is %q", redraws, got[max(0, len(got)-1200):])
		}
		screen.close()
	})
}

// TestWatchIsStopped: also when its timer fires at that moment.
func TestWatchIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(&display{})
		woken := 0
		s.mu.Lock()
		stop := s.watch(time.Second)
		letPass(time.Second) // it waits for the lock
		stop()
		s.mu.Unlock()
		go func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			for !s.closed {
				s.cond.Wait()
				woken++
			}
		}()
		letPass(time.Minute)
		s.close()
		synctest.Wait()
		if woken > 2 {
			t.Errorf("it has woken %d times", woken)
		}
	})
}

// TestTypingToTheDead: whoever types much more does not wait for a session that is over.
func TestTypingToTheDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.refuses, p.err = true, errors.New("no such container")
		s := New(p, kube.Target{}, Options{TTY: true})
		s.Attach(t.Context())
		<-s.Done()
		typed := make(chan struct{})
		go func() {
			defer close(typed)
			s.typed(strings.NewReader(strings.Repeat("x", 2*maxKeysAhead)))
		}()
		synctest.Wait()
		if !isClosed(typed) {
			t.Error("it waits")
			s.keys.close()
		}
	})
}

// TestSlowAttach: an attach that is still on its way after seconds is none.
func TestSlowAttach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgram()
		p.connect = 5 * time.Second
		s := New(p, kube.Target{}, Options{TTY: true})
		s.Attach(t.Context())
		letPass(4 * time.Second)
		if now := s.Look(); now.State.Attached() {
			t.Errorf("it is %s", now.State)
		}
		letPass(2 * time.Second)
		if now := s.Look(); !now.State.Attached() {
			t.Errorf("it is %s", now.State)
		}
		s.Leave()
		<-s.Done()
	})
}

// TestNewsBehindTheEnd: nothing is attached for somebody who has left.
func TestNewsBehindTheEnd(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			p := newProgram()
			news := make(chan launch.Progress, 1)
			news <- launch.Progress{Step: launch.Started}
			s := New(p, kube.Target{}, Options{TTY: true})
			s.Leave()
			s.Follow(t.Context(), news)
			<-s.Done()
			if p.streams.Out != nil {
				t.Error("it is attached")
			}
		})
	}
}
