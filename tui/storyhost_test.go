package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// storyHost is a real terminal for the sessions of a story. The interface of a story has none: it gets its keys from the script,
// and its frames are looked at as they are.
type storyHost struct {
	driver      *driver
	master, tty *os.File
	terminal    *session.Terminal
	detach      vt.DetachKey

	mu    sync.Mutex
	shown strings.Builder // by all sessions
	seen  int             // how much of it, without sequences, the script has seen
}

func newStoryStage(d *driver) *storyHost {
	t := d.t
	t.Helper()
	s := &storyHost{driver: d}
	var err error
	if s.detach, err = vt.ParseDetachKey(""); err != nil {
		t.Fatal(err)
	}
	if s.master, s.tty, err = pty.Open(); err != nil {
		t.Fatal(err)
	}
	if s.terminal, err = session.OpenTerminal(s.tty, s.tty); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.resize(kube.Size{Cols: 80, Rows: 24}), s.terminal.Start()); err != nil {
		t.Fatal(err)
	}
	go s.ignore()
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(s, s.master) // ends with the terminal
	}()
	t.Cleanup(func() {
		if err := errors.Join(s.terminal.Restore(), s.tty.Close()); err != nil {
			t.Error(err)
		}
		<-read
		_ = s.master.Close()
	})
	return s
}

// ignore is an interface that reads the terminal, as it must to let go of it. A story types to the interface by its script.
func (s *storyHost) ignore() { _, _ = io.Copy(io.Discard, s.terminal.Input()) }

// Write takes what the terminal shows.
func (s *storyHost) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.Write(b)
	s.driver.wake()
	return len(b), nil
}

// shows reports whether the sessions have shown a text since the last that was found, and goes on behind it.
func (s *storyHost) shows(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := ansi.Strip(s.shown.String())
	i := strings.Index(all[min(s.seen, len(all)):], text)
	if i < 0 {
		return false
	}
	s.seen += i + len(text)
	return true
}

// rest is what has been shown since.
func (s *storyHost) rest() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := ansi.Strip(s.shown.String())
	return all[min(s.seen, len(all)):]
}

func (s *storyHost) typed(text string) error {
	_, err := io.WriteString(s.master, text)
	return err
}

func (s *storyHost) resize(size kube.Size) error {
	return pty.Setsize(s.tty, &pty.Winsize{Cols: size.Cols, Rows: size.Rows})
}

// Play plays the real session. How much a shell has printed is no matter of the story.
func (s *storyHost) Play(ctx context.Context, p sessions.Play) (visit runner.Visit, err error) {
	err = s.terminal.HandOver(&storyLender{s, ctx}, s.detach, func(fg *session.Foreground) {
		visit = play(p, fg, s.detach)
	})
	visit.BytesOut = 100
	return visit, err
}

// Suspend is for the real terminal: see the scripts of cmd/dayfly.
func (s *storyHost) Suspend(context.Context) error { return session.ErrNotStopped }

// Edit runs the editor of the story, which needs no terminal.
func (s *storyHost) Edit(ctx context.Context, file string) error {
	return editorCommand(ctx, s.driver.world.editor(), file).Run()
}

// storyLender is the interface's side of a hand-over.
type storyLender struct {
	host *storyHost
	ctx  context.Context
}

func (l *storyLender) ReleaseTerminal() error { return nil }

// RestoreTerminal begins to read again.
func (l *storyLender) RestoreTerminal() error {
	go l.host.ignore()
	return nil
}

func (l *storyLender) Drain() []byte {
	reply := make(chan []byte, 1)
	l.host.driver.post(drainMsg{reply})
	select {
	case typed := <-reply:
		return typed
	case <-l.ctx.Done():
		return nil
	}
}
