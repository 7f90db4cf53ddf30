package tui

import (
	"context"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// shellHost counts how often the program is suspended.
type shellHost struct {
	noHost
	times int
	err   error
}

func (s *shellHost) Suspend(context.Context) error { s.times++; return s.err }

func (s *shellHost) Edit(context.Context, string) error { return s.err }

func TestSuspendKey(t *testing.T) {
	ctrlZ := tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl}
	for name, test := range map[string]struct {
		before func(a *App)
		want   bool
	}{
		"list":      {func(*App) {}, true},
		"filter":    {func(a *App) { a.do(t, press("/")) }, true},
		"too small": {func(a *App) { a.width, a.height = 10, 3 }, true},
		"launching": {func(a *App) { a.stack = append(a.stack, launching(a)) }, false},
		"fresh card": {func(a *App) {
			a.stack = append(a.stack, sessions.NewCard(t.Context(), a.Desk, sessions.Play{Session: a.listed(runner.Job{})}))
		}, false},
		"for a session": {func(a *App) { a.typed, a.playing = &sessions.Typeahead{}, true }, false},
	} {
		a := testApp(t)
		a.width, a.height = 80, 24
		test.before(a)
		a.do(t, ctrlZ)
		if a.aside != test.want {
			t.Errorf("%s: suspends: %v, want %v", name, a.aside, test.want)
		}
	}
}

func TestSuspendOnceAndGoOn(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	host := &shellHost{}
	a.host = host
	cmd := a.suspend()
	if again := a.suspend(); again != nil {
		t.Error("it suspends twice")
	}
	a.do(t, press("q")) // for the shell
	reply := make(chan []byte, 1)
	a.do(t, drainMsg{reply})
	<-reply
	a.do(t, press("?"), sessions.Play{Session: a.listed(runner.Job{}), First: true}) // typed behind fg, and news of a container that has started
	a.do(t, cmd())
	if _, open := a.top().(*helpScreen); !open || host.times != 1 {
		t.Errorf("suspended %d times; on top is %T", host.times, a.top())
	}
	if a.aside || !a.playing {
		t.Errorf("aside %v, playing %v: the session that came meanwhile is lost", a.aside, a.playing)
	}
}

func TestSuspendRefusedOrEnded(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 100, 24
	a.do(t, resumedMsg{session.ErrNotStopped})
	if frame := ansi.Strip(a.draw()); !strings.Contains(frame, "cannot suspend: no shell with job control") {
		t.Errorf("frame:\n%s", frame)
	}
	if _, cmd := a.Update(resumedMsg{&session.SignalError{Signal: os.Interrupt}}); !quits(cmd) || a.exit == nil {
		t.Error("a signal on the way back does not end the program")
	}
}
