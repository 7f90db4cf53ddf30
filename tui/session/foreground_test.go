package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// display is a terminal's screen that keeps what is written.
type display struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (d *display) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.buf.Write(b)
}

func (d *display) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.buf.String()
}

// front is a foreground without a terminal.
type front struct {
	*Foreground
	pump    *pump
	typist  *typist
	display *display
}

func newFront(t *testing.T, typed string) *front {
	t.Helper()
	f := &front{display: &display{}}
	f.pump, f.typist = startPump(t)
	f.pump.owner = ownerSession
	f.Foreground = newForeground(f.display, kube.Size{Cols: 80, Rows: 24}, detachKey(t, "ctrl-]"))
	go f.feed(f.pump, []byte(typed))
	go f.screen.run()
	return f
}

// over ends the foreground and returns what is the interface's.
func (f *front) over() string {
	f.screen.close()
	rest := f.end()
	<-f.screen.gone
	return string(rest)
}

// read returns what can be read from keys now.
func read(keys io.Reader) string {
	b := make([]byte, 1<<16)
	n, _ := keys.Read(b)
	return string(b[:n])
}

func TestForegroundKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "typed ahead ")
		f.typist.keys <- "and now\x03"
		synctest.Wait()
		keys := f.Keys()
		if got := read(keys); got != "typed ahead and now\x03" {
			t.Errorf("keys: %q", got)
		}
		f.typist.keys <- "last\x1dfirst"
		if b, err := io.ReadAll(keys); string(b) != "last" || err != nil {
			t.Errorf("keys end with %q, %v", b, err)
		}
		<-f.Done()
		if !errors.Is(f.Cause(), ErrDetached) {
			t.Errorf("cause: %v", f.Cause())
		}
		if rest := f.over(); rest != "first" {
			t.Errorf("the interface gets %q", rest)
		}
	})
}

func TestForegroundDetachKeyTypedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "a\x1db")
		<-f.Done()
		if b, _ := io.ReadAll(f.Keys()); string(b) != "a" {
			t.Errorf("keys: %q", b)
		}
		if rest := f.over(); rest != "b" {
			t.Errorf("the interface gets %q", rest)
		}
	})
}

// TestForegroundEscape: Escape is a key and must not be felt to wait; a sequence that the network has cut is still one.
func TestForegroundEscape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		letPass(2 * vt.LateReports)
		keys := f.Keys()
		begun := time.Now()
		f.typist.keys <- "\x1b"
		if got := read(keys); got != "\x1b" || time.Since(begun) > vt.WaitAfterEsc {
			t.Errorf("Escape: %q after %v", got, time.Since(begun))
		}
		begun = time.Now()
		f.typist.keys <- "\x1b[A"
		if got := read(keys); got != "\x1b[A" || time.Since(begun) > 0 {
			t.Errorf("Up: %q after %v", got, time.Since(begun))
		}
		f.typist.keys <- "\x1b[93;"
		letPass(vt.WaitAfterSequence / 2)
		f.typist.keys <- "5u"
		<-f.Done()
		if b, _ := io.ReadAll(keys); len(b) > 0 {
			t.Errorf("then %q", b)
		}
		f.over()
	})
}

func TestForegroundLateReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		keys := f.Keys()
		f.typist.keys <- "\x1b[?62;22c\x1b[?2026;2$ya"
		if got := read(keys); got != "a" {
			t.Errorf("keys: %q; answers to the interface are typed to the program", got)
		}
		if _, err := io.WriteString(f.Out(), "\x1b[6n\x1b[c"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		f.typist.keys <- "\x1b[24;1R\x1b[?62c"
		if got := read(keys); got != "\x1b[24;1R\x1b[?62c" {
			t.Errorf("keys: %q; the program does not get its answers", got)
		}
		f.typist.keys <- "\x1b[?2026;2$y"
		f.typist.keys <- "\x1b]11;rgb:00" // the rest comes much too late
		synctest.Wait()
		letPass(2 * vt.LateReports)
		f.typist.keys <- "\x1b[?2026;2$y"
		if got := read(keys); got != "\x1b[?2026;2$y" {
			t.Errorf("keys: %q; a second later everything is the program's", got)
		}
		f.over()
	})
}

func TestForegroundEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		f.finish(&SignalError{syscall.SIGTERM})
		f.finish(ErrDetached)
		if f.Signal() != syscall.SIGTERM {
			t.Errorf("signal: %v, cause: %v", f.Signal(), f.Cause())
		}
		f.over()

		f = newFront(t, "")
		f.typist.err = ErrTerminalLost
		close(f.typist.keys)
		<-f.Done()
		if !errors.Is(f.Cause(), ErrTerminalLost) || f.Signal() != nil {
			t.Errorf("cause: %v, signal: %v", f.Cause(), f.Signal())
		}
		f.over()
	})
}

// TestForegroundKeysAreForOneAttach: a Read that an attach left behind must not eat a key of the next one.
func TestForegroundKeysAreForOneAttach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		first, left := f.Keys(), make(chan string)
		go func() { left <- read(first) }()
		synctest.Wait()
		second := f.Keys()
		if got := <-left; got != "" {
			t.Errorf("the first attach reads %q", got)
		}
		f.typist.keys <- "x"
		if got := read(second); got != "x" {
			t.Errorf("the second attach reads %q", got)
		}
		go func() { left <- read(second) }()
		synctest.Wait()
		_ = second.Close()
		if got := <-left; got != "" {
			t.Errorf("a closed reader reads %q", got)
		}
		f.typist.keys <- "never read"
		synctest.Wait()
		if rest := f.over(); rest != "" {
			t.Errorf("the interface gets %q, which was typed for the program", rest)
		}
	})
}

// TestForegroundDetachesFromProgramThatDoesNotRead, even with a large paste on its way.
func TestForegroundDetachesFromProgramThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		for range 100 {
			f.typist.keys <- string(bytes.Repeat([]byte("x"), pumpChunk))
		}
		f.typist.keys <- "\x1d"
		<-f.Done()
		f.over()
	})
}

func TestForegroundSizes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t, "")
		ctx, cancel := context.WithCancel(t.Context())
		sizes := f.Sizes(ctx)
		small, large := kube.Size{Cols: 80, Rows: 24}, kube.Size{Cols: 120, Rows: 40}
		want := func(want ...kube.Size) {
			t.Helper()
			var got []kube.Size
			for {
				synctest.Wait()
				select {
				case size := <-sizes:
					got = append(got, size)
					continue
				default:
				}
				break
			}
			if !slices.Equal(got, want) {
				t.Errorf("sizes: %v; want %v", got, want)
			}
		}
		want(small)
		f.size.set(small)
		want()
		f.size.set(kube.Size{Cols: 1, Rows: 1})
		synctest.Wait()
		f.size.set(large)
		want(large)
		f.Redraw()
		want(kube.Size{Cols: 121, Rows: 41})
		letPass(nudge)
		want(large)
		cancel()
		if _, ok := <-sizes; ok {
			t.Error("the sizes go on")
		}
		f.over()
	})
}

// detachKey is a key by its name.
func detachKey(t testing.TB, s string) vt.DetachKey {
	t.Helper()
	key, err := vt.ParseDetachKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
