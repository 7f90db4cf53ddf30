package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/paint"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Run shows the interface on a terminal until the person leaves it. The terminal must have been started; restoring it
// is the caller's. The error is a [*session.SignalError] when a signal ended the program.
func Run(ctx context.Context, terminal *session.Terminal, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	host := &ttyHost{terminal: terminal, key: o.Kit.DetachKey, attend: o.Kit.Attend, editor: o.Kit.Editor}
	app := newApp(ctx, o.Kit.services(), o, host)
	profile := colorprofile.Detect(terminal.Output(), os.Environ())
	app.themes.depth = kit.DepthOf(profile)
	app.repaint()
	size, err := terminal.Size()
	if err != nil {
		return err
	}
	host.painter = paint.New(paint.Options{
		Out: terminal.Output(), Profile: profile, Mouse: !o.Kit.NoMouse, Questions: session.Questions, Asked: terminal.Asked, OneCell: kit.OneCell,
	})
	app.painter = host.painter
	// Bubble Tea looks at the size of an output with a descriptor while it takes the terminal back, which is a data race of
	// its own; so it is told the size and the colours. It writes nothing, and gets nothing to write to: its Update would wait for the terminal.
	// It looks whether there is something to write as seldom as it can be told to: each time an idle dayfly wakes.
	const leastFPS = 1
	host.program = tea.NewProgram(app, tea.WithoutSignalHandler(), tea.WithoutRenderer(), tea.WithFPS(leastFPS),
		tea.WithInput(terminal.Input()), tea.WithOutput(io.Discard),
		tea.WithWindowSize(int(size.Cols), int(size.Rows)),
		tea.WithColorProfile(profile))
	go func() {
		defer terminal.Guard()
		host.painter.Run()
	}()
	host.painter.Resume()
	host.painter.Ask()
	defer host.painter.Stop()
	stop := host.quitOnSignals(ctx)
	defer stop()
	defer terminal.WatchSize(func(size kube.Size) { host.program.Send(sizeMsg(size)) })()
	unwatch := terminal.WatchJobs(func() { host.program.Send(suspendMsg{}) }, host.tellSize)
	defer unwatch()
	_, err = host.program.Run()
	left := app.Runner.Close() //nolint:contextcheck // the runner has its own
	last := append(sessions.ExitLines(app.Now(), left), app.earlier.exitLines()...)
	if o.Kit.Fleeting {
		last = nil
	}
	if o.Kit.Remember != nil && app.memory.Changed() {
		if err := o.Kit.Remember(app.memory); err != nil {
			last = append(last, "dayfly: "+kube.Sanitize(err.Error()))
		}
	}
	if o.Kit.Farewell != nil {
		o.Kit.Farewell(last)
	}
	switch {
	case app.exit != nil:
		return app.exit
	case host.signal.Load() != nil:
		return &session.SignalError{Signal: *host.signal.Load()}
	case errors.Is(err, session.ErrTerminalLost):
		return session.ErrTerminalLost
	case err != nil:
		return fmt.Errorf("interface: %w", err)
	}
	return nil
}

func sizeMsg(size kube.Size) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: int(size.Cols), Height: int(size.Rows)}
}

// ttyHost lends the real terminal.
type ttyHost struct {
	terminal *session.Terminal
	key      vt.DetachKey
	attend   func(session bool)
	editor   string
	program  *tea.Program
	painter  *paint.Painter
	lent     atomic.Bool // a session or the shell has the terminal, and takes the signals
	signal   atomic.Pointer[os.Signal]
}

// tellSize tells App the present size, and so has all drawn anew. A process that was stopped has not been told of a new size.
func (s *ttyHost) tellSize() {
	if size, err := s.terminal.Size(); err == nil {
		s.program.Send(sizeMsg(size))
	}
}

// Play runs one session in the foreground.
func (s *ttyHost) Play(ctx context.Context, p sessions.Play) (visit runner.Visit, err error) {
	if s.attend != nil {
		s.attend(true)
		defer s.attend(false)
	}
	err = s.terminal.HandOver(&terminalLease{s.program, s, ctx}, s.key, func(fg *session.Foreground) {
		visit = play(p, fg, s.key)
	})
	return visit, err
}

// Suspend gives the terminal back to the shell until it lets dayfly go on.
func (s *ttyHost) Suspend(ctx context.Context) error {
	return s.terminal.Suspend(&terminalLease{s.program, s, ctx})
}

// Edit runs the person's editor with a file.
func (s *ttyHost) Edit(ctx context.Context, file string) error {
	return s.terminal.Run(&terminalLease{s.program, s, ctx}, func(in, out *os.File) error {
		cmd := editorCommand(ctx, s.editor, file)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
		return cmd.Run()
	})
}

// play shows the session, below lines on the main screen that say what its preset suggests, where one is and how to leave.
func play(p sessions.Play, fg *session.Foreground, detach vt.DetachKey) runner.Visit {
	now := p.Session.Look()
	if hints := now.Job.About.Try; len(hints) > 0 && p.First {
		_, _ = fmt.Fprintf(fg.Out(), "\x1b[2mtry: %s\x1b[m\r\n", kube.Sanitize(strings.Join(hints, " · ")))
	}
	words := append([]string{kube.Sanitize(now.Target.Container) + " in " + kube.Sanitize(now.Target.Pod)}, sessions.ModeWords(&now)...)
	_, _ = fmt.Fprintf(fg.Out(), "\x1b[2mdayfly: %s · %s detaches\x1b[m\r\n", strings.Join(words, " · "), detach)
	lines := 0
	if p.Switches {
		lines = max(int(fg.Size().Rows)-4, 0) // below the line above, and with a line for the prompt
	}
	return p.Session.Show(fg, lines)
}

// quitOnSignals ends the program for the signals that end a process, while the interface has the terminal. While a session
// has it, the hand-over takes them.
func (s *ttyHost) quitOnSignals(ctx context.Context) (stop func()) {
	signals, deaf := s.terminal.WatchEnd()
	go func() {
		defer s.terminal.Guard()
		for {
			select {
			case <-ctx.Done():
				return
			case sig := <-signals:
				if !s.lent.Load() {
					s.signal.Store(&sig)
					s.program.Send(quitMsg{})
				}
			}
		}
	}()
	return deaf
}

// terminalLease is the interface's side of a hand-over.
type terminalLease struct {
	*tea.Program
	host *ttyHost
	ctx  context.Context //nolint:containedctx // of one hand-over
}

// errStalled is when a session cannot be shown because the terminal takes no output, as after Ctrl-S or behind a dead ssh.
var errStalled = errors.New("the terminal accepts no output (press ctrl-q to resume)")

// ReleaseTerminal stops reading, and drawing.
func (l *terminalLease) ReleaseTerminal() error {
	if err := l.Program.ReleaseTerminal(); err != nil {
		return err
	}
	if !l.host.painter.Pause(paint.LeavePatience) {
		return errStalled
	}
	l.host.lent.Store(true)
	return nil
}

// RestoreTerminal reads and draws again.
func (l *terminalLease) RestoreTerminal() error {
	l.host.lent.Store(false)
	err := l.Program.RestoreTerminal()
	l.host.tellSize()
	l.host.painter.Resume()
	return err
}

// Drain asks App for the keys that it has been given since the hand-over was decided. Bubble Tea delivers messages in
// their order, so when this one is answered all keys before it have been taken.
func (l *terminalLease) Drain() []byte {
	const patience = time.Second
	ctx, cancel := context.WithTimeout(l.ctx, patience)
	defer cancel()
	reply := make(chan []byte, 1)
	go l.Send(drainMsg{reply})
	select {
	case typed := <-reply:
		return typed
	case <-ctx.Done():
		return nil
	}
}
