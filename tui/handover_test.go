package tui_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"

	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

const (
	handOverKey = "H"
	quitKey     = "Q"
	detachKey   = "\x1d"
)

// TestHandOver types without pause into a real program on a real terminal, through 200 hand-overs. What lies between the
// hand-over key and the detach key must arrive at the sessions, the rest at the interface: every byte once and in order. The mouse is
// moved all the time, and nothing of that may arrive at a session.
func TestHandOver(t *testing.T) {
	r := newRig(t)
	r.feed(script{tokens: []string{"a", handOverKey, "b", detachKey, "c"}}) // starts what the runtime starts once
	r.await(5)
	descriptors, goroutines := openDescriptors(t), runtime.NumGoroutine()

	typed := newScript(200, rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano()))))
	begun := time.Now()
	r.feed(typed)
	r.await(5 + arriving(typed.tokens))
	t.Logf("%d keys in %v", len(typed.tokens), time.Since(begun))

	eventually(t, func() bool { return openDescriptors(t) <= descriptors && runtime.NumGoroutine() <= goroutines })
	r.feed(script{tokens: []string{quitKey}})
	r.finish()
	r.compare("interface", "ac"+typed.ui, r.model.ui)
	r.compare("sessions", "b"+typed.sessions, r.model.sessions)
}

// script is what is typed, key by key, and where it belongs.
type script struct {
	tokens       []string
	ui, sessions string
}

func newScript(handOvers int, random *rand.Rand) script {
	var s script
	var ui, sessions strings.Builder
	key := func(to *strings.Builder) {
		token := string(rune('a' + len(s.tokens)%26))
		switch random.IntN(12) {
		case 0:
			token = "\x1b[A"
		case 1:
			token = "\x1b[200~one\x1dtwo\x1b[201~" // the detach key's byte in a paste is none
		case 2:
			token = "é"
		}
		s.tokens = append(s.tokens, token)
		to.WriteString(token)
		if random.IntN(4) == 0 {
			report := fmt.Sprintf("\x1b[<%d;%d;%d%c", 64+random.IntN(2), 1+random.IntN(200), 1+random.IntN(50), "Mm"[random.IntN(2)])
			s.tokens = append(s.tokens, report)
		}
	}
	for range handOvers {
		for range random.IntN(12) {
			key(&ui)
		}
		s.tokens = append(s.tokens, handOverKey)
		for range random.IntN(12) {
			key(&sessions)
		}
		s.tokens = append(s.tokens, detachKey)
	}
	key(&ui)
	s.ui, s.sessions = ui.String(), sessions.String()
	return s
}

// arriving is how many bytes of what is typed somebody gets: the mouse's reports are nobody's.
func arriving(tokens []string) int {
	n := 0
	for _, token := range tokens {
		if !strings.HasPrefix(token, "\x1b[<") {
			n += len(token)
		}
	}
	return n
}

// rig is a program on a terminal of its own.
type rig struct {
	t       *testing.T
	master  *os.File
	tty     *os.File
	term    *session.Terminal
	program *tea.Program
	model   *model
	ran     chan error
	drained chan struct{}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	term, err := session.OpenTerminal(tty, tty)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, master: master, tty: tty, term: term, ran: make(chan error, 1), drained: make(chan struct{})}
	go func() {
		defer close(r.drained)
		_, _ = io.Copy(io.Discard, master)
	}()
	if err := term.Start(); err != nil {
		t.Fatal(err)
	}
	r.model = &model{rig: r, over: make(chan struct{}), size: make(chan struct{}, 16)}
	r.model.cond = sync.NewCond(&r.model.mu)
	r.program = tea.NewProgram(r.model, tea.WithInput(term.Input()), tea.WithOutput(term.Output()),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	go func() {
		_, err := r.program.Run()
		close(r.model.over)
		r.ran <- err
	}()
	<-r.model.size
	return r
}

// feed types. Sometimes it waits until everything has been read, as a person does; mostly it does not.
func (r *rig) feed(s script) {
	sent := r.model.count()
	for i := 0; i < len(s.tokens); {
		n := min(1+rand.IntN(30), len(s.tokens)-i)
		b := strings.Join(s.tokens[i:i+n], "")
		if _, err := io.WriteString(r.master, b); err != nil {
			r.t.Error(err)
			return
		}
		i += n
		sent += arriving(s.tokens[i-n : i])
		if rand.IntN(8) == 0 && b != quitKey {
			r.await(sent)
		}
	}
}

// await returns when so many bytes have arrived somewhere.
func (r *rig) await(count int) {
	r.t.Helper()
	timer := time.AfterFunc(time.Minute, func() {
		r.model.mu.Lock()
		defer r.model.mu.Unlock()
		r.model.late = true
		r.model.cond.Broadcast()
	})
	defer timer.Stop()
	r.model.mu.Lock()
	defer r.model.mu.Unlock()
	for r.model.bytes < count && !r.model.late {
		r.model.cond.Wait()
	}
	if r.model.late {
		r.t.Fatalf("%d of %d bytes have arrived", r.model.bytes, count)
	}
}

func (r *rig) finish() {
	r.t.Helper()
	if err := <-r.ran; err != nil {
		r.t.Error(err)
	}
	if err := r.term.Restore(); err != nil {
		r.t.Error(err)
	}
	_ = r.tty.Close()
	<-r.drained
	_ = r.master.Close()
}

func (r *rig) compare(where, want, got string) {
	r.t.Helper()
	if want == got {
		return
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	r.t.Errorf("%s: %d bytes, want %d; from byte %d: %q, want %q",
		where, len(got), len(want), at, got[at:min(len(got), at+40)], want[at:min(len(want), at+40)])
}

// model is an interface that notes its keys and has one command: to hand over.
type model struct {
	rig  *rig
	over chan struct{} // closed when the program has ended
	size chan struct{} // gets one for each size

	handing bool
	typed   []byte // since the hand-over was decided

	mu       sync.Mutex
	cond     *sync.Cond
	bytes    int // that have arrived
	late     bool
	ui       string
	sessions string
}

type drainMsg chan []byte

func (m *model) Init() tea.Cmd { return nil }

func (m *model) View() tea.View {
	view := tea.NewView("keys: " + m.ui[max(0, len(m.ui)-20):])
	view.AltScreen, view.MouseMode = true, tea.MouseModeCellMotion
	return view
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size <- struct{}{}
	case drainMsg:
		msg <- m.typed
		m.typed, m.handing = nil, false
	case tea.PasteMsg:
		m.key("\x1b[200~" + msg.Content + "\x1b[201~")
	case tea.KeyPressMsg:
		key := keyBytes(msg.Key())
		switch {
		case m.handing:
			m.key(key)
		case key == handOverKey:
			m.handing = true
			m.arrived(1)
			return m, m.handOver
		case key == quitKey:
			return m, tea.Quit
		default:
			m.key(key)
		}
	}
	return m, nil
}

func keyBytes(k tea.Key) string {
	switch {
	case k.Code == tea.KeyUp:
		return "\x1b[A"
	case k.Code == ']' && k.Mod == tea.ModCtrl:
		return detachKey
	}
	return k.Text
}

func (m *model) key(s string) {
	if m.handing {
		m.typed = append(m.typed, s...)
		return
	}
	m.mu.Lock()
	m.ui += s
	m.mu.Unlock()
	m.arrived(len(s))
}

func (m *model) arrived(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += n
	m.cond.Broadcast()
}

func (m *model) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes
}

func (m *model) handOver() tea.Msg {
	key, err := vt.ParseDetachKey("")
	if err != nil {
		return err
	}
	err = m.rig.term.HandOver(&lease{m.rig.program, m}, key, func(fg *session.Foreground) {
		if _, err := io.Copy((*sessionKeys)(m), fg.Keys()); err != nil || !errors.Is(fg.Cause(), session.ErrDetached) {
			m.rig.t.Errorf("session ended: %v, %v", err, fg.Cause())
		}
		m.arrived(len(detachKey))
	})
	if err != nil {
		m.rig.t.Error(err)
	}
	return nil
}

// sessionKeys is the program that a session runs.
type sessionKeys model

func (s *sessionKeys) Write(b []byte) (int, error) {
	m := (*model)(s)
	m.mu.Lock()
	m.sessions += string(b)
	m.mu.Unlock()
	m.arrived(len(b))
	return len(b), nil
}

// lease is the interface as the terminal sees it.
type lease struct {
	*tea.Program
	model *model
}

func (l *lease) Drain() []byte {
	typed := make(drainMsg, 1)
	l.Send(typed)
	select {
	case b := <-typed:
		return b
	case <-l.model.over:
		return nil
	}
}

// RestoreTerminal waits for the size, which Bubble Tea looks up on a goroutine of its own: two of them at a time race.
func (l *lease) RestoreTerminal() error {
	defer func() {
		select {
		case <-l.model.size:
		case <-l.model.over:
		}
	}()
	return l.Program.RestoreTerminal()
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// eventually waits for goroutines that are on their way out.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come to rest: %d descriptors, %d goroutines", openDescriptors(t), runtime.NumGoroutine())
		}
		runtime.Gosched()
	}
}
