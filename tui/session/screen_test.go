package session

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stopped is a terminal that takes no output until it is told to (Ctrl-S, Ctrl-Q).
type stopped struct {
	display
	goOn chan struct{}
}

func (s *stopped) Write(b []byte) (int, error) {
	<-s.goOn
	return s.display.Write(b)
}

func TestScreenDoesNotBlockTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := &stopped{goOn: make(chan struct{})}
		s := newScreen(terminal)
		go s.run()
		chunk := []byte(strings.Repeat("x", screenChunk-2) + "\r\n")
		total := 0
		for total+len(chunk) <= maxBehind {
			if _, err := s.Write(chunk); err != nil { // would deadlock if it blocked
				t.Fatal(err)
			}
			total += len(chunk)
		}
		begun := time.Now()
		if s.drain(time.Minute, time.Second) {
			t.Error("a stopped terminal has taken everything")
		}
		if waited := time.Since(begun); waited < time.Second || waited > 3*time.Second {
			t.Errorf("drain waits %v for a stopped terminal", waited)
		}
		close(terminal.goOn)
		if !s.drain(time.Minute, time.Second) || len(terminal.String()) != total {
			t.Errorf("%d of %d bytes are on the screen", len(terminal.String()), total)
		}
		s.close()
		<-s.gone
		if _, err := s.Write(chunk); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Write after close: %v", err)
		}
	})
}

func TestScreenBlocksInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := &stopped{goOn: make(chan struct{})}
		s := newScreen(terminal)
		go s.run()
		written, result := 0, make(chan error)
		go func() {
			for range 3 * maxBehind / screenChunk {
				if _, err := s.Write(make([]byte, screenChunk)); err != nil {
					result <- err
					return
				}
				written += screenChunk
			}
			result <- nil
		}()
		synctest.Wait()
		if written < maxBehind || written > 2*maxBehind+screenChunk {
			t.Errorf("%d bytes are taken for a stopped terminal", written)
		}
		s.abandon()
		if err := <-result; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the writer gets %v", err)
		}
		close(terminal.goOn)
		<-s.gone
		if n := len(terminal.String()); n > screenChunk {
			t.Errorf("%d bytes are written after abandon", n)
		}
	})
}

func TestScreenTerminalLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		_ = r.Close()
		s := newScreen(w)
		go s.run()
		if _, err := s.Write([]byte("x")); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if _, err := s.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Write: %v", err)
		}
		s.drain(time.Hour, time.Hour)
		s.close()
		<-s.gone
	})
}
